// What REVIEW is shown, and what code makes of its table.
#include "unit/stage/judged.h"

namespace gf::stage {
namespace {

using record::Json;
using record::TestStatus;
using Kind = Judgement::Kind;

TEST_F(StagesTest, ReviewMustAccountForEverything) {
  in_.hunks = {{"H1", "app/x.py", 1, 1, "+a"}};
  in_.outcomes = {tests({{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""}})};
  auto table = [](const char* text) {
    Output out;
    out.json = Json::parse(text).value();
    return out;
  };
  EXPECT_EQ(
      judge("review", table(R"({"criteria":[],"hunks":[],"constraints":[],"out_of_scope":[]})"))
          .feedback.size(),
      3u);
  EXPECT_EQ(
      judge(
          "review",
          table(
              R"({"criteria":[{"id":"AC1","verdict":"satisfied","pointer":{"test":"tests/t.py::test_ac1_x"}}],
    "hunks":[{"id":"H1","serves":"AC1"}],"constraints":[{"index":1,"verdict":"kept"}],"out_of_scope":[]})"))
          .kind,
      Kind::kPass);
  EXPECT_NE(
      judge(
          "review",
          table(
              R"({"criteria":[{"id":"AC1","verdict":"satisfied","pointer":{"path":"app/x.py","line":99}}],
    "hunks":[{"id":"H1","serves":"AC1"}],"constraints":[{"index":1,"verdict":"kept"}],"out_of_scope":[]})"))
          .kind,
      Kind::kPass);
}

// What decides nothing is not asked for a second time.
TEST_F(StagesTest, WhatTheSpecDoesNotHaveIsHeldAgainstAReviewerOnlyWhereItDecides) {
  in_.hunks = {{"H1", "app/x.py", 1, 1, "+a"}};
  in_.outcomes = {tests({{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""}})};
  struct Case {
    const char *serves, *constraints;
    bool complete, before;  ///< by rules before kAskedOnce
  };
  const char* kept = R"({"index":1,"verdict":"kept"})";
  for (const Case& one :
       {Case{R"(["AC1"])", "", true, true}, Case{R"(["AC1","O2"])", "", true, false},
        Case{R"(["O2"])", "", false, false}, Case{"[]", "", false, false},
        Case{R"(["AC1"])", R"(,{"index":4,"verdict":"kept"})", true, false},
        Case{R"(["AC1"])", R"(,{"index":4,"verdict":"broken"})", false, false},
        Case{R"(["AC1"])", R"(,{"index":1,"verdict":"kept"})", false, false}}) {
    Output out;
    out.json = Json::parse(R"({"criteria":[{"id":"AC1","verdict":"satisfied","pointer":)"
                           R"({"test":"tests/t.py::test_ac1_x"}}],"hunks":[{"id":"H1","serves":)" +
                           std::string(one.serves) + R"(}],"constraints":[)" + kept +
                           one.constraints + R"(],"out_of_scope":[]})")
                   .value();
    in_.rules = kNewestRules;
    EXPECT_EQ(judge("review", out).kind == Kind::kPass, one.complete) << out.json.dump();
    in_.rules = Rules::kNotStarted;
    EXPECT_EQ(judge("review", out).kind == Kind::kPass, one.before) << out.json.dump();
  }
}

TEST(ReviewSchemaTest, AsksForAssumptionsWhereTheSpecHasSome) {
  const std::string with =
      R"({"properties":{"assumptions":{"type":"array"}},"required":["hunks"]})";
  const std::string other = R"({"properties":{"hunks":{"type":"array"}},"required":["hunks"]})";
  struct Case {
    std::string schema;
    bool any;
    std::vector<std::string> required;
  };
  for (const Case& one :
       std::vector<Case>{{with, true, {"hunks", "assumptions"}},
                         {with, false, {"hunks"}},
                         {other, true, {"hunks"}},
                         {R"({"properties":{"assumptions":{}},"required":["assumptions"]})",
                          true,
                          {"assumptions"}},
                         {"null", true, {}}}) {
    record::Spec spec;
    if (one.any) spec.assumptions.push_back({"A1", "plain integers", ""});

    Json asked = review_schema(*Json::parse(one.schema), spec);

    EXPECT_EQ(asked.get_strings("required"), one.required) << one.schema;
  }
}

TEST_F(StagesTest, APointerNamesATestInWholeOrByItsFunction) {
  in_.hunks = {{"H1", "tests/t.py", 1, 1, "+def test_ac1_x(): pass\n"}};
  in_.outcomes = {tests({{"tests/t.py::TestA::test_ac1_x__generated", TestStatus::kPassed, "", ""},
                         {"tests/t.py::TestA::test_old_one", TestStatus::kPassed, "", ""}})};
  struct Case {
    const char* test;
    bool found;
  };
  for (const Case& one :
       {Case{"tests/t.py::TestA::test_ac1_x__generated", true},
        Case{"tests/t.py::TestA::test_ac1_x", true}, Case{"TestA::test_ac1_x", true},
        Case{"test_ac1_x", true}, Case{"test_old_one", true}, Case{"test_old", false},
        Case{"test_ac1", false}, Case{"x", false}}) {
    Output out;
    out.json = Json::parse(R"({"criteria":[{"id":"AC1","verdict":"satisfied","pointer":{"test":")" +
                           std::string(one.test) +
                           R"("}}],"hunks":[{"id":"H1","serves":"AC1"}],)"
                           R"("constraints":[{"index":1,"verdict":"kept"}],"out_of_scope":[]})")
                   .value();
    EXPECT_EQ(judge("review", out).kind == Kind::kPass, one.found) << one.test;
  }
  in_.rules = Rules::kSaidIsDone;
  Output out;
  out.json =
      Json::parse(
          R"({"criteria":[{"id":"AC1","verdict":"satisfied","pointer":{"test":"test_old_one"}}],
    "hunks":[{"id":"H1","serves":"AC1"}],"constraints":[{"index":1,"verdict":"kept"}],"out_of_scope":[]})")
          .value();
  EXPECT_NE(judge("review", out).kind, Kind::kPass) << "by older rules in whole";
}

TEST_F(StagesTest, TheChangelogEntryIsNoUnaskedHunkAndNeedsNoRow) {
  in_.hunks = {{"H1", "app/x.py", 1, 1, "+a"}, {"H2", "CHANGES.md", 1, 1, "+- New."}};
  in_.hunks[1].changelog = true;
  Json with =
      Json::parse(
          R"({"criteria":[],"hunks":[{"id":"H1","serves":"AC1","why":"w"},{"id":"H2","serves":"unasked","why":"it says too much"}]})")
          .value();

  Decision decision = decide(in_, with, {});

  EXPECT_TRUE(decision.approved);
  ASSERT_EQ(decision.comments.size(), 1u);
  EXPECT_NE(decision.comments[0].find("it says too much"), std::string::npos);
  in_.spec->acceptance_criteria.clear();
  Output without;
  without.json =
      Json::parse(
          R"({"criteria":[],"hunks":[{"id":"H1","serves":["C1"]}],"constraints":[{"index":1,"verdict":"kept"}],"out_of_scope":[]})")
          .value();
  EXPECT_EQ(judge("review", without).kind, Kind::kPass);
}

TEST_F(StagesTest, CodeDecidesFromTheTable) {
  in_.hunks = {{"H1", "app/x.py", 1, 1, "+a"}};
  Json violated =
      Json::parse(
          R"({"criteria":[{"id":"AC1","verdict":"violated","why":"w","reproduction":{"path":"tests/test_r.py","body":"x"}}],"hunks":[]})")
          .value();
  EXPECT_EQ(reproductions_in(violated).size(), 1u);
  EXPECT_FALSE(decide(in_, violated, {{"AC1", {Shown::kReproduced, {}}}}).approved);
  Decision downgraded = decide(in_, violated, {{"AC1", {Shown::kNotReproduced, {}}}});
  EXPECT_TRUE(downgraded.approved);
  EXPECT_EQ(downgraded.comments.size(), 1u);
  Json unasked =
      Json::parse(R"({"criteria":[],"hunks":[{"id":"H1","serves":"unasked","why":"w"}]})").value();
  EXPECT_FALSE(decide(in_, unasked, {}).approved);
  in_.thresholds.unasked_hunks = 1;
  EXPECT_TRUE(decide(in_, unasked, {}).approved);
  Json not_shown =
      Json::parse(R"({"criteria":[{"id":"AC1","verdict":"not_shown"}],"hunks":[]})").value();
  EXPECT_FALSE(decide(in_, not_shown, {}).approved);
}

TEST_F(StagesTest, AnAssumptionThatWasBrokenIsHeldAgainstTheChangeWhenATestShowsIt) {
  in_.spec->assumptions = {{"A1", "the store is empty at first"}};
  auto table = [](const char* rows) {
    return Json::parse(
               R"({"criteria":[{"id":"AC1","verdict":"satisfied","pointer":{"path":"app/x.py",)"
               R"("line":1},"why":"w"}],"hunks":[],"constraints":[{"index":1,"verdict":)"
               R"("kept"}],"out_of_scope":[],"assumptions":)" +
               std::string(rows) + "}")
        .value();
  };
  struct Case {
    const char *name, *rows;
    bool complete, approved;
    std::map<std::string, Trial> tried = {};
  };
  const std::string shown = "assumption A1";
  for (
      const Case& one :
      {Case{"no row", "[]", true, true},
       Case{"holds", R"([{"id":"A1","verdict":"holds"}])", true, true},
       Case{"claimed", R"([{"id":"A1","verdict":"broken","why":"w"}])", true, true},
       Case{
           "shown",
           R"([{"id":"A1","verdict":"broken","why":"w","reproduction":{"path":"t.py","body":"x"}}])",
           true,
           false,
           {{shown, {Shown::kReproduced, {}}}}},
       Case{"unknown", R"([{"id":"A9","verdict":"holds"}])", true, true},
       Case{"unknown and broken", R"([{"id":"A9","verdict":"broken","why":"w"}])", false, true}}) {
    Output out;
    out.json = table(one.rows);
    EXPECT_EQ(judge("review", out).kind == Kind::kPass, one.complete) << one.name;
    EXPECT_EQ(decide(in_, out.json, one.tried).approved, one.approved) << one.name;
  }
}

TEST_F(StagesTest, TheReviewerSeesTheTestsThatMatterAndCountsOfTheRest) {
  std::vector<TestResult> suite = {{"tests/t.py::test_ac1_x", TestStatus::kPassed, "", ""},
                                   {"tests/o.py::test_slow", TestStatus::kSkipped, "", ""}};
  for (int i = 0; i < 5000; ++i)
    suite.push_back({"tests/o.py::test_old_" + std::to_string(i), TestStatus::kPassed, "", ""});
  in_.outcomes = {tests(suite)};
  in_.prompt_template = "{{gates}}";

  ASSERT_GIVES(auto messages, find_stage("review")->prompt(in_));

  EXPECT_EQ(
      messages.back().content,
      "```\npytest: pass\n  passed in tests/t.py: test_ac1_x\n  skipped tests/o.py::test_slow\n"
      "  and 5000 other tests: passed\n```\n");
}

TEST_F(StagesTest, TheReviewerSeesEachFunctionOnceAndWhatALinterDidNotSayBefore) {
  in_.spec->constraints = {"No new dependency"};
  record::Finding old{"a.py", 3, "F401", "unused", "error"},
      fresh{"b.py", 1, "E501", "long", "error"};
  in_.base_outcomes = {lint(GateOutcome::Status::kFail, {old})};
  in_.outcomes = {lint(GateOutcome::Status::kFail, {old, fresh}),
                  tests({{"t.py::test_ac1_x[1]", TestStatus::kPassed, "", ""},
                         {"t.py::test_ac1_x[2]", TestStatus::kPassed, "", ""},
                         {"t.py::test_c1_imports", TestStatus::kPassed, "", ""}})};
  in_.prompt_template = "{{gates}}";

  ASSERT_GIVES(auto messages, find_stage("review")->prompt(in_));

  EXPECT_EQ(messages.back().content,
            "```\nruff: fail\n  b.py:1 E501 long\n  1 finding was there before the change as well "
            "in a.py\n"
            "pytest: pass\n  passed in t.py: test_ac1_x (2 cases), test_c1_imports\n"
            "```\n");
}

TEST_F(StagesTest, AWholeSuiteThatFailsDoesNotFillTheReviewersPrompt) {
  std::vector<TestResult> suite;
  for (int i = 0; i < 20000; ++i)
    suite.push_back({"tests/o.py::test_" + std::to_string(i), TestStatus::kFailed, "other", ""});
  in_.outcomes = {tests(suite)};
  in_.prompt_template = "{{gates}}";

  ASSERT_GIVES(auto messages, find_stage("review")->prompt(in_));

  EXPECT_LT(messages.back().content.size(), 10000u);
  EXPECT_NE(messages.back().content.find("and 19800 other tests: failed"), std::string::npos);
}

TEST_F(StagesTest, HunksShareOneRoomTouchpointsFirstAndWhatIsLeftOutIsTold) {
  in_.spec->touchpoints = {"app/x.py"};
  in_.hunks = {{"H1", "app/made.py", 1, 900, std::string(200 << 10, 'm')},
               {"H2", "app/x.py", 1, 1, std::string(100 << 10, 'x')},
               {"H3", "app/small.py", 1, 1, "+small"}};
  in_.prompt_template = "{{hunks}}";

  ASSERT_GIVES(auto messages, find_stage("review")->prompt(in_));

  const std::string& text = messages.back().content;
  EXPECT_LT(text.size(), 110u << 10);
  EXPECT_NE(text.find("H1 app/made.py\n(204800 bytes are left out; read 900 lines of the file from "
                      "line 1)\n"),
            std::string::npos);
  EXPECT_NE(text.find(std::string(100 << 10, 'x')), std::string::npos);
  EXPECT_NE(text.find("+small"), std::string::npos);
}

TEST_F(StagesTest, TheReviewerIsAStranger) {
  in_.prompt_template = "{{spec}}{{hunks}}{{gates}}{{feedback}}";
  in_.brief = Brief{};
  in_.brief->notes = "SECRET-OF-SCOUT";
  in_.files = {{"app/x.py", "SECRET-OF-BUILD"}};
  in_.request = "SECRET-REQUEST";
  auto messages = find_stage("review")->prompt(in_).value();
  for (const record::Message& message : messages)
    EXPECT_EQ(message.content.find("SECRET"), std::string::npos);
  in_.hunks = {{"H1", "app/x.py", 1, 1, "SECRET-BODY"}};
  in_.brief->notes = "";
  in_.prompt_template = "{{spec}}{{brief}}{{signatures}}{{feedback}}";
  messages = find_stage("test")->prompt(in_).value();
  for (const record::Message& message : messages)
    EXPECT_EQ(message.content.find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace gf::stage
