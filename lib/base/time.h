// Moments and durations as values, and how records write them. Who asks what time it is takes a
// Clock (base/clock.h).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace gf {

template <typename T>
class Result;

using Milliseconds = std::chrono::milliseconds;
/// Wall-clock time, UTC, to the millisecond.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, Milliseconds>;

/// "2026-11-21T01:44:13.042Z"; sorts as text.
std::string iso8601(Timestamp time);
/// Accepts what iso8601() writes, with or without milliseconds.
Result<Timestamp> parse_iso8601(std::string_view text);

}  // namespace gf
