// What a model is told by "check": as a person would read it, and nothing that the base had.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "line/check_text.h"

namespace gf::line {
namespace {

using record::GateOutcome;
using record::TestStatus;
using ::testing::HasSubstr;
using ::testing::Not;

GateOutcome types(std::vector<record::Finding> findings) {
  GateOutcome outcome;
  outcome.gate = "mypy";
  outcome.stage = "validate";
  outcome.status = GateOutcome::Status::kFail;
  outcome.findings = std::move(findings);
  outcome.findings_total = static_cast<int>(outcome.findings.size());
  outcome.reason = "exit 1: findings";
  return outcome;
}

TEST(OutcomeTextTest, OnlyNewFindingsAreTold) {
  GateOutcome base = types({{"a.py", 3, "arg-type", "old", "error"}});
  GateOutcome now =
      types({{"a.py", 5, "arg-type", "old", "error"}, {"b.py", 0, "", "no module", "error"}});
  EXPECT_EQ(check_outcome_text(now, &base, {{"a.py", {{1, 0, 1, 2}}}}),
            "mypy: fail\n  b.py: no module\n");
  now.findings.pop_back();
  EXPECT_EQ(check_outcome_text(now, &base, {}),
            "mypy: as before the change (1 finding, none of them new)\n");
}

TEST(OutcomeTextTest, TestsThatTheSpecLetsTESTChangeAreNoneOfBUILDs) {
  record::Spec spec;
  spec.acceptance_criteria = {{"AC1", "call", "", "f()", {}, "", {"t.py::TestA", "t.py::test_p"}}};
  GateOutcome base;
  base.gate = "pytest";
  base.stage = "test";
  base.tests = {{"t.py::TestA::test_a[1]", TestStatus::kPassed, "", ""},
                {"t.py::test_p[1]", TestStatus::kPassed, "", ""},
                {"t.py::test_c", TestStatus::kPassed, "", ""}};
  struct Case {
    const char* name;
    std::vector<std::string> red;
    bool passes;
    const char* expected;
  };
  for (const Case& one :
       {Case{"none red", {}, true, ""},
        Case{"only theirs",
             {"t.py::TestA::test_a[1]"},
             true,
             "  1 test that the spec lets TEST change fails now: t.py::TestA::test_a[1]\n"},
        Case{"theirs, with parameters",
             {"t.py::TestA::test_a[1]", "t.py::test_p[1]"},
             true,
             "  2 tests that the spec lets TEST change fail now: t.py::TestA::test_a[1], "
             "t.py::test_p[1]\n"},
        Case{"another one too",
             {"t.py::test_c", "t.py::test_p[1]"},
             false,
             "  1 test that the spec lets TEST change fails now: t.py::test_p[1]\n"},
        Case{"another one", {"t.py::test_c"}, false, ""}}) {
    GateOutcome now = base;
    now.status = one.red.empty() ? GateOutcome::Status::kPass : GateOutcome::Status::kFail;
    now.counts = {3 - static_cast<int>(one.red.size()), static_cast<int>(one.red.size()), 0, 0};
    for (record::TestResult& test : now.tests) {
      bool red = std::find(one.red.begin(), one.red.end(), test.id) != one.red.end();
      if (red) test.status = TestStatus::kFailed;
    }

    std::string rendered = without_authorised(now, stage::Authorised(spec, stage::Tests({base})));

    EXPECT_EQ(rendered, one.expected) << one.name;
    EXPECT_EQ(would_pass(now, nullptr, {}), one.passes) << one.name;
  }
}

TEST(OutcomeTextTest, WhatFailsOnTheBaseWithoutTheRestOfItsSuiteIsTheBases) {
  GateOutcome suite;
  suite.gate = "pytest";
  suite.stage = "test";
  suite.tests = {{"t.py::test_a[1]", TestStatus::kPassed, "", ""},
                 {"t.py::TestB::test_b", TestStatus::kPassed, "", ""},
                 {"u.py::test_c", TestStatus::kPassed, "", ""}};
  using ::testing::ElementsAre;
  EXPECT_THAT(
      known_of({"t.py", "t.py::test_a", "t.py::TestB", "t.py::test", "new.py", "u.py::test_d"},
               {suite}),
      ElementsAre("t.py", "t.py::test_a", "t.py::TestB"));
  GateOutcome now = suite, alone = suite;
  now.status = alone.status = GateOutcome::Status::kFail;
  now.counts = {1, 2, 0, 0};
  now.tests[0].status = now.tests[1].status = TestStatus::kFailed;
  alone.tests[0].status = TestStatus::kFailed;
  EXPECT_TRUE(makes_red(now, &suite));
  EXPECT_FALSE(makes_red(suite, nullptr));

  GateOutcome base = suite;
  add_failures(alone, base);

  EXPECT_FALSE(would_pass(now, &base, {})) << "test_b is the change's";
  EXPECT_THAT(check_outcome_text(now, &base, {}),
              HasSubstr("  1 test fails before the change as well: t.py::test_a[1]\n"));
  now.tests[1].status = TestStatus::kPassed;
  EXPECT_TRUE(would_pass(now, &base, {}));
  EXPECT_FALSE(makes_red(now, &base));
}

TEST(OutcomeTextTest, AGateWithoutFindingsSpeaksForItself) {
  GateOutcome make = types({});
  make.gate = "make";
  make.reason = "exit 2";
  make.output_tail = "checking\nbad\n";
  EXPECT_EQ(check_outcome_text(make, nullptr, {}), "make: fail: exit 2\n    checking\n    bad\n");
}

TEST(OutcomeTextTest, FailedTestsHaveTheirMessageAndWhatFailedBeforeIsMarked) {
  GateOutcome now;
  now.gate = "pytest";
  now.stage = "test";
  now.status = GateOutcome::Status::kFail;
  now.counts = {1, 2, 0, 0};
  now.tests = {{"t.py::test_a", TestStatus::kFailed, "assertion", "assert 1 == 2\nmore"},
               {"t.py::test_b", TestStatus::kFailed, "assertion", "old"},
               {"t.py::test_c", TestStatus::kPassed, "", ""}};
  GateOutcome base = now;
  base.tests[0].status = TestStatus::kPassed;

  std::string rendered = check_outcome_text(now, &base, {});

  EXPECT_THAT(rendered, HasSubstr("pytest: fail, 1 passed, 2 failed\n"));
  EXPECT_THAT(rendered, HasSubstr("  failed t.py::test_a\n    assert 1 == 2\n    more\n"));
  EXPECT_THAT(rendered, HasSubstr("  1 test fails before the change as well: t.py::test_b\n"));
  EXPECT_THAT(rendered, Not(HasSubstr("test_c")));
}

TEST(OutcomeTextTest, TestsThatSayTheSameAreToldOnceAndOldFailuresLast) {
  GateOutcome now;
  now.gate = "pytest";
  now.stage = "test";
  now.status = GateOutcome::Status::kFail;
  for (int i = 0; i < 7; ++i)
    now.tests.push_back(
        {fmt::format("t.py::test_row[{}]", i), TestStatus::kFailed, "", "n/a != Main"});
  now.tests.insert(now.tests.begin(), {"t.py::test_old", TestStatus::kError, "", "no server"});
  now.tests.push_back({"t.py::test_skipped_before", TestStatus::kFailed, "", ""});
  now.tests.push_back({"t.py::test_silent", TestStatus::kFailed, "", ""});
  now.counts = {0, 9, 1, 0};
  GateOutcome base = now;
  for (auto& test : base.tests) test.status = TestStatus::kPassed;
  base.tests.front().status = TestStatus::kFailed;
  base.tests[8].status = TestStatus::kSkipped;

  std::string rendered = check_outcome_text(now, &base, {});

  EXPECT_EQ(rendered,
            "pytest: fail, 0 passed, 10 failed\n"
            "  failed t.py::test_row[0]\n  failed t.py::test_row[1]\n  failed t.py::test_row[2]\n"
            "  failed t.py::test_row[3]\n  failed t.py::test_row[4]\n  and 2 more\n"
            "    n/a != Main\n"
            "  failed t.py::test_skipped_before\n"
            "  failed t.py::test_silent\n"
            "  1 test fails before the change as well: t.py::test_old\n");
}

TEST(OutcomeTextTest, ARedRunWithoutAFailedTestSaysWhy) {
  GateOutcome now;
  now.gate = "pytest";
  now.stage = "test";
  now.status = GateOutcome::Status::kFail;
  now.counts.passed = 158;
  now.reason = "exit 1, though no test failed";
  now.output_tail = "FAIL Required test coverage of 80% not reached.\n158 passed in 3.21s\n";

  EXPECT_EQ(check_outcome_text(now, nullptr, {}),
            "pytest: fail, 158 passed, 0 failed: exit 1, though no test failed\n"
            "    FAIL Required test coverage of 80% not reached.\n");
}

TEST(OutcomeTextTest, WhatIsCutIsTold) {
  std::vector<record::Finding> many;
  for (int i = 1; i <= 50; ++i) many.push_back({"a.py", i, "E501", "long", "error"});
  EXPECT_THAT(check_outcome_text(types(many), nullptr, {}, 10), HasSubstr("  and 40 more\n"));
}

TEST(IsCleanTest, NothingNewIsClean) {
  GateOutcome green = types({});
  green.status = GateOutcome::Status::kPass;
  GateOutcome old = types({{"a.py", 3, "arg-type", "old", "error"}});
  GateOutcome more =
      types({{"a.py", 3, "arg-type", "old", "error"}, {"b.py", 1, "", "x", "error"}});
  GateOutcome mute = types({});
  GateOutcome tests = old;
  tests.stage = "test";

  EXPECT_TRUE(is_clean(green, nullptr, {}));
  EXPECT_TRUE(is_clean(old, &old, {}));
  EXPECT_FALSE(is_clean(old, &green, {}));
  EXPECT_FALSE(is_clean(old, nullptr, {}));
  EXPECT_FALSE(is_clean(more, &old, {}));
  EXPECT_FALSE(is_clean(mute, &mute, {})) << "red without a finding may be red for another reason";
  EXPECT_FALSE(is_clean(tests, &tests, {}));
}

TEST(CoverageTextTest, LinesOfTheChangeThatNoTestRunsAreNamed) {
  GateOutcome ran;
  ran.gate = "pytest";
  ran.stage = "test";
  ran.coverage["src/a.py"] = {{1, 2, 4}, {7}};

  EXPECT_EQ(coverage_text({{"src/a.py", {2, 4, 5, 7}}}, {ran}, 80),
            "these tests run 2 of 3 added lines (67%; with all tests 80% is asked); "
            "not run: src/a.py:7\n");
  EXPECT_EQ(coverage_text({{"src/a.py", {5}}}, {ran}, 80), "") << "no line that can run";
  ran.coverage.clear();
  EXPECT_EQ(coverage_text({{"src/a.py", {2}}}, {ran}, 80), "") << "nothing was measured";
}

TEST(OnBaseTextTest, TestsThatPassBeforeTheChangeAreNamedByFunction) {
  GateOutcome base;
  base.tests = {{"t.py::test_a[1]", TestStatus::kPassed, "", ""},
                {"t.py::test_a[2]", TestStatus::kPassed, "", ""},
                {"t.py::test_b", TestStatus::kFailed, "assertion", "no"},
                {"t.py::test_c", TestStatus::kError, "collection", "no"},
                {"t.py::test_d", TestStatus::kSkipped, "", ""}};

  EXPECT_EQ(on_base_text({base}),
            "on the code before the change: 2 of 4 of these tests fail; these pass there:\n"
            "  t.py::test_a\n");
  base.tests.erase(base.tests.begin(), base.tests.begin() + 2);
  EXPECT_EQ(on_base_text({base}), "on the code before the change: 2 of 2 of these tests fail\n");
  EXPECT_EQ(on_base_text({}), "");
}

TEST(ShownOnBaseTextTest, WhatPassesBeforeTheChangeIsAGuardUnlessACriterionIsNotShown) {
  GateOutcome base;
  base.tests = {{"t.py::test_ac1_new", TestStatus::kFailed, "assertion", "no"},
                {"t.py::test_c2_stays", TestStatus::kPassed, "", ""},
                {"t.py::test_later", TestStatus::kSkipped, "", ""}};

  EXPECT_EQ(shown_on_base_text({base}, {}),
            "on the code before the change: 1 of 2 of these tests fail; what passes there is taken "
            "for a guard\n");
  EXPECT_EQ(
      shown_on_base_text({base}, {stage::finding_of(stage::FindingKind::kUnshown, "AC3: nothing")}),
      "on the code before the change: 1 of 2 of these tests fail\n  AC3: nothing\n");
  base.tests.pop_back();
  base.tests.pop_back();
  EXPECT_EQ(shown_on_base_text({base}, {}),
            "on the code before the change: 1 of 1 of these tests fail\n");
  EXPECT_EQ(shown_on_base_text({}, {}), "");
}

/// What a gate said of the base and says now, and whether the judge would let it pass.
struct PassCase {
  const char* name;
  std::string stage;
  std::vector<const char*> before, now;  ///< rules that are broken, or tests that fail
  bool passes;
};

class WouldPassTest : public testing::TestWithParam<PassCase> {};

TEST_P(WouldPassTest, IsTheJudgesOpinion) {
  auto outcome_of = [](const std::vector<const char*>& red) {
    GateOutcome outcome;
    outcome.gate = "gate";
    outcome.stage = GetParam().stage;
    outcome.status = red.empty() ? GateOutcome::Status::kPass : GateOutcome::Status::kFail;
    outcome.counts.passed = 1;
    for (std::string_view one : red) {
      if (one.empty()) continue;
      if (outcome.stage == "test") {
        outcome.tests.push_back({std::string(one), TestStatus::kFailed, "assertion", "no"});
        ++outcome.counts.failed;
      } else {
        outcome.findings.push_back({"a.py", 1, std::string(one), "no", "error"});
      }
    }
    return outcome;
  };
  GateOutcome before = outcome_of(GetParam().before), now = outcome_of(GetParam().now);

  EXPECT_EQ(would_pass(now, &before, {}), GetParam().passes);
  EXPECT_EQ(would_pass(now, nullptr, {}), GetParam().now.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Cases, WouldPassTest,
    testing::Values(PassCase{"Green", "validate", {}, {}, true},
                    PassCase{"NewFinding", "validate", {}, {"E1"}, false},
                    PassCase{"KnownFinding", "validate", {"E1"}, {"E1"}, true},
                    PassCase{"OneMore", "validate", {"E1"}, {"E1", "E2"}, false},
                    PassCase{"RedWithoutAFindingAsBefore", "validate", {""}, {""}, true},
                    PassCase{"RedWithoutAFinding", "validate", {}, {""}, false},
                    PassCase{"KnownFailure", "test", {"t::a", "t::b"}, {"t::a"}, true},
                    PassCase{"NewFailure", "test", {"t::a"}, {"t::a", "t::b"}, false},
                    PassCase{"FailureOnAGreenBase", "test", {}, {"t::a"}, false}),
    [](const auto& one) { return std::string(one.param.name); });

struct RedCase {
  const char* name;
  int failed;        ///< tests, of three
  const char* tail;  ///< last words of the runner
  bool red_before;   ///< without a failed test
  const char* expected;
};

class RedNamedTestsTest : public testing::TestWithParam<RedCase> {};

TEST_P(RedNamedTestsTest, AreToldForWhatTheyAre) {
  GateOutcome ran, base;
  for (GateOutcome* one : {&ran, &base}) {
    one->gate = "pytest";
    one->stage = "test";
    one->status = GateOutcome::Status::kFail;
    one->reason = "exit 1, though no test failed";
    one->counts.passed = 3;
  }
  ran.counts.passed = 3 - GetParam().failed;
  ran.counts.failed = GetParam().failed;
  ran.output_tail = GetParam().tail;

  std::string rendered = named_tests_text(ran, GetParam().red_before ? &base : nullptr, {});

  EXPECT_EQ(rendered, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RedNamedTestsTest,
    testing::Values(
        RedCase{
            "Floor", 0, "FAIL Required test coverage of 100% not reached. Total coverage: 64%",
            false,
            "pytest: 3 passed, 0 failed (the coverage floor is of all tests, and only the named "
            "ones were run)\n"},
        RedCase{"AsBefore", 0, "a plugin said no", true,
                "pytest: 3 passed, 0 failed (red without a failed test, as before the change)\n"},
        RedCase{
            "New", 0, "a plugin said no", false,
            "pytest: fail, 3 passed, 0 failed: exit 1, though no test failed\n    a plugin said "
            "no\n"},
        RedCase{"AFailedTest", 1, "Required test coverage of 100% not reached", true,
                "pytest: fail, 2 passed, 1 failed\n"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace gf::line
