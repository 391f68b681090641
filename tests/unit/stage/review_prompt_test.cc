// What REVIEW is shown of hunks, tests and gates: within its bounds, and nothing silently left out.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "stage/review.h"
#include "support/assertions.h"

namespace gf::stage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReviewPromptTest : public ::testing::Test {
 protected:
  ReviewPromptTest() {
    record::Spec spec;
    spec.title = "t";
    spec.touchpoints = {"b.py", "a.py"};
    spec.acceptance_criteria = {{"AC1", "call", "", "f()", {}, "", {}}};
    in_.spec = spec;
    in_.prompt_template = "{{hunks}}{{tests}}{{since}}{{gates}}{{feedback}}";
  }
  std::string asked() {
    auto messages = review_prompt(in_);
    EXPECT_DONE(messages);
    return messages.ok() ? messages->front().content : "";
  }
  static record::GateOutcome outcome(const std::string& gate, record::GateOutcome::Status status) {
    record::GateOutcome made;
    made.gate = gate;
    made.status = status;
    return made;
  }
  using Status = record::GateOutcome::Status;
  Input in_;
};

TEST_F(ReviewPromptTest, HunksHaveTheNumbersOfTheNewFile) {
  in_.hunks = {
      {"H1", "a.py", 7, 3, "@@ -7,2 +7,3 @@ def f():\n one\n-two\n+2\n+2b\n\\ No newline\n"}};

  EXPECT_THAT(asked(),
              HasSubstr("      @@ -7,2 +7,3 @@ def f():\n    7  one\n      -two\n    8 +2\n"
                        "    9 +2b\n      \\ No newline\n"));
}

TEST_F(ReviewPromptTest, TouchpointsComeFirstAndWhatHasNoRoomIsNamed) {
  auto big = [](char c) { return "@@ -0,0 +1 @@\n+" + std::string(70u << 10, c) + "\n"; };
  in_.hunks = {{"H1", "z.py", 1, 1, big('z')},
               {"H2", "a.py", 1, 1, big('a')},
               {"H3", "b.py", 40, 2, big('b')},
               {"H4", "c.py", 1, 1, "@@ -0,0 +1 @@\n+small\n"}};

  std::string text = asked();

  EXPECT_THAT(text, HasSubstr("+bbb"));
  EXPECT_THAT(text, HasSubstr("+small"));
  EXPECT_THAT(
      text, HasSubstr("H1 z.py\n(71696 bytes are left out; read 1 line of the file from line 1)"));
  EXPECT_THAT(text, Not(HasSubstr("+zzz")));
  EXPECT_LT(text.size(), 140u << 10);
}

TEST_F(ReviewPromptTest, WhatIsNotGreenIsToldWithTheBaseAndItsMessage) {
  using record::TestStatus;
  record::GateOutcome now = outcome("pytest", Status::kFail), base = now;
  now.tests = {{"t.py::test_ac1_x", TestStatus::kPassed, "", ""},
               {"t.py::test_old", TestStatus::kFailed, "assertion", "E assert 1 == 2\nmore"},
               {"t.py::test_new", TestStatus::kError, "", "ImportError: x"},
               {"t.py::test_a", TestStatus::kPassed, "", ""},
               {"t.py::test_b", TestStatus::kSkipped, "", ""}};
  base.tests = {{"t.py::test_old", TestStatus::kFailed, "assertion", "E assert 1 == 2"},
                {"t.py::test_b", TestStatus::kSkipped, "", ""}};
  record::GateOutcome lint = outcome("ruff", Status::kFail), lint_base = lint;
  lint.findings = {{"a.py", 3, "F401", "unused", "error"}};
  lint_base.findings_total = 1;
  in_.outcomes = {lint, now};
  in_.base_outcomes = {lint_base, base};

  EXPECT_THAT(asked(), HasSubstr("ruff: fail\n  a.py:3 F401 unused\n"
                                 "pytest: fail\n  passed in t.py: test_ac1_x\n"
                                 "  failed t.py::test_old (on the base: failed): E assert 1 == 2\n"
                                 "  error t.py::test_new (not there on the base): ImportError: x\n"
                                 "  and 1 other test: passed\n  and 1 other test: skipped\n"));
}

TEST_F(ReviewPromptTest, ASecondRoundIsShownWhatChangedSinceTheFirst) {
  EXPECT_THAT(asked(), Not(HasSubstr("reviewed this once before")));
  in_.since = {{"H1", "a.py", 3, 1, "@@ -3 +3 @@\n-x\n+y\n"}};
  in_.tests = {{"t.py", "1\tdef test_ac1(): pass\n"}};

  std::string text = asked();

  EXPECT_THAT(text, HasSubstr("Since then this has changed:\nchanged: a.py\n"));
  EXPECT_THAT(text, HasSubstr("    3 +y\n"));
  EXPECT_THAT(text, HasSubstr("Tests of the criteria that no hunk shows:\nt.py\n"));
}

TEST_F(ReviewPromptTest, CasesOfOneFunctionStandTogetherHoweverTheyAreNamed) {
  in_.hunks = {{"H1", "t.py", 1, 2,
                "@@ -0,0 +1,2 @@\n+    def test_ac1_x(self, a):\n"
                "+    def test_ac1_x_too(self):\n"}};
  record::GateOutcome now = outcome("pytest", Status::kPass);
  for (const char* id : {"t.py::TestA::test_ac1_x__a1", "t.py::TestA::test_ac1_x__b_2",
                         "t.py::TestA::test_ac1_x_too", "t.py::TestA::test_ac1_y[1]"})
    now.tests.push_back({id, record::TestStatus::kPassed, "", ""});
  in_.outcomes = {now};

  EXPECT_THAT(asked(), HasSubstr("passed in t.py: TestA::test_ac1_x (2 cases), "
                                 "TestA::test_ac1_x_too, TestA::test_ac1_y (1 case)\n"));
}

TEST_F(ReviewPromptTest, AGateThatIsRedWithoutATestIsToldBesideTheBase) {
  record::GateOutcome now = outcome("pytest", Status::kFail);
  now.stage = "test";
  now.counts.passed = 3;
  now.output_tail = "======== coverage ========\nFAIL Required coverage not reached\n";
  in_.outcomes = in_.base_outcomes = {now};

  std::string text = asked();

  EXPECT_THAT(text, HasSubstr("pytest: fail (on the base: fail, and no test failed there either)"));
  EXPECT_THAT(text, HasSubstr("    === coverage ===\n"));
}

TEST_F(ReviewPromptTest, WhatTheChangeUsesIsToldBesideIt) {
  in_.prompt_template = "{{uses}}";
  in_.definitions = "b.py\n1\tdef used(): pass\n";

  EXPECT_THAT(asked(), HasSubstr("What it uses and stands in, as far as no hunk shows it:\n"
                                 "```\nb.py\n1\tdef used(): pass\n```\n"));
}

TEST(ReviewRowsTest, AConstraintIsNamedByIdOrByNumber) {
  auto table = record::Json::parse(
      R"({"constraints":[{"id":"C2"},{"index":1}],"out_of_scope":[{"id":"o1"},{"id":"X"}]})");
  ASSERT_TRUE(table.ok());

  record::Json numbered = with_numbers(*table);

  EXPECT_EQ(numbered.get("constraints").items()[0].get_int("index"), 2);
  EXPECT_EQ(numbered.get("constraints").items()[1].get_int("index"), 1);
  EXPECT_EQ(numbered.get("out_of_scope").items()[0].get_int("index"), 1);
  EXPECT_FALSE(numbered.get("out_of_scope").items()[1].has("index"));
}

}  // namespace
}  // namespace gf::stage
