// Money in JSON that leaves the record for people and their programs.
#pragma once

#include "record/json.h"

namespace gf::record {

/// The same value with "usd", in dollars, beside every "pico_usd" in it, however deep. A price that
/// is not known has neither. What is stored stays in 10^-12 dollars, whose sums are exact.
Json in_dollars(const Json& json);

}  // namespace gf::record
