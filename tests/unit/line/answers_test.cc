// Answers as they are given, and the run that goes on with them.
#include "line/answers.h"

#include <gmock/gmock.h>

#include "line/course.h"
#include "support/assertions.h"

namespace gf::line {
namespace {

using record::RunStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

record::RunRecord asking() {
  record::RunRecord run;
  run.id = RunId::parse("20261121T083059Z-6bbc40a7").value();
  run.status = RunStatus::kNeedsAnswers;
  run.failed_stage = "plan";
  run.reason = "the request does not compile";
  run.questions = {"How fast?", "Cached?", "Which?"};
  run.likeliest = {"100 ms", "", "GET /a"};
  run.ended = Timestamp(Milliseconds(5));
  return run;
}

TEST(AnswersTest, AnswersAreReadByNumber) {
  ASSERT_GIVES(auto given, read_answers({"2=no", " 1 = at most 100 ms = fast \n"}, 2));

  EXPECT_THAT(given, ElementsAre(Pair(1, "at most 100 ms = fast"), Pair(2, "no")));
}

TEST(AnswersTest, WhatIsNoAnswerIsToldByItsKind) {
  struct Case {
    std::vector<std::string> texts;
    const char* expected;
  };
  const std::string huge(kMostAnswerBytes + 1, 'x');
  for (const Case& one :
       {Case{{"yes"}, "'yes' is no answer"}, Case{{"=yes"}, "'' is no number of a question"},
        Case{{"one=yes"}, "'one' is no number of a question"},
        Case{{"1.5=yes"}, "'1.5' is no number of a question"},
        Case{{"0=yes"}, "there is no question 0"}, Case{{"-1=yes"}, "there is no question -1"},
        Case{{"3=yes"}, "there is no question 3"},
        Case{{"99999999999999999999=yes"}, "there is no question 9999999999"},
        Case{{"1="}, "the answer to question 1 is empty"},
        Case{{"1= \n"}, "the answer to question 1 is empty"},
        Case{{"1=\xff"}, "the answer to question 1 is not UTF-8"},
        Case{{"1=" + huge}, "has 17 KB; 16 KB is the limit"},
        Case{{"1=a", "1=b"}, "question 1 is answered twice"}}) {
    auto given = read_answers(one.texts, 2);
    ASSERT_FALSE(given.ok()) << one.texts[0];
    EXPECT_THAT(given.error().message, HasSubstr(one.expected));
    EXPECT_EQ(given.error().fault, Fault::kUsage);
    EXPECT_FALSE(given.error().hint.empty()) << one.expected;
    EXPECT_EQ(given.error().message.find('\n'), std::string::npos);
  }
}

TEST(AnswersTest, ARunThatWasAnsweredGoesOnWithoutAnEnd) {
  ASSERT_GIVES(auto run, gone_on(asking(), 4, {{{2, "no"}}, false, "Ada", Timestamp{}}));

  EXPECT_EQ(run.status, RunStatus::kRunning);
  EXPECT_THAT(run.questions, IsEmpty());
  EXPECT_THAT(run.likeliest, IsEmpty());
  EXPECT_EQ(run.reason + run.failed_stage, "");
  EXPECT_EQ(run.ended, Timestamp{});
  ASSERT_THAT(run.answers, SizeIs(3)) << "open ones are kept too";
  EXPECT_EQ(run.answers[0].text, "") << "nothing is said in a person's name";
  EXPECT_EQ(run.answers[0].by, "");
  EXPECT_EQ(run.answers[1].text, "no");
  EXPECT_EQ(run.answers[1].by, "Ada");
  EXPECT_EQ(run.answers[1].step, 4);
  EXPECT_EQ(run.answers[1].number, 2);
}

TEST(AnswersTest, TheRestIsTakenAsProposedOnlyWhenThatIsWished) {
  ASSERT_GIVES(auto run, gone_on(asking(), 1, {{{1, "1 s"}}, true, "Ada", Timestamp{}}));

  EXPECT_EQ(run.answers[0].text, "1 s");
  EXPECT_FALSE(run.answers[0].proposed);
  EXPECT_EQ(run.answers[1].text, "") << "nothing was proposed";
  EXPECT_EQ(run.answers[2].text, "GET /a");
  EXPECT_TRUE(run.answers[2].proposed);
}

TEST(AnswersTest, WithoutAnAnswerOrAQuestionNothingGoesOn) {
  EXPECT_FALSE(gone_on(asking(), 1, {}).ok());
  record::RunRecord unsure = asking();
  unsure.likeliest.clear();
  EXPECT_FALSE(gone_on(unsure, 1, {{}, true, "Ada", Timestamp{}}).ok());
  record::RunRecord delivered = asking();
  delivered.status = RunStatus::kDelivered;
  auto refused = gone_on(delivered, 1, {{{1, "x"}}, false, "Ada", Timestamp{}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "run 6bbc40a7 asks nothing: it ended as delivered");
}

TEST(AnswersTest, AQuestionThatWasAnsweredSinceLeadsBackToWhoAsked) {
  Next end;
  end.status = RunStatus::kNeedsAnswers;
  end.failed_stage = "plan";
  std::vector<record::Answer> answers = {{2, 1, "How fast?", "100 ms", "Ada", false, {}}};

  EXPECT_EQ(past_questions(end, answers, 2).stage, "plan");
  EXPECT_EQ(past_questions(end, answers, 2).status, RunStatus::kRunning);
  EXPECT_EQ(past_questions(end, answers, 1).status, RunStatus::kNeedsAnswers);
  Next passed;
  passed.stage = "scout";
  EXPECT_EQ(past_questions(passed, answers, 2).stage, "scout");
}

TEST(AnswersTest, AStepKnowsTheAnswersToStepsBeforeIt) {
  std::vector<record::Answer> answers = {{1, 1, "a", "x", "Ada", false, {}},
                                         {3, 1, "b", "y", "Ada", false, {}}};

  EXPECT_THAT(answers_before(answers, 0), IsEmpty());
  EXPECT_THAT(answers_before(answers, 2), SizeIs(1));
  EXPECT_THAT(answers_before(answers, 3), SizeIs(2));
}

TEST(AnswersTest, QuestionsAreNumberedAndShowWhatIsLikeliest) {
  EXPECT_EQ(questions_text({"How fast?", "Two\nlines?"}, {"100 ms"}),
            "  1. How fast?\n     likeliest: 100 ms\n  2. Two\n     lines?\n");
}

}  // namespace
}  // namespace gf::line
