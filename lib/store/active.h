// The inside of ActiveRun. For this room's .cc files.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/layout.h"
#include "store/store.h"

namespace gf::store {

struct ActiveRun::Impl {
  git::Repo* repo = nullptr;
  const Clock* clock = nullptr;
  record::Redactor redactor;
  RefName ref;
  Oid tip, tree;
  Oid stage_commit;           ///< the last one kept
  bool stage_is_new = false;  ///< it is not yet a parent of a metadata commit
  record::RunRecord run;
  std::optional<record::Spec> spec;
  std::optional<record::Verdict> verdict;
  std::vector<record::StageRecord> stages;
  std::vector<record::Exchange> exchanges;
  std::map<std::string, record::GateOutcome> gates;  ///< by file name
  std::string trace;
  /// Blobs of messages that were kept before, by the id of their unredacted JSON: a conversation
  /// repeats itself with every turn, and redacting it again is what would cost most.
  std::map<Oid, Oid> kept;

  /// Adds files to the tree with one commit on the ref.
  Result<void> put(const std::vector<std::pair<std::string, Oid>>& files,
                   const std::string& message);
  /// Who writes, now. The identity is asked for once a run: it reads every configuration file.
  git::Signature signature();
  std::optional<git::Signature> who_writes;
  Result<Oid> blob(const record::Json& json);
  Result<void> put_json(const std::string& name, const record::Json& json);
  /// Reads everything back from the ref.
  Result<void> load();
};

/// The text values of `json` redacted, its shape untouched.
record::Json redacted(const record::Json& json, const record::Redactor& redactor);

record::Json manifest_of(const record::Exchange& exchange);
/// Rebuilds an exchange from its manifest; `message` gives the JSON of a message blob.
Result<record::Exchange> exchange_from(
    const record::Json& manifest, const std::function<Result<record::Json>(const Oid&)>& message);

/// What a run's folder holds, read through `read` (name -> JSON text).
struct Folder {
  const git::Repo& repo;
  Oid tree;
  Result<std::vector<git::TreeEntry>> entries() const { return repo.read_tree(tree); }
  Result<record::Json> json(const git::TreeEntry& entry) const;
};
/// Sorts a folder's files into a Run. Unknown files are left alone.
Result<Run> read_run(const git::Repo& repo, const Oid& tree, bool with_exchanges);

}  // namespace gf::store
