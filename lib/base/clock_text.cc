#include "base/clock_text.h"

#include <fmt/format.h>

#include <cstdint>

namespace gf {

std::string clock_text(double seconds) {
  constexpr double kPlain = 99.95;  // above, tenths of a second are noise
  if (seconds < kPlain) return fmt::format("{:.1f} s", seconds);
  auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace gf
