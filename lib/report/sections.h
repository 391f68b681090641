// The parts of the page, one function a section. For this room's .cc files.
#pragma once

#include <string>

#include "record/json.h"

namespace gf::report {

// Of all runs; each takes the whole of the page's data.
std::string headline(const record::Json& data);   ///< the figures that are asked first
std::string over_time(const record::Json& data);  ///< the chart, periods and runs
std::string failures(const record::Json& data);   ///< by stage and by cause
std::string models(const record::Json& data);     ///< side by side
/// One run: what was asked, its waterfall, its spec with the evidence.
std::string run_in_detail(const record::Json& run);

}  // namespace gf::report
