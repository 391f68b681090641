// Gates that were asked about a tree without the change, and what they have to say there.
#include "analyst/must_fail.h"

#include <gtest/gtest.h>

namespace gf::analyst {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;
using Status = GateOutcome::Status;

Oid tree(char digit) { return Oid::parse(std::string(40, digit)).value(); }

class MustFailTest : public ::testing::Test {
 protected:
  MustFailTest() {
    run_.gates = {outcome(tree('2'), Status::kPass,
                          {{"t.py::test_new", TestStatus::kPassed, "", ""},
                           {"t.go::TestNew", TestStatus::kPassed, "", ""}})};
    attempt_.stage = "test";
    attempt_.tree_in = tree('1');
    attempt_.tree_out = tree('2');
    attempt_.gate_runs = {"gate-2222222222-pytest-abcdef.json"};
  }
  static GateOutcome outcome(const Oid& tree, Status status, std::vector<TestResult> tests) {
    GateOutcome made;
    made.gate = "pytest";
    made.tree = tree;
    made.status = status;
    made.tests = std::move(tests);
    return made;
  }
  [[nodiscard]] bool holds(const GateOutcome& gate) const {
    return MustFail(run_, attempt_).holds(gate);
  }

  store::Run run_;
  record::StageRecord attempt_;
};

TEST_F(MustFailTest, WhatFailsWithoutTheChangeAndPassesWithItHasTo) {
  struct Case {
    const char* name;
    Oid where;
    Status status;
    std::vector<TestResult> tests;
    bool has_to;
  };
  TestResult red = {"t.py::test_new", TestStatus::kFailed, "assertion", ""};
  for (const Case& one :
       std::vector<Case>{{"new on the base", tree('3'), Status::kFail, {red}, true},
                         {"a file that cannot be run there",
                          tree('3'),
                          Status::kFail,
                          {{"t.go", TestStatus::kError, "compile", ""}},
                          true},
                         {"a file whose tests nobody knows",
                          tree('3'),
                          Status::kFail,
                          {{"t.g", TestStatus::kError, "compile", ""}},
                          false},
                         {"a test that never passes",
                          tree('3'),
                          Status::kFail,
                          {red, {"t.py::test_other", TestStatus::kFailed, "assertion", ""}},
                          false},
                         {"the attempt's own tree", tree('2'), Status::kFail, {red}, false},
                         {"the tree that it began with", tree('1'), Status::kFail, {red}, false},
                         {"nothing was run", tree('3'), Status::kFail, {}, false},
                         {"it passes there", tree('3'), Status::kPass, {red}, false}}) {
    EXPECT_EQ(holds(outcome(one.where, one.status, one.tests)), one.has_to) << one.name;
  }
  run_.run.base_tree = tree('4');
  run_.gates.push_back(
      outcome(tree('4'), Status::kPass, {{"t.py::test_new", TestStatus::kPassed, "", ""}}));
  EXPECT_FALSE(holds(outcome(tree('3'), Status::kFail, {red}))) << "it is one of the base's";
  attempt_.stage = "validate";
  EXPECT_FALSE(holds(outcome(tree('3'), Status::kFail, {red}))) << "of TEST alone";
}

TEST_F(MustFailTest, AnAttemptRanWhatItNamesAndNothingOfALikeName) {
  EXPECT_TRUE(ran_gate(attempt_, run_.gates[0]));
  GateOutcome other = run_.gates[0];
  other.gate = "py";
  EXPECT_FALSE(ran_gate(attempt_, other));
  other.gate = "pytest";
  other.tree = tree('3');
  EXPECT_FALSE(ran_gate(attempt_, other));
}

}  // namespace
}  // namespace gf::analyst
