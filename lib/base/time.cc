#include "base/time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>

#include "base/result.h"

namespace gf {
namespace {

/// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level
/// date algorithms").
int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  auto year_of_era = static_cast<unsigned>(year - era * 400);
  unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<int64_t>(day_of_era) - 719468;
}

}  // namespace

std::string iso8601(Timestamp time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03d}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (time - seconds).count());
}

Result<Timestamp> parse_iso8601(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0, end = 0;
  std::string copy(text.substr(0, 40));
  bool good = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &year, &month, &day,
                          &hour, &minute, &second, &millis, &end) == 7 &&
              end == 24 && text.size() == 24;
  if (!good) {
    millis = 0;
    end = 0;
    good = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year, &month, &day, &hour,
                       &minute, &second, &end) == 6 &&
           end == 20 && text.size() == 20;
  }
  good = good && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour >= 0 && hour < 24 &&
         minute >= 0 && minute < 60 && second >= 0 && second <= 60 && millis >= 0;
  if (!good) return Error{Fault::kBadData, fmt::format("'{}' is no UTC time", copy), {}, {}};
  int64_t days = days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return Timestamp(Milliseconds(seconds * 1000 + millis));
}

}  // namespace gf
