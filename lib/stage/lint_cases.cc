// Rules about a criterion's table: each row an input and what it gives.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "stage/lint_rules.h"

namespace gf::stage {
namespace {

using record::Criterion;
using record::Json;

std::vector<std::string> case_columns(const Json& row) {
  std::vector<std::string> names;
  for (const auto& [name, value] : row.members()) names.push_back(name);
  return names;
}

/// Where a column may be named.
std::string places_of(const Criterion& criterion) {
  std::string text = criterion.given + "\n" + criterion.when;
  for (const record::Observation& seen : criterion.then)
    text += "\n" + seen.observable + "\n" + seen.expected.dump();
  return text;
}

}  // namespace

void lint_cases(const record::Spec& spec, const Report& report) {
  constexpr const char* kForm =
      "give each row the same members, and write <member> in given, when or expected";
  for (const Criterion& criterion : spec.acceptance_criteria) {
    if (criterion.cases.empty()) continue;
    std::vector<std::string> columns = case_columns(criterion.cases.front());
    bool alike = !columns.empty() &&
                 std::all_of(criterion.cases.begin(), criterion.cases.end(),
                             [&](const Json& row) { return case_columns(row) == columns; });
    if (!alike) {
      report.add("bad-cases", criterion.id, "its cases do not all have the same members", kForm);
      continue;
    }
    std::string text = places_of(criterion);
    for (const std::string& column : columns) {
      if (text.find("<" + column + ">") != std::string::npos) continue;
      report.add("bad-cases", criterion.id,
                 fmt::format("nothing reads the member '{}' of its cases", printable(column)),
                 fmt::format("write <{}> where its value belongs", printable(column)));
    }
  }
}

}  // namespace gf::stage
