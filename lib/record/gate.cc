// Gate outcomes as JSON; lines of coverage as ranges.
#include "record/gate.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "record/described_json.h"

namespace gf::record {
namespace {

/// {1,2,3,5} <-> "1-3,5": coverage of a large file stays small.
std::string to_ranges(const std::vector<int>& numbers) {
  std::string text;
  for (size_t i = 0; i < numbers.size();) {
    size_t j = i;
    while (j + 1 < numbers.size() && numbers[j + 1] == numbers[j] + 1) ++j;
    if (!text.empty()) text += ',';
    text += i == j ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[j]);
    i = j + 1;
  }
  return text;
}

std::vector<int> from_ranges(const std::string& text) {
  constexpr int kMaxLines = 1'000'000;
  std::vector<int> numbers;
  for (const std::string& part : split(text, ',')) {
    int first = 0;
    const char* end = part.data() + part.size();
    auto [at, code] = std::from_chars(part.data(), end, first);
    if (code != std::errc()) continue;
    int last = first;
    if (at != end && *at == '-') std::from_chars(at + 1, end, last);
    for (int n = first; n <= last && n - first < kMaxLines; ++n) numbers.push_back(n);
  }
  return numbers;
}

}  // namespace

Json json_of(const FileCoverage& lines) {
  return Json::object(
      {{"executed", to_ranges(lines.executed)}, {"missing", to_ranges(lines.missing)}});
}

void read(Reader&, std::string_view, const Json& from, FileCoverage& into) {
  into = {from_ranges(from.get_string("executed")), from_ranges(from.get_string("missing"))};
}

std::string_view name_of(GateOutcome::Status status) { return name_in_list(status); }
std::string_view name_of(TestStatus status) { return name_in_list(status); }
Json to_json(const GateOutcome& outcome) { return written(outcome); }
Result<GateOutcome> gate_outcome_from_json(const Json& json) {
  return read_record<GateOutcome>(json);
}

}  // namespace gf::record
