#include "stage/first_lint/first_lint.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace gf::stage::first {
namespace {

constexpr std::array<std::string_view, 5> kWarnings = {"no-failure-path", "no-boundary-value",
                                                       "implementation-named", "too-many-criteria",
                                                       "all-keep"};

}  // namespace

void Report::add(const char* rule, const std::string& criterion, std::string message,
                 std::string hint) const {
  bool warning = std::find(kWarnings.begin(), kWarnings.end(), rule) != kWarnings.end();
  auto severity = warning ? LintFinding::Severity::kWarning : LintFinding::Severity::kError;
  findings.push_back({severity, rule, criterion, std::move(message), std::move(hint)});
}

std::vector<LintFinding> lint(const record::Spec& spec, const record::TreeFacts* tree) {
  std::vector<LintFinding> findings;
  Report report{findings};
  lint_shape(spec, report);
  lint_observations(spec, report);
  lint_wording(spec, report);
  lint_coverage(spec, tree, report);
  return findings;
}

}  // namespace gf::stage::first
