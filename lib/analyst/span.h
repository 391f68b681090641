// Which rows of the sums make up a window of days. For this room's .cc files.
#pragma once

#include <vector>

#include "analyst/metrics.h"

namespace gf::analyst {

/// A condition on the column `day` of a sums table, with span_of()'s values for ?1 to ?6: whole
/// months as one row a group, the days at both ends one by one.
inline constexpr const char* kSpan =
    "((day>=?1 AND day<?2) OR (day>=?3 AND day<?4) OR (day>=?5 AND day<?6))";
std::vector<db::Value> span_of(const Window& window);

}  // namespace gf::analyst
