// The compile linter: does a spec say enough that no later stage has to guess? (DESIGN 3)
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"
#include "record/spec.h"
#include "stage/rules.h"

namespace gf::stage {

struct LintFinding {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  std::string rule;       ///< "missing-then"; stable, documented in git-factory-spec(5)
  std::string criterion;  ///< "AC2"; empty when it is about the whole spec
  std::string message;    ///< what is wrong
  std::string hint;       ///< how to mend it
};

/// Every finding, in the order of the rules' files and then of the criteria. The spec compiles when
/// none is an error. `tree` may be null: rules that need a tree are then left out.
/// Held to tests/corpus/specs: no error in a right spec. Runs that were begun with another linter
/// keep it (first_lint/first_lint.h).
std::vector<LintFinding> lint(const record::Spec& spec, const record::TreeFacts* tree,
                              Rules rules = kNewestRules);

/// What `spec lint --json` writes.
record::Json to_json(const LintFinding& finding);

struct LintRule {
  std::string_view name;
  LintFinding::Severity severity;
  std::string_view why;  ///< one sentence
};
/// All rules, for the man page, `spec lint --rules` and the test that each has two examples.
std::span<const LintRule> lint_rules();

}  // namespace gf::stage
