// TEST's judge where no spec says what a change was to be, and of tests that do not agree with
// themselves.
#include "stage/test_added.h"

#include <gmock/gmock.h>

#include "stage/test_rules.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "unit/stage/outcomes.h"

namespace gf::stage {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TestResult skipped(std::string id) { return {std::move(id), TestStatus::kSkipped, "", ""}; }
TestResult uncollected(std::string id) {
  return {std::move(id), TestStatus::kError, "collection", "ImportError: cannot import name 'new'"};
}

class TestAddedTest : public ::testing::Test {
 protected:
  TestAddedTest() {
    in_.spec = record::Spec();
    in_.unspecified = true;
    in_.tree = &tree_;
    in_.test_paths = {"tests/**"};
    in_.changed = {"app/x.py", "tests/t.py"};
    in_.base_outcomes = {tests({passed("tests/o.py::test_old")})};
    in_.outcomes = {tests({passed("tests/o.py::test_old"), passed("tests/t.py::test_a"),
                           passed("tests/t.py::test_b")})};
    in_.new_tests_on_base = {tests({failed("tests/t.py::test_a"), passed("tests/t.py::test_b")})};
  }
  Judgement judge() { return find_stage("test")->eval(in_, {}).value(); }
  test::MapFacts tree_{{{"app/x.py", "a\n"}}};
  Input in_;
};

TEST_F(TestAddedTest, OneNewTestThatFailsWithoutTheChangeIsEnough) {
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass);
  AddedTests added = added_tests(in_);
  EXPECT_THAT(added.failed, ElementsAre("tests/t.py::test_a"));
  EXPECT_THAT(added.passed, ElementsAre("tests/t.py::test_b"));
  in_.base_outcomes[0].tests.push_back(passed("tests/t.py::test_a"));
  EXPECT_THAT(added_tests(in_).failed, IsEmpty()) << "an older test says nothing of this change";
}

TEST_F(TestAddedTest, WhatIsAskedOfAChangeFollowsFromWhatItHolds) {
  struct Case {
    const char* what;
    std::vector<TestResult> now, before;
    std::vector<std::string> changed;
    const char* expected;  ///< of the one finding; empty: none
  };
  const std::vector<std::string> kBoth = {"app/x.py", "tests/t.py"};
  for (const Case& one :
       std::vector<Case>{{"no test at all", {}, {}, {"app/x.py"}, ""},
                         {"tests alone",
                          {passed("tests/t.py::test_a")},
                          {passed("tests/t.py::test_a")},
                          {"tests/t.py"},
                          ""},
                         {"one that passes on both",
                          {passed("tests/t.py::test_a")},
                          {passed("tests/t.py::test_a")},
                          kBoth,
                          "the test that the change adds does not fail without it"},
                         {"several",
                          {passed("tests/t.py::test_a"), skipped("tests/t.py::test_b")},
                          {passed("tests/t.py::test_a")},
                          kBoth,
                          "none of the 2 tests that the change adds fails"},
                         {"one that is loaded with the change alone",
                          {passed("tests/t.py::test_a")},
                          {uncollected("tests/t.py")},
                          kBoth,
                          ""},
                         {"one that no file that cannot be loaded lets run",
                          {passed("tests/t.py::test_a")},
                          {uncollected("tests/u.py")},
                          kBoth,
                          ""},
                         {"one case of many",
                          {passed("tests/t.py::test_a[1]"), passed("tests/t.py::test_a[2]")},
                          {passed("tests/t.py::test_a[1]"), failed("tests/t.py::test_a[2]")},
                          kBoth,
                          ""},
                         {"one whose fixture needs the change",
                          {passed("tests/t.py::test_a")},
                          {{"tests/t.py::test_a", TestStatus::kError, "error",
                            "ImportError: cannot import name 'new' from 'app.x'"}},
                          kBoth,
                          ""},
                         {"one that is skipped without it",
                          {passed("tests/t.py::test_a")},
                          {skipped("tests/t.py::test_a")},
                          kBoth,
                          ""},
                         {"a mistake of its own",
                          {passed("tests/t.py::test_a")},
                          {{"tests/t.py::test_a", TestStatus::kFailed, "missing-symbol",
                            "NameError: name 'x' is not defined"}},
                          kBoth,
                          "the test that the change adds does not fail without it"}}) {
    in_.outcomes = {tests(one.now)};
    in_.outcomes[0].tests.push_back(passed("tests/o.py::test_old"));
    in_.new_tests_on_base = {tests(one.before)};
    in_.changed = one.changed;
    Judgement judgement = judge();
    if (*one.expected == '\0') {
      EXPECT_EQ(judgement.kind, Judgement::Kind::kPass) << one.what << ": " << judgement.reason;
    } else {
      ASSERT_THAT(judgement.findings, SizeIs(1)) << one.what;
      EXPECT_THAT(judgement.findings[0].text, HasSubstr(one.expected));
    }
  }
}

TEST_F(TestAddedTest, SettingsOfGatesThatNothingLetsItTouchAreFindings) {
  in_.settings = {{"pyproject.toml", 0, "settings", "settings of gates are changed", ""}};
  Judgement judgement = judge();
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_EQ(judgement.findings[0].text, "pyproject.toml: settings of gates are changed");
}

TEST_F(TestAddedTest, ANewTestThatSaysSomethingElseTheNextTimeIsItsOwnMistake) {
  in_.repeats = {{"by itself", {tests({passed("tests/t.py::test_a")})}},
                 {"in another order",
                  {tests({failed("tests/t.py::test_a", "assert []"), failed("tests/o.py::test_old"),
                          failed("tests/t.py::test_other")})}}};
  Judgement judgement = judge();
  ASSERT_THAT(judgement.findings, SizeIs(1)) << "old tests, and names that nobody knows, are not";
  EXPECT_EQ(judgement.findings[0].kind, FindingKind::kTestMistake);
  EXPECT_EQ(judgement.findings[0].owner, Owner::kTest);
  EXPECT_THAT(judgement.findings[0].text, HasSubstr("fails when it is run in another order"));
  EXPECT_THAT(judgement.findings[0].text, HasSubstr(std::string(test_rule::kAgrees)));
  in_.repeats[1].outcomes[0].status = GateOutcome::Status::kBroken;
  in_.repeats[1].outcomes[0].tests.clear();
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << "what could not be asked tells nothing";
}

}  // namespace
}  // namespace gf::stage
