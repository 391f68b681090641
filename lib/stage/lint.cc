#include "stage/lint.h"

#include <algorithm>
#include <array>

#include "stage/lint_rules.h"

namespace gf::stage {
namespace {

constexpr auto kError = LintFinding::Severity::kError;
constexpr auto kWarning = LintFinding::Severity::kWarning;

constexpr std::array kRules = {
    LintRule{"empty-title", kError, "The title names the branch, the commit and the pull request."},
    LintRule{"empty-intent", kError, "Who reviews must know what for."},
    LintRule{"no-criteria", kError, "Without a criterion nothing can be tested or reviewed."},
    LintRule{"bad-id", kError, "Tests and verdicts point at criteria by AC<number>."},
    LintRule{"duplicate-id", kError, "One name for two criteria makes every pointer ambiguous."},
    LintRule{"unknown-kind", kError, "The kind decides what can be observed."},
    LintRule{"missing-when", kError, "Without an action there is nothing to try."},
    LintRule{"missing-then", kError, "A criterion without an observable cannot fail."},
    LintRule{"illegal-observable", kError, "What cannot be seen from outside cannot be tested."},
    LintRule{"unknown-operator", kError, "A comparison nobody knows decides nothing."},
    LintRule{"bad-expected", kError, "A value that its operator cannot read never matches."},
    LintRule{"bad-cases", kError, "A table whose columns nobody reads tries nothing."},
    LintRule{"contradiction", kError, "Two results for one condition cannot both be built."},
    LintRule{"several-actions", kError, "With two actions in one 'when' a failure has two causes."},
    LintRule{"vague-word", kError, "A word that two people read differently cannot be compiled."},
    LintRule{"unbounded-negative", kError, "'Never' cannot be shown; 'not in this answer' can."},
    LintRule{"threshold-without-unit", kError,
             "A number without its unit and condition measures nothing."},
    LintRule{"placeholder", kError, "What is still to be decided must be asked, not built."},
    LintRule{"missing-source", kError, "A criterion that nobody asked for is an invention."},
    LintRule{"uncovered-clause", kError,
             "A part of the request that no criterion holds would be lost."},
    LintRule{"subject-unknown", kError,
             "What is neither in the tree nor introduced does not exist."},
    LintRule{"touchpoint-escapes", kError, "A path outside of the repository is never touched."},
    LintRule{"authorises-unknown-test", kError,
             "Only a test that exists can be allowed to change."},
    LintRule{"missing-changelog", kError, "The changelog entry is made from the spec."},
    LintRule{"changelog-criterion", kError,
             "The entry is written from 'changelog' and checked by the line; a test of it would "
             "freeze a file that every change edits."},
    LintRule{"no-failure-path", kWarning, "Most defects live where things go wrong."},
    LintRule{"no-boundary-value", kWarning, "Most of the others live at the edges."},
    LintRule{"implementation-named", kWarning,
             "How it is built is the builder's; name it only as a constraint."},
    LintRule{"too-many-criteria", kWarning, "Beyond twelve criteria it is two features."},
    LintRule{"touchpoint-unserved", kWarning,
             "A file that is named and that nothing asks to change is forgotten, or not meant."},
    LintRule{"all-keep", kWarning, "A spec that only keeps what is there asks for nothing."},
};

/// Longer texts are cut for the rules: no sentence that somebody reads is, and what a stranger
/// sends must not cost minutes.
record::Spec readable(record::Spec spec) {
  constexpr size_t kLongest = 32u << 10;
  auto cut = [](std::string& text) {
    if (text.size() > kLongest) text.resize(kLongest);
  };
  cut(spec.request);
  for (record::Criterion& criterion : spec.acceptance_criteria) {
    for (std::string* text : {&criterion.given, &criterion.when, &criterion.source}) cut(*text);
    for (record::Observation& seen : criterion.then) cut(seen.observable);
  }
  for (auto* list : {&spec.constraints, &spec.out_of_scope, &spec.touchpoints, &spec.introduces})
    std::for_each(list->begin(), list->end(), cut);
  for (record::Assumption& assumption : spec.assumptions) cut(assumption.text);
  return spec;
}

}  // namespace

void Report::add(const char* rule, const std::string& criterion, std::string message,
                 std::string hint, Weight weight) const {
  auto found =
      std::find_if(kRules.begin(), kRules.end(), [&](const LintRule& r) { return r.name == rule; });
  LintFinding finding;
  finding.severity = found == kRules.end() ? kError : found->severity;
  if (weight == Weight::kWarning) finding.severity = LintFinding::Severity::kWarning;
  finding.rule = rule;
  finding.criterion = criterion;
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  findings.push_back(std::move(finding));
}

std::span<const LintRule> lint_rules() { return kRules; }

std::vector<LintFinding> lint(const record::Spec& given, const record::TreeFacts* tree,
                              Rules rules) {
  const record::Spec spec = readable(given);
  std::vector<LintFinding> findings;
  Report report{findings, rules};
  lint_shape(spec, report);
  lint_observations(spec, report);
  lint_cases(spec, report);
  lint_wording(spec, report);
  lint_sources(spec, report);
  lint_coverage(spec, rules, report);
  if (tree != nullptr) {
    lint_subjects(spec, *tree, report);
    lint_touchpoints(spec, *tree, report);
  }
  return findings;
}

record::Json to_json(const LintFinding& finding) {
  bool error = finding.severity == LintFinding::Severity::kError;
  return record::Json::object({{"severity", error ? "error" : "warning"},
                               {"rule", finding.rule},
                               {"criterion", finding.criterion},
                               {"message", finding.message},
                               {"hint", finding.hint}});
}

}  // namespace gf::stage
