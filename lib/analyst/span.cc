#include "analyst/span.h"

#include <fmt/format.h>

#include <cstdlib>

#include "analyst/schema.h"

namespace gf::analyst {
namespace {

/// "202611" -> "202612". The last one there is has a text after it that sorts behind all.
std::string month_after(const std::string& month) {
  if (month >= "999912") return "~";
  int year = std::atoi(month.substr(0, 4).c_str()), number = std::atoi(month.c_str() + 4);
  return number < 12 ? fmt::format("{:04}{:02}", year, number + 1)
                     : fmt::format("{:04}01", year + 1);
}

}  // namespace

// A month as text ("202611") sorts before its days ("20261101") and after those of the one before.
std::vector<db::Value> span_of(const Window& window) {
  std::string first = window.from.substr(0, 6), end = window.to.substr(0, 6);
  std::string after = window.to + "~";
  if (window.from.substr(6) > "01") first = month_after(first);
  // A month of 30 days that ends a window is read day by day: right, and a little slower.
  if (window.to.substr(6) >= "31") end = month_after(end);
  if (first >= end) return {"", "", window.from, after, "", ""};
  return {kMonthMark + first, kMonthMark + end, window.from, first, end, after};
}

}  // namespace gf::analyst
