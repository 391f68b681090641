// A run held against its replay, part by part.
#include "replay/compare.h"

#include <gmock/gmock.h>

#include <functional>
#include <memory>

#include "line/policy.h"
#include "stage/rules.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::replay {
namespace {

using record::GateOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GateOutcome green() {
  GateOutcome outcome;
  outcome.gate = "pytest";
  outcome.status = GateOutcome::Status::kPass;
  outcome.exit_code = 0;
  outcome.counts.passed = 1;
  outcome.tests = {{"tests/t.py::test_x", record::TestStatus::kPassed, "", ""}};
  outcome.coverage["app/x.py"] = {{1, 2}, {3}};
  outcome.tool_version = "pytest 8.1";
  return outcome;
}

std::string differences_text(const StepComparison& step) {
  return step.differences.empty() ? "" : step.differences.front().text;
}

TEST(CompareGatesTest, TheSameOutcomeAfterAnotherTimeIsTheSame) {
  GateOutcome now = green();
  now.duration = Milliseconds(77);
  now.output_tail = "1 passed in 0.07 s";
  now.sandbox = "landlock";
  StepComparison step;
  compare_gates(green(), now, step);
  EXPECT_TRUE(step.same());
  EXPECT_THAT(step.drift, IsEmpty());
}

TEST(CompareGatesTest, AnotherVersionIsDriftUntilTheOutcomeDiffers) {
  GateOutcome now = green();
  now.tool_version = "pytest 9.0";
  StepComparison step;
  compare_gates(green(), now, step);
  EXPECT_TRUE(step.same());
  EXPECT_THAT(step.drift, ElementsAre(HasSubstr("'pytest 8.1' recorded, 'pytest 9.0' here")));
  now.status = GateOutcome::Status::kFail;
  now.exit_code = 1;
  now.tests[0].status = record::TestStatus::kFailed;
  now.tests[0].cause = "assertion";
  StepComparison red;
  compare_gates(green(), now, red);
  EXPECT_THAT(differences_text(red),
              HasSubstr("recorded as pass (exit 0), replayed as fail (exit 1): "
                        "'tests/t.py::test_x' recorded as passed, replayed as failed "
                        "(assertion) (other version"));
}

TEST(CompareGatesTest, EveryPartOfAnOutcomeCounts) {
  std::vector<std::pair<std::function<void(GateOutcome&)>, std::string>> changes = {
      {[](GateOutcome& o) { o.tests.clear(); }, "replayed as not run"},
      {[](GateOutcome& o) {
         o.tests.push_back({"tests/t.py::test_y", record::TestStatus::kPassed, "", ""});
       },
       "'tests/t.py::test_y' is not recorded"},
      {[](GateOutcome& o) {
         o.findings = {{"a.py", 3, "F401", "unused", "warning"}};
       },
       "recorded finding none, replayed 'a.py:3 F401 unused'"},
      {[](GateOutcome& o) { o.findings_total = 4; }, "recorded 0 findings, replayed 4"},
      {[](GateOutcome& o) { o.counts.skipped = 1; }, "0 errors, 0 skipped"},
      {[](GateOutcome& o) { o.coverage["app/x.py"].missing.clear(); }, "covered by other lines"},
      {[](GateOutcome& o) { o.coverage.clear(); }, "recorded only"},
  };
  for (const auto& [change, text] : changes) {
    GateOutcome now = green();
    change(now);
    StepComparison step;
    compare_gates(green(), now, step);
    EXPECT_THAT(differences_text(step), HasSubstr(text));
  }
}

class CompareRequestsTest : public ::testing::Test {
 protected:
  CompareRequestsTest() {
    record::Exchange exchange;
    exchange.seq = 1;
    exchange.request.stage = stage_.stage = "build";
    exchange.request.messages = {message(record::Message::Role::kUser, "Build it."),
                                 message(record::Message::Role::kAssistant, "Let me look."),
                                 message(record::Message::Role::kTool, "app/\n")};
    exchange.answer = record::ModelAnswer{};
    stage_.prompt = record::content_id("template");
    recorded_.exchanges = replayed_.exchanges = {exchange};
    recorded_.run.tool_version = replayed_.run.tool_version = "1";
    recorded_.run.policy["rules"] = std::to_string(static_cast<int>(stage::kNewestRules));
  }
  static record::Message message(record::Message::Role role, const std::string& text) {
    record::Message made;
    made.role = role;
    made.content = text;
    return made;
  }
  StepComparison compared() {
    test::TempRepo place;
    place.commit("first");
    auto repo = git::Repo::open(place.path());
    StepComparison step;
    Sides sides{recorded_, replayed_, *repo, *repo};
    record::StageRecord now = stage_;
    if (other_template_) now.prompt = record::content_id("another");
    compare_requests(sides, stage_, now, "build.md", step);
    return step;
  }
  store::Run recorded_, replayed_;
  record::StageRecord stage_;
  bool other_template_ = false;
};

TEST_F(CompareRequestsTest, AnEditedQuestionIsADifference) {
  recorded_.exchanges[0].request.messages[0].content = "Build\n\x1bit.";
  EXPECT_THAT(differences_text(compared()),
              HasSubstr("message 1 (user) differs at byte 5: recorded 'Build\\n\\x1bit.'"));
}

TEST_F(CompareRequestsTest, AnotherTemplateExplainsAnotherQuestionAndNothingElse) {
  other_template_ = true;
  replayed_.exchanges[0].request.messages[0].content = "Please build it.";
  StepComparison step = compared();
  EXPECT_TRUE(step.same());
  EXPECT_THAT(step.drift, ElementsAre(HasSubstr("the prompt 'build.md' has changed since (")));
  recorded_.exchanges[0].request.messages[2].content = "nothing\n";
  EXPECT_THAT(differences_text(compared()), HasSubstr("message 3 (answer of the tool ''"));
}

TEST_F(CompareRequestsTest, AnOlderRecordThatNamesNoTemplateDrifts) {
  stage_.prompt = Oid();
  replayed_.exchanges[0].request.messages[0].content = "Please build it.";
  StepComparison step = compared();
  EXPECT_TRUE(step.same());
  EXPECT_THAT(step.drift, ElementsAre(HasSubstr("does not say which template")));
}

TEST_F(CompareRequestsTest, AnotherProgramMayAskInOtherWordsButNotQuoteOtherAnswers) {
  replayed_.run.tool_version = "2";
  replayed_.exchanges[0].request.messages[2].content = "./app/\n";
  EXPECT_TRUE(compared().same());
  recorded_.exchanges[0].request.messages[1].content = "I will not.";
  EXPECT_THAT(differences_text(compared()), HasSubstr("message 2 (assistant) differs"));
}

TEST_F(CompareRequestsTest, ToolsOfOlderRulesAnsweredInOtherWords) {
  recorded_.run.policy["rules"] = "2";
  replayed_.exchanges[0].request.messages[2].content = "./app/\n";
  StepComparison step = compared();
  EXPECT_TRUE(step.same());
  EXPECT_THAT(step.drift, ElementsAre("the tools of build answer in other words than they did"));
}

TEST_F(CompareRequestsTest, OlderRulesAskedInOtherWordsButQuoteNoOtherAnswers) {
  recorded_.run.policy["rules"] = "2";
  replayed_.exchanges[0].request.messages[0].content += " And nothing else.";
  StepComparison step = compared();
  EXPECT_TRUE(step.same());
  EXPECT_THAT(step.drift, ElementsAre("build was asked in other words by the rules of that day"));
  recorded_.exchanges[0].request.messages[1].content = "I will not.";
  EXPECT_THAT(differences_text(compared()), HasSubstr("message 2 (assistant) differs"));
}

TEST_F(CompareRequestsTest, FormsThatHoldNoDataDrift) {
  record::ModelRequest& now = replayed_.exchanges[0].request;
  now.temperature = 0.5;
  now.schema = record::Json::object({{"type", "object"}});
  now.tools = {{"grep", "finds", record::Json::object()}};
  StepComparison step = compared();
  EXPECT_TRUE(step.same());
  EXPECT_EQ(step.drift.size(), 3u);
}

/// A run that delivered, was sent back, and delivered once more: commits on each other.
class CheckDeliveredTest : public ::testing::Test {
 protected:
  CheckDeliveredTest() {
    auto made = [&](const char* text) {
      place_.write("a.txt", text);
      return place_.commit(text);
    };
    base_ = made("base");
    first_ = made("first");
    second_ = made("second");
    repo_ = std::make_unique<git::Repo>(git::Repo::open(place_.path()).value());
  }
  [[nodiscard]] Oid tree_of(const Oid& commit) const { return repo_->commit(commit).value().tree; }
  /// Of a run with these deliveries, the last of them its head.
  [[nodiscard]] store::Run run_of(const std::vector<std::pair<Oid, Oid>>& delivered) const {
    store::Run run;
    run.run.base = base_;
    int step = 0;
    for (const auto& [head, tree] : delivered) {
      record::StageRecord stage;
      stage.seq = ++step;
      stage.stage = "pr";
      stage.tree_out = tree;
      run.stages.push_back(stage);
      run.run.reworks.push_back({step, head, tree, "", {}, {}});
    }
    run.run.head = run.run.reworks.back().head;
    run.run.tree = run.run.reworks.back().tree;
    run.run.reworks.pop_back();
    return run;
  }
  test::TempRepo place_;
  Oid base_, first_, second_;
  std::unique_ptr<git::Repo> repo_;
};

TEST_F(CheckDeliveredTest, EveryDeliveryHoldsItsTreeOnTheOneBefore) {
  const Oid one = tree_of(first_), two = tree_of(second_), none = tree_of(base_);
  const Oid gone = record::content_id("of no commit");
  struct Case {
    const char* why;
    std::vector<std::pair<Oid, Oid>> delivered;
    bool same;
  };
  for (const Case& each : {
           Case{"once", {{first_, one}}, true},
           Case{"once more", {{first_, one}, {second_, two}}, true},
           Case{"nothing had to change", {{first_, one}, {first_, one}}, true},
           Case{"first nothing, then more", {{first_, one}, {first_, one}, {second_, two}}, true},
           Case{"another tree", {{first_, two}}, false},
           Case{"another tree behind a rework without a change",
                {{first_, one}, {first_, two}},
                false},
           Case{"another tree at first", {{first_, none}, {second_, two}}, false},
           Case{"not on the base", {{second_, two}}, false},
           Case{"the base itself", {{base_, none}}, false},
           Case{"back to what was there", {{first_, one}, {second_, two}, {first_, one}}, false},
       }) {
    StepComparison step;
    ASSERT_DONE(check_delivered(*repo_, run_of(each.delivered), step));
    EXPECT_EQ(step.same(), each.same) << each.why << ": " << differences_text(step);
    EXPECT_THAT(step.drift, IsEmpty()) << each.why;
  }
  StepComparison missing;
  ASSERT_DONE(check_delivered(*repo_, run_of({{gone, one}}), missing));
  EXPECT_TRUE(missing.same());
  EXPECT_THAT(missing.drift, ElementsAre(HasSubstr("is not in this clone")));
  store::Run other = run_of({{first_, one}, {second_, two}});
  other.stages[0].tree_out = none;
  StepComparison step;
  ASSERT_DONE(check_delivered(*repo_, other, step));
  EXPECT_THAT(differences_text(step), HasSubstr("is not the tree that was delivered by then"));
}

TEST(PolicyTest, ARunsOwnSettingsReplaceThisClonesAndNamesOfProgramsAreLeftOut) {
  session::Config here;
  const session::Config::Settings settings = {
      {"factory.build.retries", "9"},   {"factory.test.coverage", "10"},
      {"factory.testPaths", "spec/**"}, {"factory.build.model", "ollama/x"},
      {"factory.python", "python3"},    {"factory-gate.ruff.command", "ruff"}};
  for (const auto& [key, value] : settings) here.add(key, value);
  EXPECT_THAT(line::deciding(here), ElementsAre(testing::Pair("factory.build.retries", "9"),
                                                testing::Pair("factory.test.coverage", "10"),
                                                testing::Pair("factory.testpaths", "spec/**")));
  line::take_policy(here, {{"coverage.floor", "80"},
                           {"factory.testpaths", "a/**\nb/**"},
                           {"factory.test.coverage", "70"},
                           {"factory.python", "/tmp/evil"},
                           {"factory-gate.x.command", "evil"},
                           {"factory.build.model", "evil/x"}});
  EXPECT_EQ(here.get("factory.test.coverage", ""), "70");
  EXPECT_EQ(here.find("factory.build.retries"), std::nullopt);
  EXPECT_THAT(here.all("factory.testPaths"), ElementsAre("a/**", "b/**"));
  EXPECT_EQ(here.get("factory.python", ""), "python3");
  EXPECT_EQ(here.get("factory.build.model", ""), "ollama/x");
  EXPECT_EQ(here.find("factory-gate.x.command"), std::nullopt);
}

TEST(PolicyTest, AnOlderRecordsNumbersCountAndTheRestIsThisClones) {
  session::Config here;
  here.add("factory.test.coverage", "10");
  here.add("factory.build.retries", "9");
  line::take_policy(here, {{"coverage.floor", "80"}, {"no-pr", "true"}});
  EXPECT_EQ(here.get("factory.test.coverage", ""), "80");
  EXPECT_EQ(here.get("factory.build.retries", ""), "9");
}

}  // namespace
}  // namespace gf::replay
