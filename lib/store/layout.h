// Names inside the record. For this room's .cc files.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "git/repo.h"
#include "record/gate.h"
#include "record/run.h"

namespace gf::store {

inline constexpr const char* kActive = "refs/factory/active/";
inline constexpr const char* kLedger = "refs/factory/ledger/";
inline constexpr const char* kReplay = "refs/factory/replay/";
inline constexpr const char* kInbox = "refs/factory/inbox/";
inline constexpr const char* kInboxReplay = "refs/factory/inbox-replay/";
inline constexpr const char* kTracking = "refs/factory/remotes/";
inline constexpr const char* kNotes[] = {"refs/notes/factory/trace", "refs/notes/factory/spec",
                                         "refs/notes/factory/metrics", "refs/notes/factory/review"};
/// Trees that passed the gates once more (git-factory-verify(1)): of no run, so no projection.
inline constexpr const char* kGatesNotes = "refs/notes/factory/gates";

inline RefName active_ref(const RunId& id) { return RefName::known(kActive + id.str()); }
inline RefName ledger_ref(const RunId& id) { return RefName::known(kLedger + id.month()); }
inline RefName replay_ref(const RunId& id) { return RefName::known(kReplay + id.month()); }
inline std::string run_folder(const RunId& id) { return id.day() + "/" + id.str(); }

inline std::string stage_file(const record::StageRecord& stage) {
  return fmt::format("stage-{:02}-{}.json", stage.seq, stage.stage);
}
inline std::string exchange_file(int seq) { return fmt::format("exchange-{:04}.json", seq); }

/// Whether a file of a run's folder goes into the ledger.
bool in_ledger(const std::string& file);

/// Moves a month's ref to hold what `theirs` holds too: forward, or by a union of the trees. True
/// when it moved.
Result<bool> join_month(git::Repo& repo, const RefName& ref, const Oid& theirs);
/// What Store::join does; a file of its own.
Result<int> join_all(git::Repo& repo, const Clock& clock, const std::string& remote);

/// Who writes the record: the user, at the time of the run's clock.
git::Signature writer(const git::Repo& repo, const Clock& clock);

}  // namespace gf::store
