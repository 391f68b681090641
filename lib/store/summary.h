// The message of a ledger commit. For this room's .cc files.
#pragma once

#include <optional>
#include <string>

#include "git/repo.h"
#include "record/run.h"
#include "store/store.h"

namespace gf::store {

/// `run` must be redacted already. `before`: the tip of the month before, for a month's first run.
std::string ledger_message(const record::RunRecord& run, const record::RunMetrics& metrics,
                           const std::optional<Oid>& before);

/// A ledger commit that is a run's; empty for merges and anything foreign or malformed.
std::optional<Summary> summary_of(const git::CommitInfo& commit);

}  // namespace gf::store
