// The trailers of ledger commits and of commits of runs that go on. For this room's .cc files.
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

/// What the commits of a run that goes on tell of its spending, so that others need no more than
/// the tip. `spent` must be redacted already.
std::string spending_trailers(const Spending& spent);
/// Empty for a commit that has no such trailers: older versions wrote none.
std::optional<Spending> spending_of(const git::CommitInfo& commit);

/// policy "batch"; empty: of none.
std::string batch_of(const record::RunRecord& run);

}  // namespace gf::store
