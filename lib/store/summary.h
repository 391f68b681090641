// What messages of the record's commits tell: the one place that writes and reads them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "git/repo.h"
#include "record/run.h"
#include "store/store.h"

namespace gf::store {

/// The message of a run's ledger commit, its text redacted. `before`: the tip of the month before,
/// for a month's first run.
std::string ledger_message(const record::RunRecord& run, const record::RunMetrics& metrics,
                           const std::optional<Oid>& before, const record::Redactor& redactor);

/// The trailers "Factory-<key>: <value>" by their keys. As git does it, only the last paragraph has
/// trailers, and never the first: a title or a body with such a line in it tells nothing. Of
/// several with one key the last one counts.
std::map<std::string, std::string> trailers_in(std::string_view message);

/// What a ledger commit tells of its run; empty for merges and anything foreign or malformed.
std::optional<Summary> summary_of(const git::CommitInfo& commit);

/// What the commits of a run that goes on tell of its spending, so that others need no more than
/// the tip. `spent` must be redacted already.
std::string spending_trailers(const Spending& spent);
/// Empty for a commit that has no such trailers: older versions wrote none.
std::optional<Spending> spending_of(const git::CommitInfo& commit);

/// policy "batch"; empty: of none.
std::string batch_of(const record::RunRecord& run);
/// policy "issue"; empty: none asked for it.
std::string issue_of(const record::RunRecord& run);

}  // namespace gf::store
