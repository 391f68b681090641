// The way of a run whose findings go to their owners: every kind from every stage, claims,
// revisions, and what ends a run.
#include <gmock/gmock.h>

#include "line/course.h"
#include "stage/stage.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = stage::FindingKind;
using record::RunStatus;
using stage::Claim;
using stage::Finding;
using stage::Judgement;
using stage::Owner;

stage::OwnerFacts facts() { return {{"tests/**"}, {"app/a.py", "tests/test_new.py"}}; }

Finding finding(Kind kind, std::string_view by, std::string text, std::string path = {}) {
  Finding made = stage::finding_of(kind, std::move(text), std::move(path));
  made.owner = stage::owner_of(made, by, facts());
  for (Owner owner :
       {Owner::kPlan, Owner::kScout, Owner::kBuild, Owner::kTest, Owner::kReview, Owner::kUser}) {
    if (stage::may_mend(owner, made, facts())) made.menders.push_back(owner);
  }
  return made;
}

Judgement failed(std::vector<Finding> findings) {
  Judgement judgement;
  judgement.kind = Judgement::Kind::kBack;
  judgement.reason = "why";
  for (const Finding& one : findings) judgement.feedback.push_back(one.text);
  judgement.findings = std::move(findings);
  return judgement;
}
Judgement claims(std::vector<Claim> all) {
  Judgement judgement;
  judgement.kind = Judgement::Kind::kBack;
  judgement.reason = "not mine";
  for (const Claim& claim : all) judgement.feedback.push_back(claim.why);
  judgement.claims = std::move(all);
  return judgement;
}
Judgement passed(std::vector<std::string> feedback = {}) {
  Judgement judgement;
  judgement.kind = Judgement::Kind::kPass;
  judgement.feedback = std::move(feedback);
  return judgement;
}
Judgement missing(std::string what) {
  return failed({finding(Kind::kMissing, "build", std::move(what))});
}

Course course(bool spec_given = false) {
  return Course(kNewestRules, {.general = 3, .of_stage = {}}, false, spec_given);
}

TEST(CourseOwnersTest, EveryFindingOfEveryStageLeadsToItsOwnerAndNoneEndsTheRun) {
  for (int i = 0; i < stage::kFindingKinds; ++i) {
    Kind kind = static_cast<Kind>(i);
    for (const char* path : {"", "app/a.py", "tests/test_new.py", "tests/test_old.py"}) {
      for (const stage::Stage& stage : stage::all_stages()) {
        Course way = course();
        Finding one = finding(kind, stage.name, "it is wrong", path);
        Next next = way.after(std::string(stage.name), failed({one}));
        SCOPED_TRACE(std::string(stage::name_of(kind)) + " by " + std::string(stage.name));
        EXPECT_EQ(next.status, RunStatus::kRunning);
        EXPECT_EQ(next.blocked, one.owner == Owner::kUser);
        if (next.blocked) {
          EXPECT_THAT(next.reason, HasSubstr("it is wrong"));
          continue;
        }
        EXPECT_EQ(next.stage, stage::name_of(one.owner));
        bool revises = kind == Kind::kMissing || kind == Kind::kScope;
        if (!revises) {
          EXPECT_THAT(way.feedback(next.stage), ElementsAre("it is wrong"));
        }
        EXPECT_EQ(way.revision().has_value(), revises);
      }
    }
  }
}

TEST(CourseOwnersTest, AllFindingsOfAStepGoAtOnceEachToItsOwnAndTheFirstInTheLineBegins) {
  Course way = course();
  Next next = way.after("test", failed({finding(Kind::kUnshown, "test", "AC1: no test"),
                                        finding(Kind::kNewTest, "test", "it says no"),
                                        finding(Kind::kCoverage, "test", "line 3")}));
  EXPECT_EQ(next.stage, "build");
  EXPECT_THAT(way.feedback("build"), ElementsAre("it says no"));
  EXPECT_THAT(way.feedback("test"), ElementsAre("AC1: no test", "line 3"));
  way.after("build", passed());
  EXPECT_EQ(way.after("validate", passed()).stage, "test");
  EXPECT_THAT(way.feedback("test"), SizeIs(2)) << "they wait until TEST comes to it";
  way.after("test", passed());
  EXPECT_THAT(way.feedback("test"), IsEmpty());
}

TEST(CourseOwnersTest, WhatAnAttemptWithoutFormWasToMendIsToldAgain) {
  Course way = course();
  way.after("validate", failed({finding(Kind::kLint, "validate", "E501", "app/a.py")}));
  way.after("build", failed({finding(Kind::kForm, "build", "no JSON")}));
  EXPECT_THAT(way.feedback("build"), ElementsAre("E501", "no JSON"));
  way.after("build", passed());
  EXPECT_THAT(way.feedback("build"), IsEmpty());
}

TEST(CourseOwnersTest, AClaimThatHoldsLeadsToWhomItNames) {
  Course way = course();
  way.after("test", failed({finding(Kind::kNewTest, "test", "it says no", "tests/test_new.py")}));
  Next next = way.after("build", claims({{1, Owner::kTest, "the test asks for 5, AC1 says 4"}}));
  EXPECT_EQ(next.stage, "validate") << "and so to TEST, by the line's own steps";
  EXPECT_EQ(way.after("validate", passed()).stage, "test");
  EXPECT_THAT(way.feedback("test"), ElementsAre(HasSubstr("it says no (build says that this is")));
  EXPECT_THAT(way.feedback("build"), IsEmpty());
}

TEST(CourseOwnersTest, AClaimAgainstAnEarlierStageGoesBackToIt) {
  Course way = course();
  way.after("test", failed({finding(Kind::kCoverage, "test", "line 3")}));
  Next next = way.after("test", claims({{1, Owner::kBuild, "no criterion needs that line"}}));
  EXPECT_EQ(next.stage, "build");
  EXPECT_THAT(way.feedback("build"), ElementsAre(HasSubstr("line 3")));
}

TEST(CourseOwnersTest, AClaimIsRefusedWhereTheOtherMayNotMendIt) {
  Course way = course();
  way.after("validate", failed({finding(Kind::kLint, "validate", "E501", "app/a.py")}));
  Next next = way.after("build", claims({{1, Owner::kTest, "no"}}));
  EXPECT_EQ(next.stage, "build");
  EXPECT_THAT(way.feedback("build"),
              ElementsAre("E501 (this is yours: test may not change 'app/a.py')"));
}

TEST(CourseOwnersTest, WhoSaysTwiceThatItIsNotHisOwnIsHeardByAPerson) {
  for (Owner whose : {Owner::kTest, Owner::kUser}) {
    Course way = course();
    way.after("validate", failed({finding(Kind::kLint, "validate", "E0554", "benches/a.rs")}));
    EXPECT_EQ(way.after("build", claims({{1, whose, "it was so before"}})).stage, "build");
    Next end = way.after("build", claims({{1, whose, "it was so, as I said"}}));
    EXPECT_EQ(end.status, RunStatus::kNeedsAnswers);
    EXPECT_EQ(end.limit, Limit::kViews);
    ASSERT_THAT(end.questions, SizeIs(1));
    EXPECT_THAT(end.questions.front(), HasSubstr("E0554"));
    EXPECT_THAT(end.questions.front(), HasSubstr("it was so, as I said"));
  }
}

TEST(CourseOwnersTest, AClaimOfNothingIsToldSo) {
  Course way = course();
  EXPECT_EQ(way.after("build", claims({{7, Owner::kTest, "no"}})).stage, "build");
  EXPECT_THAT(way.feedback("build"), ElementsAre("there is no finding 7"));
}

TEST(CourseOwnersTest, WhenBothSayThatItIsTheOthersAPersonHearsBoth) {
  Course way = course();
  way.after("test", failed({finding(Kind::kNewTest, "test", "it says no", "tests/test_new.py")}));
  way.after("build", claims({{1, Owner::kTest, "AC1 says 4"}}));
  way.after("validate", passed());
  Next end = way.after("test", claims({{1, Owner::kBuild, "AC1 says 5"}}));
  EXPECT_EQ(end.status, RunStatus::kNeedsAnswers);
  EXPECT_EQ(end.limit, Limit::kViews);
  ASSERT_THAT(end.questions, SizeIs(1));
  EXPECT_THAT(end.questions.front(), HasSubstr("it says no"));
  EXPECT_THAT(end.questions.front(), HasSubstr("AC1 says 4"));
  EXPECT_THAT(end.questions.front(), HasSubstr("AC1 says 5"));
}

TEST(CourseOwnersTest, REVIEWHearsNothingOfWhatAnotherStageSays) {
  Course way = course();
  way.after("review", failed({finding(Kind::kUnasked, "review", "H2 is unasked", "app/a.py")}));
  way.after("build", claims({{1, Owner::kReview, "my secret thoughts"}}));
  EXPECT_THAT(way.feedback("review"),
              ElementsAre("H2 is unasked (it is disputed: judge it again)"));
}

TEST(CourseOwnersTest, WhatTheSpecLacksRevisesItAndTheRunGoesOnWhereItWasFound) {
  for (auto [by, onward] :
       {std::pair("scout", "scout"), std::pair("build", "build"), std::pair("test", "build")}) {
    Course way = course();
    Next next = way.after(by, missing("AC1: no status is said"));
    EXPECT_EQ(next.stage, "plan") << by;
    ASSERT_TRUE(way.revision().has_value());
    EXPECT_EQ(way.revision()->by, by);
    EXPECT_THAT(way.revision()->findings, SizeIs(1));
    next = way.after("plan", passed({"the spec was revised: AC1 changed"}));
    EXPECT_EQ(next.stage, onward);
    EXPECT_FALSE(way.revision().has_value());
    EXPECT_TRUE(way.revised_for(onward));
    EXPECT_THAT(way.feedback(onward), Contains("the spec was revised: AC1 changed"));
  }
}

TEST(CourseOwnersTest, AfterARevisionTESTHearsOfItWhereItHasWritten) {
  Course way = course();
  way.begin("test");
  way.after("test", missing("AC1"));
  way.after("plan", passed({"AC1 changed"}));
  EXPECT_THAT(way.feedback("test"), ElementsAre("AC1 changed"));
}

TEST(CourseOwnersTest, ARevisionThatDoesNotCompileIsAskedForAgain) {
  Course way = course();
  way.after("build", missing("AC1"));
  EXPECT_EQ(way.after("plan", failed({finding(Kind::kSpec, "plan", "vague")})).stage, "plan");
  EXPECT_TRUE(way.revision().has_value());
  EXPECT_THAT(way.feedback("plan"), ElementsAre("vague"));
}

TEST(CourseOwnersTest, AThirdLackIsAQuestionToAPerson) {
  Course way = course();
  for (const char* what : {"first", "second"}) {
    EXPECT_EQ(way.after("build", missing(what)).stage, "plan");
    way.after("plan", passed({"changed"}));
  }
  Next end = way.after("build", missing("third"));
  EXPECT_EQ(end.status, RunStatus::kNeedsAnswers);
  EXPECT_EQ(end.limit, Limit::kRevisions);
  EXPECT_THAT(end.questions, ElementsAre("third"));
}

TEST(CourseOwnersTest, ASpecThatAPersonGaveIsNotRevisedByAModel) {
  Next end = course(true).after("build", missing("AC1: no status"));
  EXPECT_EQ(end.status, RunStatus::kNeedsAnswers);
  EXPECT_THAT(end.questions, ElementsAre("AC1: no status"));
}

TEST(CourseOwnersTest, ABrokenToolIsNoFailureOfTheRun) {
  Next next =
      course().after("validate", failed({finding(Kind::kBroken, "validate", "mypy: crashed"),
                                         finding(Kind::kLint, "validate", "E501", "app/a.py")}));
  EXPECT_TRUE(next.blocked);
  EXPECT_EQ(next.status, RunStatus::kRunning);
  EXPECT_EQ(next.failed_stage, "validate");
  EXPECT_EQ(next.reason, "mypy: crashed");
}

TEST(CourseOwnersTest, RetriesAreCountedForEachOwner) {
  Course way = Course(kNewestRules, {.general = 5, .of_stage = {{"test", 1}}}, false);
  EXPECT_EQ(way.after("test", failed({finding(Kind::kUnshown, "test", "a")})).stage, "test");
  Next end = way.after("test", failed({finding(Kind::kUnshown, "test", "b")}));
  EXPECT_EQ(end.limit, Limit::kRetries);
  EXPECT_EQ(end.status, RunStatus::kFailed);
}

}  // namespace
}  // namespace gf::line
