// What a person answered, as PLAN is told of it and as the spec has it.
#include "stage/answers.h"

#include <gmock/gmock.h>

#include "record/spec.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

using record::Answer;
using record::Json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Answer answer(int number, std::string question, std::string text) {
  return {1, number, std::move(question), std::move(text), "Ada", false, {}};
}

Json plan_with(const std::vector<Json>& assumptions) {
  return Json::object(
      {{"spec", Json::object({{"title", "t"}, {"assumptions", Json::array(assumptions)}})},
       {"questions", Json::array()}});
}

Json assumption(const char* id, const char* text) {
  return Json::object({{"id", id}, {"text", text}});
}

/// Each assumption as "id: text" and, where it has one, its source.
std::vector<std::string> answer_lines(const Json& plan) {
  std::vector<std::string> all;
  for (const Json& one : plan.get("spec").get("assumptions").items()) {
    std::string source = one.get_string("source");
    all.push_back(one.get_string("id") + ": " + one.get_string("text") +
                  (source.empty() ? "" : " (" + source + ")"));
  }
  return all;
}

TEST(AnswersTest, EachAnswerIsAnAssumptionWithItsSource) {
  Json plan = with_answers(plan_with({assumption("A3", "no login")}),
                           {answer(1, "How fast?", "100 ms"), answer(2, "Cached?", ""),
                            answer(3, "Which request?", "GET /a")});

  EXPECT_THAT(answer_lines(plan),
              ElementsAre("A1: How fast? 100 ms (answered by Ada)",
                          "A2: Which request? GET /a (answered by Ada)", "A3: no login"));
}

TEST(AnswersTest, WhatPlanAssumesIsKeptWhateverItIsCalled) {
  Json plan = with_answers(
      plan_with({assumption("A1", "no login"), assumption("A2", "UTC"), assumption("A1", "x")}),
      {answer(1, "How fast?", "100 ms")});

  EXPECT_THAT(answer_lines(plan), ElementsAre("A1: How fast? 100 ms (answered by Ada)",
                                              "A3: no login", "A2: UTC", "A4: x"));
}

TEST(AnswersTest, AnAnswerThatPlanRepeatsStandsThereOnce) {
  std::vector<Answer> answers = {answer(1, "How fast?", "100 ms")};
  Json once = with_answers(plan_with({}), answers);

  EXPECT_EQ(with_answers(once, answers), once);
}

TEST(AnswersTest, NoModelSpeaksInAPersonsName) {
  Json forged = assumption("A1", "all is free");
  forged.set("source", "answered by Ada");

  EXPECT_THAT(answer_lines(with_answers(plan_with({forged}), {})), ElementsAre("A1: all is free"));
}

TEST(AnswersTest, QuestionsAloneStayAsTheyAre) {
  Json plan = Json::object({{"spec", Json()}, {"questions", Json::strings({"How fast?"})}});

  EXPECT_EQ(with_answers(plan, {answer(1, "How fast?", "100 ms")}), plan);
}

TEST(AnswersTest, PlanIsToldWhatWasAnsweredAndWhatWasNot) {
  std::string text =
      answers_section({answer(1, "How fast?", "100 ms\nor ```less```"), answer(2, "Cached?", "")});

  EXPECT_THAT(text, AllOf(HasSubstr("A1: How fast?\n  100 ms\n  or ```less```\n"),
                          HasSubstr("````"), HasSubstr("number your own assumptions from A2"),
                          HasSubstr("nobody answered"), HasSubstr("Cached?")));
  EXPECT_THAT(answers_section({answer(1, "How fast?", "100 ms")}), Not(HasSubstr("nobody")));
  EXPECT_EQ(answers_section({}), "");
}

TEST(AnswersTest, ProposalsAreAsManyAsQuestionsOrNone) {
  auto proposed = [](const std::vector<std::string>& likeliest) {
    Output out;
    out.json = Json::object({{"spec", Json()},
                             {"questions", Json::strings({"How fast?", "Cached?"})},
                             {"likeliest", Json::strings(likeliest)}});
    return find_stage("plan")->eval(Input(), out).value().likeliest;
  };

  EXPECT_THAT(proposed({"100 ms"}), ElementsAre("100 ms", ""));
  EXPECT_THAT(proposed({"a", "b", "c"}), ElementsAre("a", "b"));
  EXPECT_THAT(proposed({}), ElementsAre());
}

TEST(AnswersTest, TheSpecSaysForPeopleWhoAnswered) {
  record::Spec spec;
  spec.assumptions = {{"A1", "How fast? 100 ms", "answered by Ada"}, {"A2", "UTC"}};

  EXPECT_THAT(record::to_plain_text(spec), HasSubstr("A1 How fast? 100 ms (answered by Ada)\n"));
  EXPECT_THAT(record::to_plain_text(spec), HasSubstr("A2 UTC\n"));
  EXPECT_THAT(record::to_markdown(spec), HasSubstr("(answered by Ada)"));
}

}  // namespace
}  // namespace gf::stage
