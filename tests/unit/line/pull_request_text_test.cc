// The words of a pull request: complete, in one table cell each, and without a transcript.
#include "line/pull_request_text.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::line {
namespace {

using record::TestStatus;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PullRequestTextTest : public ::testing::Test {
 protected:
  PullRequestTextTest() {
    run_.id = RunId::parse("20260102T030405Z-00000007").value();
    spec_.title = "Add a health endpoint";
    spec_.intent = "Operators see that the service is up.";
    spec_.request = "Add /health.";
    for (const char* id : {"AC1", "AC2"}) {
      record::Criterion criterion;
      criterion.id = id;
      criterion.kind = "http";
      criterion.when = "GET /health";
      criterion.then = {{"status", "equals", 200}};
      spec_.acceptance_criteria.push_back(criterion);
    }
    verdict_.reviewer = "other/m2";
    verdict_.table = record::Json::object(
        {{"criteria",
          record::Json::array(
              {record::Json::object(
                   {{"id", "AC1"},
                    {"verdict", "satisfied"},
                    {"pointer", record::Json::object({{"test", "tests/t.py::test_ac1"}})}}),
               record::Json::object({{"id", "AC2"},
                                     {"verdict", "satisfied"},
                                     {"pointer", record::Json::object({{"path", "app/main.py"},
                                                                       {"line", 12}})}})})}});
    record::GateOutcome tests;
    tests.gate = "pytest";
    tests.status = record::GateOutcome::Status::kPass;
    tests.counts.passed = 2;
    tests.tool_version = "pytest 8.1";
    tests.tests = {{"tests/t.py::test_ac1_answers", TestStatus::kPassed, "", ""},
                   {"tests/t.py::test_ac1_is_json", TestStatus::kPassed, "", ""},
                   {"tests/t.py::test_ac10", TestStatus::kPassed, "", ""}};
    outcomes_ = {tests};
    stage("plan", "m1", 10'000'000'000);
    stage("build", "m1", 20'000'000'000);
    stage("build", "m1", 20'000'000'000);
    stage("review", "m2", 5'000'000'000);
  }
  void stage(const std::string& name, const std::string& model, int64_t pico) {
    record::StageRecord made;
    made.seq = static_cast<int>(stages_.size()) + 1;
    made.stage = name;
    made.model_answered = model;
    made.cost = {pico, "provider"};
    made.usage.input_total = 100;
    made.usage.output_total = 10;
    made.exchanges = {made.seq};
    stages_.push_back(made);
  }
  [[nodiscard]] std::string body() const {
    Evidence evidence{run_, spec_, verdict_, outcomes_, stages_, Milliseconds(12345)};
    evidence.about_locks = about_locks_;
    return pull_request_body(evidence);
  }
  /// The lines that begin with "| <first cell> |".
  [[nodiscard]] std::vector<std::string> rows(const std::string& first) const {
    std::vector<std::string> found;
    for (const std::string& line : lines(body())) {
      if (line.starts_with("| " + first + " |")) found.push_back(line);
    }
    return found;
  }

  record::RunRecord run_;
  record::Spec spec_;
  record::Verdict verdict_;
  std::vector<record::GateOutcome> outcomes_;
  std::string about_locks_;
  std::vector<record::StageRecord> stages_;
};

TEST_F(PullRequestTextTest, EveryCriterionHasItsTestsTheirOutcomeAndTheReviewersPointer) {
  EXPECT_THAT(rows("AC1"),
              ElementsAre("| AC1 | `tests/t.py::test_ac1_answers`<br>`tests/t.py::test_ac1_is_json`"
                          " | 2 of 2 passed | satisfied (`tests/t.py::test_ac1`) |"));
  EXPECT_THAT(rows("AC2"), ElementsAre("| AC2 | - | no test of its own | satisfied "
                                       "(`app/main.py:12`) |"));
}

TEST_F(PullRequestTextTest, ATestThatDidNotPassIsNotCountedAsPassed) {
  outcomes_[0].tests[1].status = TestStatus::kSkipped;

  EXPECT_THAT(rows("AC1").at(0), HasSubstr("| 1 of 2 passed |"));
}

TEST_F(PullRequestTextTest, ACriterionThatNobodyPointedAtSaysSo) {
  verdict_.table = record::Json();

  EXPECT_THAT(rows("AC1").at(0), EndsWith("| - |"));
}

TEST_F(PullRequestTextTest, GatesAreListedWithToolAndCount) {
  EXPECT_THAT(rows("pytest"), ElementsAre("| pytest | pass, 2 passed | pytest 8.1 |"));
}

TEST_F(PullRequestTextTest, CostAndTimeAreTheSumsWithWhoAnsweredAsOftenAsThatChanged) {
  EXPECT_THAT(body(), HasSubstr("$0.0550; 400 tokens in, 40 out; 12.3 s; 4 exchanges in 4 stage "
                                "attempts; models: plan m1, build m1, review m2."));
}

TEST_F(PullRequestTextTest, WhatNobodyPricedIsNotFree) {
  stages_[1].cost = {};

  EXPECT_THAT(body(), HasSubstr("unpriced; 400 tokens in"));
}

TEST_F(PullRequestTextTest, ATableCellStaysOneWhateverWasWrittenIntoIt) {
  outcomes_[0].gate = "a | b\nc";
  outcomes_[0].tool_version = std::string(1000, 'x');
  std::string text = body();

  EXPECT_THAT(text, HasSubstr("| a \\| b c | pass"));
  EXPECT_THAT(text, Not(HasSubstr(std::string(400, 'x'))));
}

TEST_F(PullRequestTextTest, TheRunIsNamedLastAndWithTheWayToReplayIt) {
  std::string id = run_.id.str();

  EXPECT_THAT(body(), HasSubstr("`git factory replay " + id + "`"));
  EXPECT_THAT(body(), EndsWith("\nFactory-Run: " + id + "\n"));
  EXPECT_THAT(body(), StartsWith(record::to_markdown(spec_)));
}

TEST_F(PullRequestTextTest, WhatBecameOfLockFilesIsSaid) {
  EXPECT_THAT(body(), Not(HasSubstr("Lock files")));
  about_locks_ =
      "lock: uv.lock was brought up to date with pyproject.toml by uv\n"
      "lock: yarn.lock does not agree with package.json: @all; run 'yarn install'\n";

  EXPECT_THAT(body(), HasSubstr("\n## Lock files\n\n- uv.lock was brought up to date with "
                                "pyproject.toml by uv\n- yarn.lock does not agree"));
  EXPECT_THAT(body(), HasSubstr("@<!-- -->all; run 'yarn install'\n"));
}

TEST_F(PullRequestTextTest, NoReasonOfAReviewAndNoAnswerOfAModelIsInIt) {
  verdict_.reasons = {"a private remark"};
  stages_[1].output = record::Json("what BUILD said");

  EXPECT_THAT(body(), Not(HasSubstr("a private remark")));
  EXPECT_THAT(body(), Not(HasSubstr("what BUILD said")));
}

TEST_F(PullRequestTextTest, TheCommitNamesItsRunAndNeitherCostNorModel) {
  spec_.title = "Add a\nhealth endpoint ";

  EXPECT_EQ(commit_message(spec_, "feat: Add a health endpoint", run_.id, ""),
            "feat: Add a health endpoint\n\nOperators see that the service is up.\n\n"
            "Factory-Run: 20260102T030405Z-00000007\n");
}

TEST_F(PullRequestTextTest, ACutSubjectIsFollowedByTheWholeTitleAndSignedWhereCommitsAre) {
  spec_.title = "Add a health endpoint for the shop";

  std::string message = commit_message(spec_, "Add a health", run_.id, "Ada <ada@example.org>");

  EXPECT_THAT(message, StartsWith("Add a health\n\nAdd a health endpoint for the shop\n\n"));
  EXPECT_THAT(message, EndsWith("Signed-off-by: Ada <ada@example.org>\n"));
}

TEST(ReviewCommentTest, ShowsWhatWasWrittenAndMentionsNobody) {
  EXPECT_EQ(review_comment({"app.py:3: `__init__` is called by @somebody, see #12", "two\nlines"}),
            "REVIEW:\n\n- app.py:3: \\`\\_\\_init\\_\\_\\` is called by @<!-- -->somebody, see "
            "\\#<!-- -->12\n- two\\\n  lines\n");
}

}  // namespace
}  // namespace gf::line
