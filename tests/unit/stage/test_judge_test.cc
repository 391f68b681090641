// TEST's judge by Rules::kOwners: everything at once, each for whom it concerns.
#include "stage/test_judge.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "stage/stage.h"
#include "stage/test_rules.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "unit/stage/outcomes.h"

namespace gf::stage {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class TestJudgeTest : public ::testing::Test {
 protected:
  TestJudgeTest() {
    record::Spec spec;
    spec.acceptance_criteria = {{"AC1", "call", "", "x", {}, "", {}}};
    in_.spec = spec;
    in_.tree = &tree_;
    in_.test_paths = {"tests/**"};
    in_.changed = {"app/x.py", "tests/t.py"};
    in_.base_outcomes = {tests({passed("tests/o.py::test_old")})};
    in_.outcomes = {tests({passed("tests/o.py::test_old"), passed("tests/t.py::test_ac1")})};
    in_.new_tests_on_base = {tests({failed("tests/t.py::test_ac1")})};
  }
  Judgement judge() { return find_stage("test")->eval(in_, {}).value(); }
  std::vector<std::string> owners(const Judgement& judgement) {
    std::vector<std::string> names;
    for (const Finding& finding : judgement.findings)
      names.push_back(std::string(name_of(finding.kind)) + " " +
                      std::string(name_of(finding.owner)));
    return names;
  }
  void authorise(const std::string& id) { in_.spec->acceptance_criteria[0].authorises = {id}; }
  test::MapFacts tree_{{{"app/x.py", "a\n"}}};
  Input in_;
};

TEST_F(TestJudgeTest, WhatShowsItsCriterionPasses) {
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass);
}

TEST_F(TestJudgeTest, EverythingThatIsWrongIsToldAtOnceEachToItsOwner) {
  in_.spec->acceptance_criteria.push_back({"AC2", "call", "", "y", {}, "", {}});
  in_.outcomes = {tests({failed("tests/o.py::test_old"), failed("tests/t.py::test_ac1")})};
  Judgement judgement = judge();
  EXPECT_THAT(owners(judgement), ElementsAre("base-test build", "new-test build", "unshown test"));
  EXPECT_EQ(judgement.back_to, "build");
}

TEST_F(TestJudgeTest, AGateThatWasNeverStartedIsForWhoWroteWhatKeptItFromThat) {
  struct Case {
    const char* path;
    const char* rule;
    Rules rules;
    std::vector<std::string> owners;
  };
  const Case kCases[] = {
      {"pyproject.toml", record::kNoEnvironment, Rules::kNotStarted, {"lint build"}},
      {"", record::kNotBuilt, Rules::kNotStarted, {"gate build"}},
      {"pyproject.toml", record::kNoEnvironment, Rules::kSeenDecides, {"no-tests test"}},
      {"x.py", "E501", Rules::kNotStarted, {"no-tests test"}},
  };
  for (const Case& one : kCases) {
    GateOutcome unstarted = tests({});
    unstarted.status = GateOutcome::Status::kFail;
    unstarted.findings = {{one.path, 0, one.rule, "no such package", "error"}};
    in_.outcomes = {unstarted};
    in_.rules = one.rules;
    EXPECT_EQ(owners(judge()), one.owners) << one.rule << " " << static_cast<int>(one.rules);
  }
}

TEST_F(TestJudgeTest, AVanishedTestIsForWhoeverTouchedItsFile) {
  in_.outcomes = {tests({passed("tests/t.py::test_ac1")})};
  EXPECT_THAT(owners(judge()), ElementsAre("vanished build"));
  in_.changed.push_back("tests/o.py");
  EXPECT_THAT(owners(judge()), ElementsAre("vanished test"));
}

TEST_F(TestJudgeTest, AFileThatKeepsEveryTestFromRunningIsToldAlone) {
  in_.outcomes = {tests({{"tests/t.py", TestStatus::kError, "collection", "SyntaxError"}})};
  EXPECT_THAT(judge().findings, SizeIs(1)) << "nothing has vanished";

  in_.rules = Rules::kShownAtOnce;
  EXPECT_THAT(judge().findings, SizeIs(2)) << "as runs before that were judged";
}

TEST_F(TestJudgeTest, ATestThatOnlyHasAnotherParameterIsTheSameTest) {
  in_.base_outcomes = {tests({passed("tests/o.py::test_text[old words]")})};
  auto now = [&](TestResult result) {
    in_.outcomes = {tests({std::move(result), passed("tests/t.py::test_ac1")})};
    return judge();
  };
  EXPECT_EQ(now(passed("tests/o.py::test_text[new words]")).kind, Judgement::Kind::kPass);
  EXPECT_THAT(owners(now(passed("tests/o.py::test_other[new words]"))),
              ElementsAre("vanished build"));
}

TEST_F(TestJudgeTest, WhatIsAuthorisedStandsForParametersClassesFilesAndConstants) {
  in_.base_outcomes = {
      tests({passed("tests/o.py::TestC::test_a[1]"), passed("tests/o.py::TestC::test_a[2]")})};
  in_.outcomes = {tests({passed("tests/t.py::test_ac1")})};
  for (const char* name : {"tests/o.py::TestC::test_a", "tests/o.py::TestC::test_a[1]",
                           "tests/o.py::TestC", "tests/o.py", "tests/o.py::EXPECTED_NAMES"}) {
    authorise(name);
    EXPECT_EQ(judge().kind, Judgement::Kind::kPass) << name;
  }
  for (const char* name : {"tests/other.py", "tests/o.py2", "tests/o"}) {
    authorise(name);
    EXPECT_THAT(judge().findings, SizeIs(1)) << name << ": one line for both parameters";
  }
}

TEST_F(TestJudgeTest, AGuardMayHaveAnyName) {
  in_.outcomes[0].tests.push_back(passed("tests/t.py::test_other_things_work"));
  in_.new_tests_on_base[0].tests.push_back(passed("tests/t.py::test_other_things_work"));
  EXPECT_EQ(judge().kind, Judgement::Kind::kPass);
}

TEST_F(TestJudgeTest, AnEarlierFeaturesTestsShowNothingOfThisOne) {
  in_.base_outcomes[0].tests.push_back(passed("tests/earlier.py::test_ac1_of_another"));
  in_.outcomes = {
      tests({passed("tests/o.py::test_old"), passed("tests/earlier.py::test_ac1_of_another")})};
  in_.new_tests_on_base = {};
  Judgement judgement = judge();
  EXPECT_THAT(owners(judgement), ElementsAre("unshown test"));
  EXPECT_THAT(judgement.reason, HasSubstr("AC1: no test carries its id"));
}

TEST_F(TestJudgeTest, AToolThatDidNotWorkIsTheUsers) {
  in_.outcomes[0].status = GateOutcome::Status::kBroken;
  in_.outcomes[0].reason = "no report";
  Judgement judgement = judge();
  EXPECT_EQ(judgement.kind, Judgement::Kind::kStop);
  EXPECT_EQ(judgement.failure, record::FailureClass::kConfiguration);
  EXPECT_THAT(owners(judgement), ElementsAre("broken user"));
}

TEST_F(TestJudgeTest, LinesThatNoTestRunsAreOneFindingAFile) {
  in_.outcomes[0].coverage["app/x.py"] = {{1}, {2, 3}};
  in_.added_lines = {{"app/x.py", {1, 2, 3}}};
  Judgement judgement = judge();
  EXPECT_THAT(owners(judgement), ElementsAre("coverage test"));
  EXPECT_THAT(judgement.reason, HasSubstr("app/x.py: no test runs lines 2, 3"));
}

TEST_F(TestJudgeTest, WhatACheckerAmongTheTestsSaysIsForTheOwnerOfTheFile) {
  for (const auto& [id, owner] : std::vector<std::pair<const char*, const char*>>{
           {"tests/t.py::mypy", "test-mistake test"},
           {"tests/t.py::BLACK", "test-mistake test"},
           {"tests/t.py::ruff::format", "test-mistake test"},
           {"app/x.py::mypy", "new-test build"},
           {"tests/t.py::test_mypy", "new-test build"}}) {
    in_.outcomes = {tests(
        {passed("tests/o.py::test_old"), passed("tests/t.py::test_ac1"), failed(id, "3: error")})};
    EXPECT_THAT(owners(judge()), ElementsAre(owner)) << id;
  }
}

TEST_F(TestJudgeTest, OfAFewAddedLinesOneIsNotHeldAgainstTheFloor) {
  struct Case {
    int run, missed;
    int64_t floor;
    Rules rules;
    bool passes;
  };
  for (const Case& one :
       {Case{3, 1, 80, kNewestRules, true}, Case{2, 1, 80, kNewestRules, true},
        Case{1, 1, 80, kNewestRules, false}, Case{0, 1, 80, Rules::kIssueNamed, false},
        Case{2, 2, 80, kNewestRules, false}, Case{4, 1, 80, kNewestRules, true},
        Case{7, 2, 80, kNewestRules, false}, Case{8, 2, 80, kNewestRules, true},
        Case{9, 1, 100, kNewestRules, false}, Case{3, 1, 80, Rules::kOwners, false}}) {
    record::FileCoverage coverage;
    std::vector<int> lines;
    for (int line = 1; line <= one.run + one.missed; ++line) {
      lines.push_back(line);
      (line <= one.run ? coverage.executed : coverage.missing).push_back(line);
    }
    in_.outcomes[0].coverage["app/x.py"] = coverage;
    in_.added_lines = {{"app/x.py", lines}};
    in_.thresholds.coverage_percent = one.floor;
    in_.rules = one.rules;
    EXPECT_EQ(judge().kind == Judgement::Kind::kPass, one.passes)
        << one.run << " of " << one.run + one.missed << ", floor " << one.floor;
  }
}

TEST_F(TestJudgeTest, EveryFindingThatNamesARuleNamesItInThePromptsWords) {
  std::string listed = test_rule::listed();
  for (std::string_view rule : test_rule::kAll) EXPECT_THAT(listed, HasSubstr(std::string(rule)));
  in_.outcomes = {tests({passed("tests/t.py::test_ac1")})};
  in_.new_tests_on_base = {tests({passed("tests/t.py::test_ac1")})};
  Judgement judgement = judge();
  for (const std::string& line : judgement.feedback) {
    bool known = std::any_of(test_rule::kAll.begin(), test_rule::kAll.end(),
                             [&](auto rule) { return line.find(rule) != std::string::npos; });
    EXPECT_TRUE(known) << line;
  }
}

TEST_F(TestJudgeTest, WhatIsMissingGoesToPLANAndEndsOnlyOlderRuns) {
  Output out;
  out.json = record::Json::parse(
                 R"({"missing":[{"about":["AC1"],"what":"no status","evidence":"app/x.py:1"}]})")
                 .value();
  Judgement judgement = find_stage("test")->eval(in_, out).value();
  EXPECT_EQ(judgement.back_to, "plan");
  EXPECT_THAT(judgement.feedback, ElementsAre("AC1: no status (shown by: app/x.py:1)"));
  in_.rules = Rules::kTestsValidated;
  out.json = record::Json::parse(R"({"missing":["no status"]})").value();
  EXPECT_EQ(find_stage("test")->eval(in_, out)->kind, Judgement::Kind::kStop);
}

TEST_F(TestJudgeTest, CoverageThatSawNothingOfWhatTestsShowIsNotHeldAgainstThem) {
  in_.added_lines["app/x.py"] = {1, 2, 3};
  in_.outcomes[0].coverage["app/x.py"] = {{}, {1, 2, 3}};
  Judgement judgement = judge();
  EXPECT_EQ(judgement.kind, Judgement::Kind::kPass);
  EXPECT_THAT(judgement.reason, HasSubstr("was not measured, for none of those added was seen"));

  in_.rules = Rules::kIssueNamed;
  judgement = judge();
  EXPECT_THAT(owners(judgement), ElementsAre("coverage test"));
  EXPECT_THAT(judgement.findings[0].menders, Not(Contains(Owner::kUser)));
}

/// Beside a file whose line ran, one that no coverage knows.
TEST_F(TestJudgeTest, WhatOnlyDeclaresHasNoLineToRun) {
  struct Case {
    const char *measured, *unknown;
    bool missed, missed_before;
  };
  for (const Case& one :
       {Case{"index.js", "index.d.ts", false, true}, Case{"src/a.ts", "types/a.d.mts", false, true},
        Case{"src/a.ts", "src/never-loaded.ts", true, true},
        Case{"lib/a.hpp", "lib/b.hpp", false, true}, Case{"tests/common.h", "cJSON.h", false, true},
        Case{"a.c", "never_built.c", true, true}, Case{"a.c", "b.h", false, false},
        Case{"a.go", "b.go", false, false}}) {
    in_.outcomes[0].coverage = {{one.measured, {{1}, {}}}};
    in_.added_lines = {{one.measured, {1}}, {one.unknown, {1, 2}}};
    in_.rules = kNewestRules;
    EXPECT_EQ(added_lines_of(in_).missed.empty(), !one.missed) << one.unknown;
    in_.rules = Rules::kNamedFreely;
    EXPECT_EQ(added_lines_of(in_).missed.empty(), !one.missed_before) << one.unknown;
  }
}

/// What some of the tests say before all are run.
struct Early {
  const char* name;
  std::vector<TestResult> ran, on_base;
  bool shown;
};
class UnshownTest : public TestJudgeTest, public ::testing::WithParamInterface<Early> {};

TEST_P(UnshownTest, IsWhatTheJudgeWouldMiss) {
  record::Criterion kept = in_.spec->acceptance_criteria[0];
  kept.id = "AC2";
  kept.kind = "keep";
  in_.spec->acceptance_criteria.push_back(kept);
  in_.spec->constraints = {"no new dependency"};
  in_.outcomes = {tests(GetParam().ran)};
  in_.new_tests_on_base = {tests(GetParam().on_base)};

  EXPECT_EQ(unshown_by(in_).empty(), GetParam().shown);
  EXPECT_EQ(judge().kind == Judgement::Kind::kPass, GetParam().shown) << judge().reason;
}

const TestResult kOld = passed("tests/o.py::test_old");
const TestResult kShows = failed("tests/t.py::test_ac1");
INSTANTIATE_TEST_SUITE_P(
    Cases, UnshownTest,
    ::testing::Values(
        Early{"Shown", {kOld, passed(kShows.id)}, {kShows}, true},
        Early{"PassesOnTheBase", {kOld, passed(kShows.id)}, {passed(kShows.id)}, false},
        Early{
            "NoTest", {kOld, passed("tests/t.py::test_x")}, {failed("tests/t.py::test_x")}, false},
        Early{"ShownByAnother",
              {kOld, passed(kShows.id), passed("tests/t.py::test_ac1_too")},
              {kShows, passed("tests/t.py::test_ac1_too")},
              true},
        Early{"GuardsOfAllKinds",
              {kOld, passed(kShows.id), passed("tests/t.py::test_c1_none"),
               passed("tests/t.py::test_ac2_stays"), passed("tests/t.py::test_any")},
              {kShows, passed("tests/t.py::test_c1_none"), passed("tests/t.py::test_ac2_stays"),
               passed("tests/t.py::test_any")},
              true}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_F(TestJudgeTest, BeforeAllAreRunNothingIsMissedThatMayStandInOtherFiles) {
  in_.outcomes = {tests({passed("tests/u.py::test_x")})};
  EXPECT_THAT(unshown_by(in_), SizeIs(0)) << "what shows it was not named, and is on the base";

  in_.new_tests_on_base = {tests({{"tests/t.py", TestStatus::kError, "collection", "no"}})};
  EXPECT_THAT(unshown_by(in_), SizeIs(0)) << "of that file no name is known";

  in_.new_tests_on_base = {tests({passed("tests/t.py::test_ac1")})};
  EXPECT_THAT(unshown_by(in_), SizeIs(1)) << "not named, but it passes on the base";

  in_.outcomes = {tests({{"tests/u.py", TestStatus::kError, "collection", "no"}})};
  EXPECT_THAT(unshown_by(in_), SizeIs(0)) << "told as what does not collect";
}

TEST_F(TestJudgeTest, APersonMayBeAskedAboutCoverage) {
  in_.added_lines["app/x.py"] = {1, 2, 3};
  in_.outcomes[0].coverage["app/x.py"] = {{1}, {2, 3}};
  EXPECT_THAT(judge().findings.at(0).menders, Contains(Owner::kUser));
}

}  // namespace
}  // namespace gf::stage
