// Runs over time: as many bars as an eye can tell apart, each a day, a week or a month.
#include <fmt/format.h>

#include <chrono>
#include <map>

#include "report/ask.h"

namespace gf::report {
namespace {

using record::Json;
using std::chrono::sys_days;
enum class Unit { kDay, kWeek, kMonth };

constexpr int kMostBars = 70;

sys_days day_of(const std::string& text) {
  int number = std::atoi(text.c_str());
  return std::chrono::year_month_day(std::chrono::year(number / 10000),
                                     std::chrono::month(unsigned(number / 100 % 100)),
                                     std::chrono::day(unsigned(number % 100)));
}

Unit unit_for(sys_days first, sys_days last) {
  auto count = (last - first).count() + 1;
  if (count <= kMostBars) return Unit::kDay;
  return count <= 7 * kMostBars ? Unit::kWeek : Unit::kMonth;
}

/// The first day of the period that `day` lies in; weeks begin on Monday, as in ISO 8601.
sys_days begin_of(sys_days day, Unit unit) {
  if (unit == Unit::kDay) return day;
  if (unit == Unit::kWeek) return day - (std::chrono::weekday(day) - std::chrono::Monday);
  std::chrono::year_month_day date(day);
  return date.year() / date.month() / std::chrono::day(1);
}

sys_days next(sys_days begin, Unit unit) {
  if (unit == Unit::kDay) return begin + std::chrono::days(1);
  if (unit == Unit::kWeek) return begin + std::chrono::days(7);
  std::chrono::year_month_day date(begin);
  return sys_days((date.year() / date.month() + std::chrono::months(1)) / std::chrono::day(1));
}

std::string text_of(sys_days day) {
  std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()));
}

struct Sum {
  std::map<std::string, int64_t> outcomes;
  int64_t runs = 0, unpriced = 0;
  double usd = 0;
};

}  // namespace

Result<Json> periods_of(analyst::Index& index, const analyst::Window& window) {
  GF_ASSIGN(auto rows,
            ask(index,
                "SELECT day, status, count(*) AS runs, full_sum(pico) AS cost_usd, "
                "count(*)-count(pico) AS unpriced FROM run_rows WHERE day BETWEEN ?1 AND ?2 "
                "GROUP BY day, status ORDER BY day",
                {window.from, window.to}));
  std::vector<Json> all = rows.items();
  Json periods = Json::object({{"unit", "day"}, {"rows", Json::array()}});
  if (all.empty()) return periods;
  sys_days first = day_of(all.front().get_string("day")),
           last = day_of(all.back().get_string("day"));
  Unit unit = unit_for(first, last);
  std::map<sys_days, Sum> sums;
  for (sys_days at = begin_of(first, unit); at <= last; at = next(at, unit)) sums[at];
  for (const Json& row : all) {
    Sum& sum = sums[begin_of(day_of(row.get_string("day")), unit)];
    sum.outcomes[row.get_string("status")] += row.get_int("runs");
    sum.runs += row.get_int("runs");
    sum.unpriced += row.get_int("unpriced");
    sum.usd += row.get("cost_usd").as_double().value_or(0);
  }
  Json bars = Json::array();
  for (const auto& [begin, sum] : sums) {
    Json outcomes = Json::object();
    for (const auto& [status, count] : sum.outcomes) outcomes.set(status, count);
    bars.push(Json::object({{"from", text_of(begin)},
                            {"runs", sum.runs},
                            {"outcomes", outcomes},
                            {"unpriced", sum.unpriced},
                            {"cost_usd", sum.unpriced > 0 ? Json() : Json(sum.usd)}}));
  }
  periods.set("unit", unit == Unit::kDay ? "day" : unit == Unit::kWeek ? "week" : "month");
  periods.set("rows", bars);
  return periods;
}

}  // namespace gf::report
