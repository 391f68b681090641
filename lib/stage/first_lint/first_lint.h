// The linter as it was before there was a table of kinds (lib/stage/kinds.h). Runs that were begun
// with it are resumed and replayed with it, so what it finds is never changed: not a rule, not a
// word of a list. New specs are judged by stage/lint.h.
#pragma once

#include <string>
#include <vector>

#include "record/facts.h"
#include "record/spec.h"
#include "stage/lint.h"

namespace gf::stage::first {

struct Report {
  std::vector<LintFinding>& findings;
  void add(const char* rule, const std::string& criterion, std::string message,
           std::string hint) const;
};

void lint_shape(const record::Spec& spec, const Report& report);
void lint_observations(const record::Spec& spec, const Report& report);
void lint_wording(const record::Spec& spec, const Report& report);
void lint_coverage(const record::Spec& spec, const record::TreeFacts* tree, const Report& report);

/// All of them, in that order.
std::vector<LintFinding> lint(const record::Spec& spec, const record::TreeFacts* tree);

}  // namespace gf::stage::first
