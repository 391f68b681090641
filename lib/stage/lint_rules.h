// The linter's parts. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "stage/lint.h"

namespace gf::stage {

/// A finding is an error or a warning as its rule is, or a warning whatever the rule is.
enum class Weight { kOfRule, kWarning };

struct Report {
  std::vector<LintFinding>& findings;
  Rules rules = kNewestRules;
  void add(const char* rule, const std::string& criterion, std::string message, std::string hint,
           Weight weight = Weight::kOfRule) const;
};

void lint_shape(const record::Spec& spec, const Report& report);
void lint_observations(const record::Spec& spec, const Report& report);
void lint_cases(const record::Spec& spec, const Report& report);
void lint_wording(const record::Spec& spec, const Report& report);
void lint_sources(const record::Spec& spec, const Report& report);
void lint_coverage(const record::Spec& spec, Rules rules, const Report& report);
/// What is held against the tree.
void lint_subjects(const record::Spec& spec, const record::TreeFacts& tree, const Report& report);
void lint_touchpoints(const record::Spec& spec, const record::TreeFacts& tree,
                      const Report& report);

}  // namespace gf::stage
