// The inside of Store. For this room's .cc files.
#pragma once

#include <optional>
#include <vector>

#include "store/active.h"
#include "store/layout.h"
#include "store/store.h"

namespace gf::store {

struct Store::Impl {
  git::Repo* repo;
  const Clock* clock;
  record::Redactor redactor;

  Result<void> seal_replay(const ActiveRun::Impl& active);
  Result<void> seal_ledger(const ActiveRun::Impl& active);
  Result<void> seal_notes(const ActiveRun::Impl& active);
  Result<void> finish(const RefName& ref, const Oid& tip);
  Result<void> repair();
  Result<bool> knows(const RunId& id) const;
  Result<std::vector<Oid>> ledger_tips() const;
  Result<std::optional<Oid>> folder_of(const RunId& id, const char* kind) const;
};

}  // namespace gf::store
