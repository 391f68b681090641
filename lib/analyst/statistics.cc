#include "analyst/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gf::analyst {

Rate rate_of(int64_t hits, int64_t of) {
  Rate rate{hits, of, 0, 0, 1};
  if (of <= 0) return rate;
  constexpr double kZ = 1.959963984540054;  // 97.5% of the normal distribution lie below
  constexpr double kZ2 = kZ * kZ;
  double n = static_cast<double>(of);
  double p = static_cast<double>(hits) / n;
  double middle = (p + kZ2 / (2 * n)) / (1 + kZ2 / n);
  double half = kZ * std::sqrt(p * (1 - p) / n + kZ2 / (4 * n * n)) / (1 + kZ2 / n);
  rate.value = p;
  // All and none end at 1 and 0 exactly; rounding would leave a trace.
  rate.low = hits == 0 ? 0 : std::max(0.0, middle - half);
  rate.high = hits == of ? 1 : std::min(1.0, middle + half);
  return rate;
}

std::string to_text(const Rate& rate) {
  if (rate.of <= 0) return "0/0";
  return fmt::format("{}/{} ({:.0f}%, {:.0f}-{:.0f}%)", rate.hits, rate.of, 100 * rate.value,
                     100 * rate.low, 100 * rate.high);
}

record::Json to_json(const Rate& rate) {
  return record::Json::object({{"hits", rate.hits},
                               {"of", rate.of},
                               {"rate", rate.value},
                               {"low", rate.low},
                               {"high", rate.high}});
}

bool apart(const Rate& a, const Rate& b) {
  return a.of > 0 && b.of > 0 && (a.low > b.high || b.low > a.high);
}

}  // namespace gf::analyst
