// What a sum means that no longer fits into 64 bits. Nothing real comes near; a number that was
// made by a hand does. Counts (tokens, calls, and money that is held against a limit) stay at the
// largest value: more than any limit. A price becomes unknown (Cost's operator+), as it does with
// any part that is unknown: a wrong sum of money is never told.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace gf::record {

inline int64_t capped_sum(int64_t a, int64_t b) {
  int64_t both = 0;
  if (!__builtin_add_overflow(a, b, &both)) return both;
  return a > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

/// What was not told adds nothing; of two that were not, nothing is known.
inline std::optional<int64_t> capped_sum(const std::optional<int64_t>& a,
                                         const std::optional<int64_t>& b) {
  if (!a || !b) return a ? a : b;
  return capped_sum(*a, *b);
}

}  // namespace gf::record
