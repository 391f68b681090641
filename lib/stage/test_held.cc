#include "stage/test_held.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "stage/test_rules.h"

namespace gf::stage {
namespace {

using record::TestStatus;

bool is_passed(const record::TestResult* test) {
  return test != nullptr && test->status == TestStatus::kPassed;
}

}  // namespace

std::vector<Finding> beyond_adding_findings(const Input& in) {
  std::vector<Finding> findings;
  for (const record::Finding& one : in.beyond_adding) {
    std::string text = fmt::format("{}: {}", one.path, one.message);
    findings.push_back(finding_of(FindingKind::kTestMistake,
                                  test_rule::broken_by(text, test_rule::kAddsOnly), one.path));
  }
  return findings;
}

std::vector<Finding> held_findings(const Input& in, const Tests& base, const Tests& now) {
  std::vector<Finding> findings;
  Authorised authorised(*in.spec, base);
  std::set<std::string_view> reported;
  Tests as_they_were(in.base_tests_on_change);
  for (const record::TestResult* was : as_they_were.all()) {
    // What is missing now may have another name, and so may its test.
    bool says_no = was->status == TestStatus::kFailed && was->cause != "missing-symbol";
    if (!says_no || !is_passed(base.find(was->id)) || !is_passed(now.find(was->id))) continue;
    if (authorised.covers(was->id) || !reported.insert(function_of(was->id)).second) continue;
    std::string text = fmt::format(
        "{}: as the base has it, it fails on the change, and passes only by what was changed in "
        "tests: {}",
        was->id, first_line(was->message));
    findings.push_back(finding_of(FindingKind::kBaseTest,
                                  test_rule::broken_by(text, test_rule::kHolds),
                                  std::string(file_of(was->id))));
  }
  for (const record::Finding& one : in.survivors) {
    std::string text = fmt::format("{}:{}: {}", one.path, one.line, one.message);
    findings.push_back(
        finding_of(FindingKind::kUnshown, test_rule::broken_by(text, test_rule::kNotices)));
  }
  return findings;
}

}  // namespace gf::stage
