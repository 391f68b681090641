#include "analyst/must_fail.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::analyst {
namespace {

using record::TestResult;
using record::TestStatus;

}  // namespace

bool ran_gate(const record::StageRecord& attempt, const record::GateOutcome& gate) {
  std::string start = fmt::format("gate-{}-{}-", gate.tree.short_hex(10), slug_from(gate.gate, 40));
  return std::any_of(attempt.gate_runs.begin(), attempt.gate_runs.end(), [&](const auto& file) {
    // What is left is the key of six digits: "ruff" is not "ruff-format".
    return file.starts_with(start) && file.size() == start.size() + 6 + 5;
  });
}

MustFail::MustFail(const store::Run& run, const record::StageRecord& attempt)
    : asked_(attempt.stage == "test"), tree_in_(attempt.tree_in), tree_out_(attempt.tree_out) {
  if (!asked_) return;
  for (const record::GateOutcome& gate : run.gates) {
    for (const TestResult& test : gate.tests)
      if (gate.tree == run.run.base_tree && test.status == TestStatus::kPassed)
        old_.insert(test.id);
    if (gate.tree != tree_out_ || !ran_gate(attempt, gate)) continue;
    for (const TestResult& test : gate.tests)
      if (test.status == TestStatus::kPassed) passed_.insert(test.id);
  }
}

bool MustFail::holds(const record::GateOutcome& gate) const {
  bool elsewhere = gate.tree != tree_out_ && gate.tree != tree_in_;
  bool says_no = gate.status == record::GateOutcome::Status::kFail && !gate.tests.empty();
  if (!asked_ || !elsewhere || !says_no) return false;
  return std::all_of(gate.tests.begin(), gate.tests.end(), [&](const TestResult& test) {
    if (old_.contains(test.id) && test.status != TestStatus::kPassed) return false;
    if (test.status == TestStatus::kPassed || passed_.contains(test.id)) return true;
    auto below = passed_.lower_bound(test.id + "::");
    return test.status == TestStatus::kError && below != passed_.end() &&
           below->starts_with(test.id + "::");
  });
}

}  // namespace gf::analyst
