// How far a count may be trusted.
#pragma once

#include <cstdint>
#include <string>

#include "record/json.h"

namespace gf::analyst {

/// A share, with the interval in which the true rate lies, 95 times in 100.
struct Rate {
  int64_t hits = 0, of = 0;
  double value = 0, low = 0, high = 1;  ///< of no case: 0, and nothing is known
};

/// The Wilson score interval at 95%: E. B. Wilson, "Probable inference, the law of succession, and
/// statistical inference", Journal of the American Statistical Association 22 (1927), 209-212.
/// Unlike the textbook's p +- 1.96 sqrt(p(1-p)/n) it holds for a handful of cases and never leaves
/// 0..1; Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical
/// Science 16 (2001), 101-133, recommend it for that.
Rate rate_of(int64_t hits, int64_t of);

/// "5/6 (83%, 44-97%)"; "0/0" says nothing more.
std::string to_text(const Rate& rate);
/// hits, of, rate, low, high.
record::Json to_json(const Rate& rate);

/// Whether the intervals of two rates share nothing: then the difference is hardly chance.
bool apart(const Rate& a, const Rate& b);

}  // namespace gf::analyst
