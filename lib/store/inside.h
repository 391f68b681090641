// The inside of Store. For this room's .cc files.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "store/active.h"
#include "store/names.h"
#include "store/store.h"

namespace gf::store {

struct Store::Impl {
  git::Repo* repo;
  const Clock* clock;
  record::Redactor redactor;
  LookUp look_up = {};

  /// A run's place in this repository, with nothing in it yet.
  [[nodiscard]] std::unique_ptr<ActiveRun::Impl> active(const RunId& id) const;
  Result<void> seal_replay(const ActiveRun::Impl& active);
  Result<void> seal_ledger(const ActiveRun::Impl& active);
  Result<void> seal_notes(const ActiveRun::Impl& active);
  Result<void> write_notes(const record::RunRecord& run,
                           const std::vector<record::StageRecord>& stages,
                           const std::optional<record::Spec>& spec,
                           const std::optional<record::Verdict>& verdict);
  Result<bool> rebuild(const RunId& id);
  Result<bool> restore(const RunId& id, const Oid& folder);
  Result<void> finish(const RefName& ref, const Oid& tip);
  Result<void> repair();
  Result<bool> knows(const RunId& id) const;
  Result<std::vector<Oid>> ledger_tips() const;
  Result<std::optional<Oid>> folder_of(const RunId& id, const char* kind) const;
  /// The run's folder in a month's ref of ours.
  Result<std::optional<Oid>> own_folder(const RunId& id, const RefName& month) const;
};

/// Moves a month's ref to hold what `theirs` holds too: forward, or by a union of the trees. True
/// when it moved.
Result<bool> join_month(git::Repo& repo, const RefName& ref, const Oid& theirs);
/// What Store::join does; a file of its own.
Result<int> join_all(git::Repo& repo, const Clock& clock, const std::string& remote);

}  // namespace gf::store
