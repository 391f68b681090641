// The parts of the page's data that are questions to the index. For this room's .cc files.
#pragma once

#include "analyst/index.h"
#include "report/page.h"

namespace gf::report {

/// All rows as objects; a column named "*_usd" holds 10^-12 dollars and becomes dollars.
Result<record::Json> ask(analyst::Index& index, const std::string& sql,
                         const std::vector<db::Value>& values);

/// {"usd", "basis"}: one of `shares` equal ones; no dollars where none are known, or of none.
record::Json cost_of(const record::Cost& cost, int64_t shares = 1);

/// {"hits", "of", "rate", "low", "high"}: a share and its 95% interval.
record::Json share_of(int64_t hits, int64_t of);

/// The newest runs of the window, newest first.
Result<record::Json> runs_of(analyst::Index& index, const analyst::Window& window, size_t most);
/// Outcomes and dollars by day, week or month, whichever gives a readable number of them; with
/// those in between in which nothing ran.
Result<record::Json> periods_of(analyst::Index& index, const analyst::Window& window);
/// Side by side what models built: a run counts for the model that BUILD asked last, or, when it
/// did not get there, for the one that was asked last.
Result<record::Json> models_of(analyst::Index& index, const analyst::Window& window);
/// Attempts that did not pass, by stage and cause (analyst::cause_of); most runs first.
Result<record::Json> causes_of(analyst::Index& index, const analyst::Window& window);

/// One run with its waterfall, spec and evidence.
record::Json detail_of(const store::Run& run);

}  // namespace gf::report
