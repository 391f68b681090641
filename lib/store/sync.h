// One record for this clone and a remote: fetched, joined, pushed, again when somebody was faster.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "store/store.h"

namespace gf::store {

struct SyncWish {
  std::string remote;
  Share send = Share::kNone;  ///< what may leave this machine
  Share take = Share::kFull;  ///< what is fetched
  /// Send new runs as inbox refs instead of moving the months: for writers that come in numbers
  /// and stay for one run (CI). The next sync of anybody else folds them in.
  bool by_inbox = false;
  /// Push on what was last seen of the remote before anything is fetched: one connection and not
  /// two when nobody was faster, and nothing received then.
  bool push_first = false;
};

struct Synced {
  int rounds = 0;     ///< passes; more than one: somebody was faster
  int received = 0;   ///< runs that were new here
  int sent = 0;       ///< runs that were new there
  int refs_sent = 0;  ///< refs that moved there: notes and joins move without a new run
  int joined = 0;     ///< times that a ref of ours moved
  int folded = 0;     ///< runs taken out of the inbox
  int rebuilt = 0;    ///< runs whose ledger entry or notes were made anew
  bool by_inbox = false;
  std::vector<std::string> warnings;  ///< one line each; nothing was lost
};

/// Fetches into tracking refs, joins them and the inbox into ours, makes lost notes anew, and
/// pushes unforced what the remote lacks. A push that lost a race is repeated on what was fetched
/// then; when that goes on for too long, the runs are left in the inbox. An Error names what stands
/// in the way (a shallow clone, a server that takes no such refs) and the way out; the record here
/// is whole in any case. Blocks on the network; may run in several processes at once.
Result<Synced> sync(Store& store, git::Repo& repo, const git::Program& git, const Clock& clock,
                    const SyncWish& wish);

/// What `sync --json` writes; see git-factory-sync(1).
record::Json to_json(const Synced& done, const SyncWish& wish);

}  // namespace gf::store
