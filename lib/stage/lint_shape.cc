// Rules about what must be there at all.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "stage/lint_rules.h"

namespace gf::stage {
namespace {

bool good_id(const std::string& id) {
  return id.size() > 2 && id.starts_with("AC") &&
         std::all_of(id.begin() + 2, id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool escapes(const std::string& path) {
  if (path.starts_with("/") || path.starts_with("~")) return true;
  for (const std::string& part : split(path, '/')) {
    if (part == ".." || lower(part) == ".git") return true;
  }
  return false;
}

/// A value at an edge: nothing, zero, one, or a status or exit that says no.
bool is_boundary(const record::Json& value) {
  if (value.is_null()) return true;
  if (auto number = value.as_double()) return *number <= 1 || *number >= 400;
  if (auto text = value.as_string()) return text->empty();
  return (value.is_array() || value.is_object()) && value.size() <= 1;
}

bool is_failure(const record::Criterion& criterion) {
  if (criterion.kind == "raise") return true;
  return std::any_of(criterion.then.begin(), criterion.then.end(),
                     [&](const record::Observation& seen) {
                       auto number = seen.expected.as_int();
                       return (seen.observable == "status" && number && *number >= 400) ||
                              (seen.observable == "exit" && number && *number != 0);
                     });
}

}  // namespace

void lint_shape(const record::Spec& spec, const Report& report) {
  if (trim(spec.title).empty())
    report.add("empty-title", "", "the title is empty", "say in a few words what is new");
  if (trim(spec.intent).empty())
    report.add("empty-intent", "", "the intent is empty", "say in a sentence what for");
  if (spec.acceptance_criteria.empty())
    report.add("no-criteria", "", "there is no acceptance criterion", "add one that can fail");
  if (trim(spec.changelog.entry).empty())
    report.add("missing-changelog", "", "there is no changelog entry",
               "say in a line what users get");
  for (const std::string& path : spec.touchpoints) {
    if (escapes(path))
      report.add("touchpoint-escapes", "", "'" + printable(path) + "' leads out of the repository",
                 "name paths from its top");
  }
  std::set<std::string> ids;
  bool failure = false, boundary = false, all_keep = !spec.acceptance_criteria.empty();
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    if (!good_id(criterion.id))
      report.add("bad-id", criterion.id,
                 "'" + printable(criterion.id) + "' is no id of a criterion",
                 "call it AC1, AC2, ...");
    if (!ids.insert(criterion.id).second)
      report.add("duplicate-id", criterion.id, "the id is used twice",
                 "number the criteria through");
    if (trim(criterion.when).empty())
      report.add("missing-when", criterion.id, "there is no action in 'when'",
                 "name the one thing that is done");
    if (criterion.then.empty())
      report.add("missing-then", criterion.id, "nothing is observed in 'then'",
                 "name a status, a header, an output, a value");
    all_keep = all_keep && record::keeps(criterion);
    for (const record::Criterion& one : record::each_case(criterion)) {
      failure = failure || is_failure(one);
      for (const record::Observation& seen : one.then)
        boundary = boundary || seen.op == "absent" || is_boundary(seen.expected);
    }
  }
  if (spec.acceptance_criteria.size() > 12)
    report.add("too-many-criteria", "",
               std::to_string(spec.acceptance_criteria.size()) + " criteria",
               "make it two requests");
  if (all_keep)
    report.add("all-keep", "", "every criterion only keeps what is there", "say what is to be new");
  if (!spec.acceptance_criteria.empty() && !failure)
    report.add("no-failure-path", "", "no criterion says what happens when it goes wrong",
               "add one if something can");
  if (!spec.acceptance_criteria.empty() && !boundary)
    report.add("no-boundary-value", "", "no criterion looks at an edge (empty, none, first)",
               "add one if there is an edge");
}

}  // namespace gf::stage
