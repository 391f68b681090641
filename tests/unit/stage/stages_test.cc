// The stages that tools decide, and what all of them have in common.
#include "unit/stage/judged.h"

namespace gf::stage {
namespace {

using record::Json;
using record::TestStatus;
using Kind = Judgement::Kind;

TEST_F(StagesTest, TheLineIsComplete) {
  std::vector<std::string> names;
  for (const Stage& stage : all_stages()) names.emplace_back(stage.name);
  EXPECT_EQ(names, (std::vector<std::string>{"plan", "scout", "build", "validate", "test",
                                             "validate-tests", "review", "pr"}));
}

TEST_F(StagesTest, ValidateBlamesOnlyWhatIsNew) {
  in_.changed = {"tests/test_b.py"};
  record::Finding old{"a.py", 3, "F401", "unused", "error"},
      moved{"a.py", 9, "F401", "unused", "error"}, fresh{"app/b.py", 1, "E501", "long", "error"};
  in_.base_outcomes = {lint(GateOutcome::Status::kFail, {old})};
  in_.outcomes = {lint(GateOutcome::Status::kFail, {moved})};
  EXPECT_EQ(judge("validate").kind, Kind::kPass);
  in_.outcomes = {lint(GateOutcome::Status::kFail, {moved, fresh})};
  Judgement judgement = judge("validate");
  EXPECT_EQ(judgement.kind, Kind::kBack);
  EXPECT_EQ(judgement.back_to, "build");
  EXPECT_EQ(judgement.feedback, (std::vector<std::string>{"ruff E501 app/b.py:1: long"}));
  in_.outcomes = {lint(GateOutcome::Status::kFail, {old, moved})};
  EXPECT_EQ(judge("validate").kind, Kind::kBack) << "the same defect a second time is new";
  in_.outcomes = {
      lint(GateOutcome::Status::kFail, {moved, {"tests/test_b.py", 1, "E501", "long", "error"}})};
  EXPECT_EQ(judge("validate").back_to, "test");
}

TEST_F(StagesTest, ValidateComparesWholeListsWhereverLinesHaveMoved) {
  std::vector<record::Finding> known, now;
  for (int i = 1; i <= 1900; ++i) {
    known.push_back({"z.py", i, "attr-defined", "no attribute", "error"});
    now.push_back({"z.py", i + 2, "attr-defined", "no attribute", "error"});
  }
  in_.base_outcomes = {lint(GateOutcome::Status::kFail, known)};
  in_.moves = record::LineMoves{{"z.py", {{1, 0, 1, 2}}}};
  in_.outcomes = {lint(GateOutcome::Status::kFail, now)};
  EXPECT_EQ(judge("validate").kind, Kind::kPass);

  now.insert(now.begin(), {"a.py", 5, "attr-defined", "no attribute", "error"});
  in_.outcomes = {lint(GateOutcome::Status::kFail, now)};
  EXPECT_EQ(judge("validate").feedback,
            (std::vector<std::string>{"ruff attr-defined a.py:5: no attribute"}));
}

// A new file of a folder in which no file has a header lacks the header too.
TEST_F(StagesTest, WhatMostFilesBesideItBreakIsNoFaultOfANewOne) {
  test::MapFacts tree({{"tests/__init__.py", ""},
                       {"tests/a.py", ""},
                       {"tests/b.py", ""},
                       {"tests/test_new.py", ""}});
  in_.tree = &tree;
  in_.moves.emplace();
  in_.changed = {"tests/test_new.py"};
  auto at = [](const char* path, const char* rule) {
    return record::Finding{path, 1, rule, "missing", "error"};
  };
  std::vector<record::Finding> base = {at("tests/a.py", "CPY001"), at("tests/b.py", "CPY001"),
                                       at("tests/a.py", "E501")};
  in_.base_outcomes = {lint(GateOutcome::Status::kFail, base)};
  std::vector<record::Finding> now = base;
  now.push_back(at("tests/test_new.py", "CPY001"));
  in_.outcomes = {lint(GateOutcome::Status::kFail, now)};
  EXPECT_EQ(judge("validate").kind, Kind::kPass);

  now.push_back(at("tests/test_new.py", "E501"));
  in_.outcomes = {lint(GateOutcome::Status::kFail, now)};
  EXPECT_EQ(judge("validate").feedback.size(), 1u) << "as many files beside it keep this rule";
}

TEST_F(StagesTest, ZeroGatesAreSaidInWords) {
  in_.moves.emplace();
  in_.outcomes = {tests({})};
  EXPECT_EQ(judge("validate").reason,
            "nothing was checked: no linter or type checker is configured");
}

TEST_F(StagesTest, AGateWithoutFindingsIsHeardInItsOwnWords) {
  in_.moves.emplace();
  GateOutcome make = lint(GateOutcome::Status::kFail, {});
  make.gate = "make";
  make.output_tail = "checking\nline 3 is too long\n";
  in_.outcomes = {make};
  EXPECT_EQ(judge("validate").feedback,
            (std::vector<std::string>{"make: exit 1\n  checking\n  line 3 is too long"}));
  EXPECT_EQ(judge("validate").reason, "make: exit 1");
}

TEST_F(StagesTest, TestIsToldWhatFailedOnTheBase) {
  in_.base_outcomes = {tests({{"tests/a.py::test_old", TestStatus::kFailed, "assertion", "no"},
                              {"tests/a.py::test_good", TestStatus::kPassed, "", ""}})};
  in_.schema = record::Json::object({});
  in_.prompt_template = "{{schema}}\n---\n{{spec}}{{brief}}{{signatures}}{{tests}}{{feedback}}";
  auto messages = find_stage("test")->prompt(in_);
  ASSERT_TRUE(messages.ok()) << messages.error().message;
  std::string text = messages->back().content;
  EXPECT_NE(text.find("fail before the change already"), std::string::npos) << text;
  EXPECT_NE(text.find("tests/a.py::test_old"), std::string::npos) << text;
  EXPECT_EQ(text.find("test_good"), std::string::npos) << text;
}

TEST_F(StagesTest, AFindingInATestIsForTestHoweverItsPathsAreWritten) {
  const std::pair<const char*, const char*> kPatterns[] = {
      {"tests/", "tests/unit/test_a.py"},     {"tests/*.py", "tests/test_a.py"},
      {"**/tests/**", "src/shop/tests/a.py"}, {"src/*/tests/**", "src/shop/tests/a.py"},
      {"test_*.py", "src/shop/test_a.py"},    {"tests/**", "tests/a/b.py"},
      {"**/test_*.py", "src/shop/test_a.py"}, {"/spec/[a-c]*.py", "spec/b1.py"},
  };
  for (const auto& [pattern, path] : kPatterns) {
    in_.test_paths = {pattern};
    in_.changed = {path};
    in_.outcomes = {lint(GateOutcome::Status::kFail, {{path, 1, "E501", "long", "error"}})};
    EXPECT_EQ(judge("validate").back_to, "test") << pattern << " | " << path;
  }
  in_.test_paths = {"tests/*.py"};
  in_.outcomes = {lint(GateOutcome::Status::kFail, {{"app/tests.py", 1, "E501", "long", "error"}})};
  EXPECT_EQ(judge("validate").back_to, "build");
}

TEST_F(StagesTest, ATestCountsOnlyWhenItFailsOnTheBaseInItsBody) {
  in_.rules = Rules::kTestsValidated;  // newer ones: test_judge_test.cc
  TestResult now{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""};
  in_.base_outcomes = {tests({{"tests/o.py::test_old", TestStatus::kPassed, "", ""}})};
  in_.outcomes = {tests({now, {"tests/o.py::test_old", TestStatus::kPassed, "", ""}})};
  struct Case {
    TestStatus status;
    const char* cause;
    Judgement::Kind kind;
  };
  for (const Case& one : {Case{TestStatus::kFailed, "assertion", Judgement::Kind::kPass},
                          Case{TestStatus::kFailed, "missing-symbol", Judgement::Kind::kPass},
                          Case{TestStatus::kFailed, "other", Judgement::Kind::kAgain},
                          Case{TestStatus::kError, "collection", Judgement::Kind::kAgain},
                          Case{TestStatus::kError, "setup", Judgement::Kind::kAgain},
                          Case{TestStatus::kPassed, "", Judgement::Kind::kAgain}}) {
    in_.new_tests_on_base = {tests({{now.id, one.status, one.cause, ""}})};
    EXPECT_EQ(judge("test").kind, one.kind) << one.cause;
  }
  in_.new_tests_on_base = {};
  EXPECT_EQ(judge("test").kind, Kind::kAgain) << "not run on the base";
}

TEST_F(StagesTest, WhatPassedOnTheBaseMustPassStill) {
  in_.rules = Rules::kTestsValidated;  // newer ones: test_judge_test.cc
  in_.new_tests_on_base = {
      tests({{"tests/t.py::test_ac1_x", TestStatus::kFailed, "assertion", ""}})};
  in_.base_outcomes = {tests({{"tests/o.py::test_old", TestStatus::kPassed, "", ""}})};
  TestResult mine{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""};
  in_.outcomes = {tests({mine, {"tests/o.py::test_old", TestStatus::kFailed, "assertion", "x"}})};
  EXPECT_EQ(judge("test").back_to, "build");
  in_.outcomes = {tests({mine})};
  EXPECT_NE(judge("test").reason.find("vanished"), std::string::npos);
  in_.outcomes = {tests({mine, {"tests/o.py::test_old", TestStatus::kSkipped, "", ""}})};
  EXPECT_NE(judge("test").reason.find("skipped"), std::string::npos);
  in_.spec->acceptance_criteria[0].authorises = {"tests/o.py::test_old"};
  EXPECT_EQ(judge("test").kind, Kind::kPass);
}

TEST_F(StagesTest, AddedLinesMustRun) {
  in_.rules = Rules::kTestsValidated;  // newer ones: test_judge_test.cc
  GateOutcome now = tests({{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""}});
  now.coverage["app/x.py"] = {{1, 2}, {3, 4}};
  in_.new_tests_on_base = {
      tests({{"tests/t.py::test_ac1_x", TestStatus::kFailed, "assertion", ""}})};
  in_.outcomes = {now};
  in_.added_lines = {{"app/x.py", {1, 2, 7}}};
  EXPECT_EQ(judge("test").kind, Kind::kPass) << "line 7 cannot run and does not count";
  in_.added_lines = {{"app/x.py", {1, 2, 3}}};
  Judgement judgement = judge("test");
  EXPECT_EQ(judgement.kind, Kind::kAgain);
  EXPECT_NE(judgement.feedback.back().find("app/x.py:3"), std::string::npos);
}

TEST_F(StagesTest, OfATestThatIsToldTwiceTheFirstCounts) {
  TestResult good{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""};
  TestResult old{"tests/o.py::test_old", TestStatus::kPassed, "", ""};
  TestResult again{"tests/o.py::test_old", TestStatus::kSkipped, "", ""};
  in_.new_tests_on_base = {tests({{good.id, TestStatus::kFailed, "assertion", ""}})};
  in_.base_outcomes = {tests({old})};

  in_.outcomes = {tests({good, old, again})};
  EXPECT_EQ(judge("test").kind, Kind::kPass);
  in_.outcomes = {tests({good, again}), tests({old})};
  EXPECT_EQ(judge("test").back_to, "build");
}

TEST_F(StagesTest, AFailingNewTestThatCarriesNoIdIsToldOnce) {
  in_.rules = Rules::kTestsValidated;  // newer ones: test_judge_test.cc
  TestResult mine{"tests/t.py::test_ac1_x", TestStatus::kFailed, "assertion", "assert 1 == 2"};
  TestResult other{"tests/t.py::test_more", TestStatus::kFailed, "assertion", "no"};
  in_.new_tests_on_base = {tests({{mine.id, TestStatus::kFailed, "assertion", ""}})};
  in_.outcomes = {tests({mine, other, other})};

  Judgement judgement = judge("test");

  EXPECT_EQ(judgement.feedback,
            (std::vector<std::string>{"AC1 tests/t.py::test_ac1_x: assert 1 == 2",
                                      "tests/t.py::test_more: no"}));
}

TEST_F(StagesTest, NoTestRunIsAFailure) { EXPECT_NE(judge("test").kind, Kind::kPass); }

TEST_F(StagesTest, ATemplateThatAsksForWhatAStageDoesNotHaveIsNoticed) {
  in_.prompt_template = "{{spec}} {{brief}}";
  EXPECT_FALSE(find_stage("review")->prompt(in_).ok());
  EXPECT_FALSE(fill("{{open", {}).ok());
  EXPECT_EQ(fill("a {{x}} b", {{"x", "{{y}}"}}).value(), "a {{y}} b")
      << "values are not expanded again";
}

TEST_F(StagesTest, AFenceIsLongerThanWhatItHolds) {
  EXPECT_EQ(fenced("", "a"), "```\na\n```\n");
  EXPECT_EQ(fenced("x", "````\n"), "`````x\n````\n`````\n");
}

TEST_F(StagesTest, ATestCarriesAnIdAsAWord) {
  EXPECT_TRUE(carries_id("tests/t.py::test_ac2_missing[9]", "AC2"));
  EXPECT_TRUE(carries_id("tests/t.py::T::test_x_AC2", "AC2"));
  EXPECT_FALSE(carries_id("tests/t.py::test_ac21_x", "AC2"));
  EXPECT_FALSE(carries_id("tests/ac2/t.py::test_x", "AC2"));
  // As ctest names them, which has no file.
  for (const char* id : {"AC2: missing is 404", "missing (ac2)", "test_ac2_x", "Half.AC2Odd"})
    EXPECT_TRUE(carries_id(id, "AC2")) << id;
  for (const char* id : {"AC21: missing", "mac2 x", "ac2x"})
    EXPECT_FALSE(carries_id(id, "AC2")) << id;
  EXPECT_FALSE(carries_id("AC2: missing is 404", "AC2", Rules::kCrashIsNoAnswer));
}

/// What a parser says of a file is BUILD's to mend; that it crashed is no word of a file.
TEST_F(StagesTest, AParserThatCrashedSaysNothingOfTheFiles) {
  using Status = GateOutcome::Status;
  struct Row {
    Status status;
    Rules rules;
    Judgement::Kind kind;
  };
  in_.changed = {"app/x.py"};
  for (const Row& row : {Row{Status::kPass, kNewestRules, Judgement::Kind::kPass},
                         Row{Status::kFail, kNewestRules, Judgement::Kind::kAgain},
                         Row{Status::kBroken, kNewestRules, Judgement::Kind::kPass},
                         Row{Status::kTimeout, kNewestRules, Judgement::Kind::kPass},
                         Row{Status::kBroken, Rules::kNotSilenced, Judgement::Kind::kAgain}}) {
    GateOutcome parse;
    parse.gate = "parse";
    parse.stage = "build";
    parse.status = row.status;
    parse.reason = "the parser ended with exit -1";
    if (row.status == Status::kFail)
      parse.findings = {{"app/x.py", 1, "syntax", "invalid syntax", "error"}};
    in_.outcomes = {parse};
    in_.rules = row.rules;
    EXPECT_EQ(judge("build").kind, row.kind) << static_cast<int>(row.status);
  }
}

}  // namespace
}  // namespace gf::stage
