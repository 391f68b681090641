// SCOUT's corrections: only what the tree shows, only what is SCOUT's, and never a worse spec.
#include "stage/corrections.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "stage/lint.h"
#include "stage/stage.h"
#include "support/assertions.h"
#include "support/facts.h"

namespace gf::stage {
namespace {

using record::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

record::Spec guessed() {
  record::Spec spec;
  spec.title = "One product";
  spec.intent = "Customers look at one product before they buy it.";
  spec.request = "Add GET /products/{id} returning one product or 404 if not found.";
  spec.touchpoints = {"app/main.py"};
  spec.introduces = {"GET /products/{id}"};
  spec.acceptance_criteria = {
      {"AC1",
       "http",
       "the store holds products 1..3",
       "GET /products/2",
       {{"status", "equals", Json(200)}, {"body.id", "equals", Json(2)}},
       "request: 'returning one product'",
       {}},
      {"AC2",
       "http",
       "the store holds products 1..3",
       "GET /products/9",
       {{"status", "equals", Json(404)}, {"body.detail", "equals", Json("Not found")}},
       "request: 'or 404 if not found'",
       {}}};
  spec.changelog = {"Added", "One product at `/products/{id}`."};
  return spec;
}

class CorrectionsTest : public ::testing::Test {
 protected:
  static Correction one(const std::string& field, Json was, Json is, int64_t line = 2,
                        const std::string& text = "DETAIL = \"no such product\"") {
    return {field, std::move(was), std::move(is), "app/errors.py", line, text};
  }
  /// As SCOUT answers it.
  static Json said(const Correction& one) {
    return Json::array({Json::object({{"field", one.field},
                                      {"was", one.was},
                                      {"is", one.is},
                                      {"path", one.path},
                                      {"line", one.line},
                                      {"text", one.text}})});
  }
  Corrected apply(const Correction& correction) { return correct(guessed(), {correction}, tree_); }
  test::MapFacts tree_{{{"app/main.py", "x"},
                        {"app/routes.py", "y"},
                        {"app/errors.py", "# errors\nDETAIL = \"no such product\"\n"}}};
};

TEST_F(CorrectionsTest, ALiteralBecomesWhatTheTreeShows) {
  Corrected corrected =
      apply(one("acceptance_criteria.AC2.then.2.expected", "Not found", "no such product"));

  EXPECT_THAT(corrected.wrong, IsEmpty());
  EXPECT_EQ(corrected.spec.acceptance_criteria[1].then[1].expected, Json("no such product"));
  EXPECT_THAT(
      corrected.descriptions,
      ElementsAre("acceptance_criteria.AC2.then.2.expected: 'Not found' is 'no such product' "
                  "(app/errors.py:2)"));
}

TEST_F(CorrectionsTest, ListsGrowAndShrinkByTheirItems) {
  EXPECT_THAT(apply(one("touchpoints", Json(), "app/routes.py")).spec.touchpoints,
              ElementsAre("app/main.py", "app/routes.py"));
  EXPECT_THAT(apply(one("touchpoints.1", "app/main.py", "app/routes.py")).spec.touchpoints,
              ElementsAre("app/routes.py"));
  record::Spec two = guessed();
  two.touchpoints.push_back("app/routes.py");
  EXPECT_THAT(correct(two, {one("touchpoints.1", "app/main.py", Json())}, tree_).spec.touchpoints,
              ElementsAre("app/routes.py"));
}

TEST_F(CorrectionsTest, AnItemIsFoundByWhatItWasWhateverItsNumber) {
  record::Spec three = guessed();
  three.touchpoints = {"app/main.py", "app/routes.py", "app/errors.py"};
  struct Case {
    const char *field, *was, *touched;
    Rules rules;
  };
  for (const Case& each : {
           Case{"touchpoints.0", "app/main.py", "new.py app/routes.py app/errors.py", kNewestRules},
           Case{"touchpoints.1", "app/routes.py", "app/main.py new.py app/errors.py", kNewestRules},
           Case{"touchpoints.9", "app/errors.py", "app/main.py app/routes.py new.py", kNewestRules},
           Case{"touchpoints.0", "app/other.py", "", kNewestRules},
           Case{"touchpoints.0", "app/main.py", "", Rules::kTried},
       }) {
    Corrected made = correct(three, {one(each.field, each.was, "new.py")}, tree_, each.rules);
    EXPECT_EQ(made.wrong.empty() ? join(made.spec.touchpoints, " ") : "", each.touched)
        << each.field;
  }
  three.touchpoints.emplace_back("app/main.py");
  EXPECT_THAT(correct(three, {one("touchpoints.0", "app/main.py", "new.py")}, tree_).wrong,
              Not(IsEmpty()))
      << "two are that";
}

TEST_F(CorrectionsTest, WhatCannotBeAppliedIsToldAndNothingIs) {
  struct Row {
    Correction given;
    const char* says;
  };
  for (const Row& row : std::vector<Row>{
           {one("acceptance_criteria.AC2.then.2.expected", "other", "x"),
            "is 'Not found' and not 'other'"},
           {one("acceptance_criteria.AC9.then.1.expected", 1, 2), "the spec has no"},
           {one("acceptance_criteria.AC2.then.7.expected", 1, 2), "the spec has no"},
           {one("acceptance_criteria.AC2.nothing", "a", "b"), "the spec has no"},
           {one("request", "a", "b"), "is not yours to correct"},
           {one("acceptance_criteria.AC2.source", "a", "b"), "names what was asked for"},
           {one("acceptance_criteria.AC2", Json(), Json()), "a criterion as a whole stays"},
           {one("", "a", "b"), "is not yours to correct"},
           {one("touchpoints.1", "app/main.py", "x", 2, "not there"), "does not hold 'not there'"},
           {one("touchpoints.1", "app/main.py", "x", 2, " "), "does not say what the place shows"},
           {one("touchpoints.1", "app/main.py", "x", -9), "does not hold"},
           {{"touchpoints.1", "app/main.py", "x", "none.py", 1, "x"}, "is no text file"},
           {one("acceptance_criteria.AC2.then.1.expected", 404, Json::object()), ""}}) {
    Corrected corrected = apply(row.given);
    ASSERT_FALSE(corrected.wrong.empty()) << row.given.field << " " << row.says;
    EXPECT_THAT(corrected.wrong.front(), HasSubstr(row.says));
    EXPECT_EQ(record::to_json(corrected.spec), record::to_json(guessed()));
  }
}

TEST_F(CorrectionsTest, KindAndWhatACriterionLeavesOutCanBeCorrected) {
  Corrected kept = apply(one("acceptance_criteria.AC2.unchanged", false, true));
  EXPECT_THAT(kept.wrong, IsEmpty());
  EXPECT_TRUE(kept.spec.acceptance_criteria[1].unchanged);
  EXPECT_TRUE(apply(one("acceptance_criteria.AC2.unchanged", Json(), true))
                  .spec.acceptance_criteria[1]
                  .unchanged);

  Corrected kind = apply(one("acceptance_criteria.AC2.kind", "http", "keep"));
  EXPECT_THAT(kind.wrong, IsEmpty());
  EXPECT_EQ(kind.spec.acceptance_criteria[1].kind, "keep");

  for (const char* field : {"kind", "unchanged"}) {
    Correction older =
        one(std::string("acceptance_criteria.AC2.") + field,
            *field == 'k' ? Json("http") : Json(false), *field == 'k' ? Json("keep") : Json(true));
    EXPECT_FALSE(correct(guessed(), {older}, tree_, Rules::kIssueNamed).wrong.empty()) << field;
  }
}

TEST_F(CorrectionsTest, TheCorrectedSpecHasToCompile) {
  Corrected corrected =
      apply(one("acceptance_criteria.AC2.then.1.observable", "status", "shininess"));

  ASSERT_FALSE(corrected.wrong.empty());
  EXPECT_THAT(corrected.wrong.front(), HasSubstr("the corrected spec does not compile"));
}

TEST_F(CorrectionsTest, ScoutIsToldWhatDoesNotFit) {
  const Stage& scout = *find_stage("scout");
  Input in;
  in.spec = guessed();
  in.tree = &tree_;
  Output out;
  Json brief = Json::object({{"files", Json::strings({"app/main.py"})}});
  brief.set("corrections", said(one("acceptance_criteria.AC2.then.2.expected", "other", "x")));
  out.json = brief;

  ASSERT_GIVES(auto judged, scout.eval(in, out));
  EXPECT_EQ(judged.kind, Judgement::Kind::kAgain);
  EXPECT_THAT(judged.feedback.front(), HasSubstr("is 'Not found' and not 'other'"));

  brief.set("corrections",
            said(one("acceptance_criteria.AC2.then.2.expected", "Not found", "no such product")));
  out.json = brief;
  ASSERT_GIVES(auto passed, scout.eval(in, out));
  EXPECT_EQ(passed.kind, Judgement::Kind::kPass) << passed.reason;
}

}  // namespace
}  // namespace gf::stage
