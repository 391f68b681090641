// The inside of ActiveRun. For this room's .cc files.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/names.h"
#include "store/store.h"

namespace gf::store {

/// Who writes the record: the user, at the time of the run's clock.
git::Signature writer(const git::Repo& repo, const Clock& clock);

struct ActiveRun::Impl {
  git::Repo* repo = nullptr;
  const Clock* clock = nullptr;
  record::Redactor redactor;
  RefName ref;
  bool is_rehearsal = false;  ///< nothing of it is written
  Oid tip, tree;
  /// Where the chain of finished stage attempts ends, and the stage commit known there. What an
  /// unfinished attempt saves replaces what it saved before: one commit stays for each attempt.
  Oid settled, settled_stage;
  Oid stage_commit;  ///< the last one kept
  /// Files put and not yet saved, with their text: as objects that no ref reaches they would be
  /// gone with the next `git gc --prune=now`.
  std::map<std::string, std::string> waiting;
  record::RunRecord run;
  std::optional<record::Spec> spec;
  std::optional<record::Verdict> verdict;
  std::vector<record::StageRecord> stages;
  size_t step = 0;  ///< the one that is taken now, from 1; 0: none yet
  std::vector<record::Exchange> exchanges;
  std::map<std::string, record::GateOutcome> gates;  ///< by file name
  Spending spent;                                    ///< told by each commit (spending_trailers)
  std::string trace;
  /// Blobs of messages that were kept before, by the id of their JSON as it was handed in: a
  /// conversation repeats itself with every turn, and redacting it again is what would cost most.
  std::map<Oid, Oid> kept;
  /// Ids of messages that clean() gave: they are what the redactor left, to the last byte.
  std::set<Oid> known_clean;

  /// Makes all that waits reachable from the ref, with one commit.
  [[nodiscard]] bool was_judged_by(const std::string& file) const;
  Result<void> save(const std::string& message);
  /// Moves the ref on from `tip`; false when it stands elsewhere. Waits up to a second for a lock,
  /// and removes one that stood there all that time (files of git's own store of refs).
  Result<bool> move_to(const Oid& commit, const std::string& message);
  /// Who writes, now. The identity is asked for once a run: it reads every configuration file.
  git::Signature signature();
  std::optional<git::Signature> who_writes;
  [[nodiscard]] std::string text_of(const record::Json& json) const;
  void put_json(const std::string& name, const record::Json& json);  ///< waits
  /// Reads everything back from the ref.
  Result<void> load();
  /// The same from a tree of the run's files.
  Result<void> load_from(const Oid& files);
};

record::Json manifest_of(const record::Exchange& exchange);
/// Rebuilds an exchange from its manifest; `message` gives the JSON of a message blob.
Result<record::Exchange> exchange_from(
    const record::Json& manifest, const std::function<Result<record::Json>(const Oid&)>& message);

/// One folder of a run as its tree holds it; each file is read when it is asked for.
struct Folder {
  const git::Repo& repo;
  Oid tree;
  Result<std::vector<git::TreeEntry>> entries() const { return repo.read_tree(tree); }
  Result<record::Json> json(const git::TreeEntry& entry) const;
};
/// What is read of a folder.
struct Reading {
  bool records = true;  ///< all but the exchanges
  bool exchanges = false;
  bool messages = true;  ///< false: the content of each message is the id of its blob
  bool listed = false;   ///< of the records only run.json and the stages
  /// When set, a file that cannot be read is named here and left out.
  std::vector<std::string>* oddities = nullptr;
  bool* missing = nullptr;  ///< set when that was because an object is not in this clone
};
/// Sorts a folder's files into a Run. Unknown files are left alone.
Result<Run> read_run(const git::Repo& repo, const Oid& tree, const Reading& reading);
/// The same, but what `watched` holds of an earlier state of the folder is not read again.
Result<void> read_on(const git::Repo& repo, const Oid& tree, const Reading& reading,
                     Watched& watched);
/// The exchange's part of what the run has spent.
void add_to(Spending& spent, const record::Exchange& exchange);
/// The sums of a whole run.
Spending spending_of(const Run& run);

}  // namespace gf::store
