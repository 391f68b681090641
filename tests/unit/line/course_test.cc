// By the rules before findings had owners (those of course_owners_test.cc): which stage comes next,
// what it is told, and which limit ends a run: every branch.
#include "line/course.h"

#include <gmock/gmock.h>

#include "stage/stage.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = stage::Judgement::Kind;
using record::FailureClass;
using record::RunStatus;

stage::Judgement judged(Kind kind, std::string reason = "why",
                        std::vector<std::string> feedback = {}) {
  stage::Judgement judgement;
  judgement.kind = kind;
  judgement.reason = std::move(reason);
  judgement.feedback = std::move(feedback);
  return judgement;
}

stage::Judgement pass() { return judged(Kind::kPass); }
stage::Judgement again(std::string line) {
  return judged(Kind::kAgain, "again", {std::move(line)});
}
stage::Judgement back(std::string to, std::string line) {
  stage::Judgement judgement = judged(Kind::kBack, "back", {std::move(line)});
  judgement.back_to = std::move(to);
  return judgement;
}

Course course(Retries retries = {}, bool plan_only = false, Rules rules = Rules::kTestsValidated) {
  return Course(rules, std::move(retries), plan_only);
}

/// Stages in the order in which passes lead through them.
std::vector<std::string> way(Course course) {
  std::vector<std::string> names;
  for (std::string name = Course::first(); !name.empty();) {
    names.push_back(name);
    name = course.after(name, pass()).stage;
  }
  return names;
}

TEST(CourseTest, PassesLeadThroughEveryStageToADeliveredRun) {
  EXPECT_THAT(way(course()), ElementsAre("plan", "scout", "build", "validate", "test",
                                         "validate-tests", "review", "pr"));
  Next end = course().after("pr", pass());
  EXPECT_EQ(end.status, RunStatus::kDelivered);
  EXPECT_EQ(end.limit, Limit::kNone);
  EXPECT_THAT(end.reason, IsEmpty());
}

TEST(CourseTest, RunsOfTheFirstRulesGoTheWayTheyWereBegunWith) {
  EXPECT_THAT(way(course({}, false, Rules::kFirst)),
              ElementsAre("plan", "scout", "build", "validate", "test", "review", "pr"));
}

TEST(CourseTest, APlanIsAnEndWhereOnlyAPlanWasWanted) {
  Next end = course({}, true).after("plan", pass());
  EXPECT_THAT(end.stage, IsEmpty());
  EXPECT_EQ(end.status, RunStatus::kPlanned);
}

TEST(CourseTest, QuestionsEndARunThatWaitsForAnswers) {
  Next end = course().after("plan", judged(Kind::kQuestions, "does not compile", {"How fast?"}));
  EXPECT_EQ(end.status, RunStatus::kNeedsAnswers);
  EXPECT_EQ(end.failed_stage, "plan");
  EXPECT_EQ(end.failure, FailureClass::kNone);
  EXPECT_THAT(end.questions, ElementsAre("How fast?"));
}

TEST(CourseTest, AStopIsAnEndAndREVIEWsIsARejection) {
  stage::Judgement refused = judged(Kind::kStop, "no");
  refused.failure = FailureClass::kRefused;
  Next failed = course().after("build", refused), rejected = course().after("review", refused);
  EXPECT_EQ(failed.status, RunStatus::kFailed);
  EXPECT_EQ(failed.failure, FailureClass::kRefused);
  EXPECT_EQ(failed.failed_stage, "build");
  EXPECT_EQ(failed.reason, "no");
  EXPECT_EQ(failed.limit, Limit::kNone);
  EXPECT_EQ(rejected.status, RunStatus::kRejected);
}

TEST(CourseTest, AFailureGoesToWhoCanMendItWithTheFeedback) {
  Course way = course();
  EXPECT_EQ(way.after("plan", again("a")).stage, "plan");
  EXPECT_THAT(way.feedback("plan"), ElementsAre("a"));
  EXPECT_EQ(way.after("validate", back("build", "b")).stage, "build");
  EXPECT_THAT(way.feedback("build"), ElementsAre("b"));
  EXPECT_THAT(way.feedback("validate"), IsEmpty());
}

TEST(CourseTest, FeedbackIsForTheNextAttemptAlone) {
  Course way = course();
  way.after("test", again("no id"));
  way.after("test", back("build", "it fails"));
  EXPECT_THAT(way.feedback("test"), IsEmpty()) << "TEST's own was mended; BUILD has the word";
  way.after("build", pass());
  EXPECT_THAT(way.feedback("build"), IsEmpty());
}

TEST(CourseTest, TheSameFailureForTheThirdTimeEndsARunWhateverRetriesAreLeft) {
  Course way = course({.general = 100, .of_stage = {}});
  EXPECT_EQ(way.after("plan", again("x")).stage, "plan");
  EXPECT_EQ(way.after("plan", again("x")).stage, "plan");
  Next end = way.after("plan", again("x"));
  EXPECT_EQ(end.limit, Limit::kSame);
  EXPECT_EQ(end.status, RunStatus::kFailed);
  EXPECT_EQ(end.failed_stage, "plan");
  EXPECT_EQ(end.failure, FailureClass::kDeterministic);
  EXPECT_EQ(end.reason, "plan failed 3 times in the same way: again");
}

TEST(CourseTest, FailuresThatDifferBehindWhatIsShownAreNotTheSame) {
  Course way = course({.general = 100, .of_stage = {}});
  std::vector<std::string> lines(80, "known");
  for (int i = 0; i < 5; ++i) {
    lines.back() = "new " + std::to_string(i);
    EXPECT_EQ(way.after("build", judged(Kind::kAgain, "again", lines)).stage, "build") << i;
  }
  EXPECT_THAT(way.feedback("build"), SizeIs(60));
}

TEST(CourseTest, TheSameWordsOfAnotherStageAreAnotherFailure) {
  Course way = course({.general = 100, .of_stage = {}});
  way.after("validate", back("build", "x"));
  way.after("validate", back("build", "x"));
  EXPECT_EQ(way.after("test", back("build", "x")).stage, "build");
}

TEST(CourseTest, RetriesAreCountedForWhoIsSentBack) {
  Course way = course({.general = 3, .of_stage = {{"build", 2}}});
  EXPECT_EQ(way.after("validate", back("build", "a")).stage, "build");
  EXPECT_EQ(way.after("test", back("build", "b")).stage, "build");
  Next end = way.after("review", back("build", "c"));
  EXPECT_EQ(end.limit, Limit::kRetries);
  EXPECT_EQ(end.status, RunStatus::kFailed);
  EXPECT_EQ(end.failed_stage, "review");
  EXPECT_THAT(end.reason, HasSubstr("build was run 3 times: back"));
}

TEST(CourseTest, WithoutRetriesTheFirstFailureIsTheEnd) {
  EXPECT_EQ(course({.general = 0, .of_stage = {}}).after("plan", again("x")).limit,
            Limit::kRetries);
}

TEST(CourseTest, ASecondRejectionEndsTheRunForAPerson) {
  Course way = course();
  EXPECT_EQ(way.after("review", again("malformed")).stage, "review") << "that is no rejection";
  EXPECT_EQ(way.after("review", back("build", "H1 is unasked")).stage, "build");
  Next end = way.after("review", back("build", "H2 is unasked"));
  EXPECT_EQ(end.limit, Limit::kRejections);
  EXPECT_EQ(end.status, RunStatus::kRejected);
  EXPECT_EQ(end.reason, "back");
}

TEST(CourseTest, AttemptsAreCountedByStage) {
  Course way = course();
  EXPECT_EQ(way.begin("build"), 1);
  EXPECT_EQ(way.begin("build"), 2);
  EXPECT_EQ(way.begin("test"), 1);
}

TEST(RetriesTest, AStagesOwnNumberBeatsTheGeneralOne) {
  Retries retries{.general = 3, .of_stage = {{"plan", 0}}};
  EXPECT_EQ(retries.of("plan"), 0);
  EXPECT_EQ(retries.of("scout"), 3);
}

}  // namespace
}  // namespace gf::line
