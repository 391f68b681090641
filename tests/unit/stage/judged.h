// A change of one file with a spec of one criterion, as the stages' judges get it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "stage/review.h"
#include "stage/stage.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "unit/stage/outcomes.h"

namespace gf::stage {

using record::GateOutcome;
using record::TestResult;

inline GateOutcome lint(GateOutcome::Status status, std::vector<record::Finding> findings) {
  GateOutcome outcome;
  outcome.gate = "ruff";
  outcome.stage = "validate";
  outcome.status = status;
  outcome.findings = std::move(findings);
  outcome.reason = "exit 1";
  return outcome;
}

class StagesTest : public ::testing::Test {
 protected:
  StagesTest() {
    record::Spec spec;
    spec.title = "t";
    spec.acceptance_criteria = {{"AC1", "http", "", "GET /x", {}, "", {}}};
    spec.constraints = {"No new dependency"};
    in_.spec = spec;
    in_.tree = &tree_;
    in_.test_paths = {"tests/**", "**/test_*.py"};
  }
  Judgement judge(const char* stage, const Output& out = {}) {
    return find_stage(stage)->eval(in_, out).value();
  }
  test::MapFacts tree_{{{"app/x.py", "a\nb\n"}}};
  Input in_;
};

}  // namespace gf::stage
