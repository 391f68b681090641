#include "stage/lint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "support/facts.h"

namespace gf::stage {
namespace {

using record::Json;
using record::Spec;

/// A spec that compiles without a finding.
Spec good() {
  Spec spec;
  spec.title = "Product by id";
  spec.intent = "A client needs one product.";
  spec.request = "Add GET /products/{id} returning one product or 404 if not found.";
  spec.introduces = {"GET /products/{id}"};
  spec.changelog.section = "Added";
  spec.changelog.entry = "A product by its id.";
  record::Criterion found{"AC1",
                          "http",
                          "the store holds 1",
                          "GET /products/1",
                          {{"status", "equals", Json(200)}},
                          "request: 'one product'",
                          {}};
  record::Criterion missing{"AC2",
                            "http",
                            "the store holds 1",
                            "GET /products/9",
                            {{"status", "equals", Json(404)}},
                            "request: '404 if not found'",
                            {}};
  spec.acceptance_criteria = {found, missing};
  return spec;
}

const test::MapFacts kTree({{"app/main.py", "customers = \"/customers\""},
                            {"tests/test_a.py", "def test_x(): ..."}});

struct Example {
  std::function<void(Spec&)> fails;
  std::function<void(Spec&)> passes;
};

record::Criterion& first(Spec& spec) { return spec.acceptance_criteria[0]; }
std::function<void(Spec&)> when(const char* text) {
  return [text](Spec& s) { first(s).when = text; };
}
std::function<void(Spec&)> then(record::Observation seen) {
  return [seen](Spec& s) { first(s).then = {seen}; };
}

const std::map<std::string, Example>& examples() {
  static const auto nothing = [](Spec&) {};
  static const std::map<std::string, Example> all = {
      {"empty-title", {[](Spec& s) { s.title = "  "; }, nothing}},
      {"empty-intent", {[](Spec& s) { s.intent = ""; }, nothing}},
      {"no-criteria", {[](Spec& s) { s.acceptance_criteria.clear(); }, nothing}},
      {"bad-id", {[](Spec& s) { first(s).id = "one"; }, [](Spec& s) { first(s).id = "AC17"; }}},
      {"duplicate-id", {[](Spec& s) { first(s).id = "AC2"; }, nothing}},
      {"unknown-kind",
       {[](Spec& s) { first(s).kind = "magic"; }, [](Spec& s) { first(s).kind = "keep"; }}},
      {"missing-when", {when(" "), nothing}},
      {"missing-then", {[](Spec& s) { first(s).then.clear(); }, nothing}},
      {"illegal-observable",
       {then({"stdout", "equals", Json("x")}), then({"header X-Id", "equals", Json("x")})}},
      {"unknown-operator",
       {then({"status", "feels_like", Json(200)}), then({"status", "at_most", Json(299)})}},
      {"bad-expected",
       {then({"status", "equals", Json(42)}), then({"body.name", "matches", Json("^T.a$")})}},
      {"bad-cases",
       {[](Spec& s) {
          first(s).cases = {Json::object({{"id", 1}})};
        },
        [](Spec& s) {
          first(s).cases = {Json::object({{"id", 1}}), Json::object({{"id", 2}})};
          first(s).when = "GET /products/<id>";
        }}},
      {"contradiction",
       {[](Spec& s) { s.acceptance_criteria[1].when = first(s).when; },
        [](Spec& s) { s.acceptance_criteria[1].when = "GET /products/8"; }}},
      {"several-actions",
       {when("GET /products/1 and then DELETE /products/1"),
        when("GET /products/1 with the header 'A; b'")}},
      {"vague-word",
       {when("GET /products/1 works properly"),
        when("GET /products/1 with the name \"properly\"")}},
      {"unbounded-negative", {when("GET /products/1 never fails"), when("GET /products/1")}},
      {"threshold-without-unit",
       {then({"body.time", "at_most", Json(5)}), then({"body.time ms", "at_most", Json(5)})}},
      {"placeholder", {when("GET /products/TBD"), nothing}},
      {"missing-source",
       {[](Spec& s) { first(s).source = "because"; },
        [](Spec& s) {
          s.assumptions = {{"A1", "ids are numbers"}};
          first(s).source = "A1";
        }}},
      {"uncovered-clause",
       {[](Spec& s) { s.request += " Send an email to the warehouse."; },
        [](Spec& s) {
          s.request += " Send an email to the warehouse.";
          s.out_of_scope = {"The email to the warehouse"};
        }}},
      {"subject-unknown", {when("GET /orders/1"), when("GET /customers/1")}},
      {"touchpoint-escapes",
       {[](Spec& s) { s.touchpoints = {"../x"}; },
        [](Spec& s) { s.touchpoints = {"app/main.py"}; }}},
      {"authorises-unknown-test",
       {[](Spec& s) { first(s).authorises = {"tests/test_a.py::test_gone"}; },
        [](Spec& s) { first(s).authorises = {"tests/test_a.py::test_x"}; }}},
      {"missing-changelog", {[](Spec& s) { s.changelog.entry = ""; }, nothing}},
      {"changelog-criterion",
       {[](Spec& s) {
          first(s).kind = "doc";
          first(s).then = {{"file CHANGELOG.md", "contains", Json("product")}};
        },
        [](Spec& s) {
          first(s).kind = "doc";
          first(s).then = {{"file app/main.py", "contains", Json("product")}};
        }}},
      {"touchpoint-unserved",
       {[](Spec& s) { s.touchpoints = {"tests/test_a.py"}; },
        [](Spec& s) { s.touchpoints = {"app/main.py"}; }}},
      {"no-failure-path", {[](Spec& s) { s.acceptance_criteria.pop_back(); }, nothing}},
      {"no-boundary-value", {[](Spec& s) { s.acceptance_criteria.pop_back(); }, nothing}},
      {"implementation-named", {when("GET /products/1 from the redis cache"), nothing}},
      {"too-many-criteria",
       {[](Spec& s) {
          for (int i = 3; i < 15; ++i) {
            record::Criterion more = first(s);
            more.id = "AC" + std::to_string(i);
            s.acceptance_criteria.push_back(more);
          }
        },
        nothing}},
      {"all-keep",
       {[](Spec& s) {
          for (auto& criterion : s.acceptance_criteria) criterion.kind = "keep";
        },
        nothing}},
  };
  return all;
}

bool finds(const Spec& spec, const std::string& rule) {
  auto findings = lint(spec, &kTree);
  return std::any_of(findings.begin(), findings.end(),
                     [&](const LintFinding& finding) { return finding.rule == rule; });
}

TEST(Lint, AGoodSpecHasNoFinding) {
  for (const LintFinding& finding : lint(good(), &kTree))
    ADD_FAILURE() << finding.rule << ": " << finding.message;
}

TEST(Lint, EveryRuleHasAFailingAndAPassingExample) {
  for (const LintRule& rule : lint_rules()) {
    auto example = examples().find(std::string(rule.name));
    ASSERT_NE(example, examples().end()) << rule.name << " has no example";
    Spec bad = good(), fine = good();
    example->second.fails(bad);
    example->second.passes(fine);
    EXPECT_TRUE(finds(bad, example->first)) << rule.name << " does not find its defect";
    EXPECT_FALSE(finds(fine, example->first)) << rule.name << " is wrong about a good spec";
    EXPECT_FALSE(rule.why.empty());
  }
  EXPECT_EQ(examples().size(), lint_rules().size());
}

TEST(Lint, EveryErrorSaysHowToMendIt) {
  for (const auto& [rule, example] : examples()) {
    Spec bad = good();
    example.fails(bad);
    for (const LintFinding& finding : lint(bad, &kTree))
      EXPECT_FALSE(finding.hint.empty()) << finding.rule;
  }
}

TEST(Lint, HostileSpecsAreJudgedNotSuffered) {
  Spec spec = good();
  first(spec).then = {{"body", "matches", Json(std::string(100'000, '('))}};
  first(spec).when = std::string(1'000'000, '"');
  spec.request = std::string(1'000'000, '.');
  EXPECT_TRUE(finds(spec, "bad-expected"));
}

struct IssueClause {
  const char* clause;
  bool covered;  ///< needs nothing that covers it
};

TEST(IssueClauseTest, ANumberAloneNeedsNoCriterion) {
  for (const IssueClause& row :
       {IssueClause{"The issue number for the news fragment is 464.", true},
        IssueClause{"Issue: #12.", true}, IssueClause{"Fixes #12.", true},
        IssueClause{"The changelog entry refers to issue 7.", true},
        IssueClause{"Issue 12 wants an email to the warehouse for each order.", false},
        IssueClause{"The news fragment is signed by the warehouse.", false}}) {
    Spec spec = good();
    spec.request += std::string(" ") + row.clause;
    auto lost = [&](Rules rules) {
      std::vector<LintFinding> findings = lint(spec, &kTree, rules);
      return std::any_of(findings.begin(), findings.end(), [](const LintFinding& finding) {
        return finding.rule == "uncovered-clause";
      });
    };
    EXPECT_EQ(lost(kNewestRules), !row.covered) << row.clause;
  }
}

TEST(LintTest, WhatIsSeenExactlyIsNotRefusedForWordsOfTheAction) {
  struct Case {
    const char *rule, *when, *observable;
    bool unchanged;
    Rules rules;
    LintFinding::Severity severity;
  };
  using enum LintFinding::Severity;
  const char* kWord = "unbounded-negative";
  const char* kActions = "several-actions";
  for (const Case& one : {Case{kWord, "GET /products/1 whose body is never read", "status", false,
                               Rules::kSeenDecides, kWarning},
                          Case{kWord, "GET /products/1 whose body is never read", "status", false,
                               Rules::kShownWhole, kError},
                          Case{kWord, "GET /products/1", "after the store that is never empty",
                               false, Rules::kSeenDecides, kError},
                          Case{kActions, "GET /products/1 and then DELETE /products/1", "status",
                               true, Rules::kSeenDecides, kWarning},
                          Case{kActions, "GET /products/1 and then DELETE /products/1", "status",
                               true, Rules::kShownWhole, kError},
                          Case{kActions, "GET /products/1 and then DELETE /products/1", "status",
                               false, Rules::kNotesApart, kError},
                          Case{kActions, "with store.open() as s: s.add(1), then s.add(2)",
                               "status", false, Rules::kNotesApart, kWarning},
                          Case{kActions, "with store.open() as s: s.add(1), then s.add(2)",
                               "status", false, Rules::kSeenDecides, kError}}) {
    Spec spec = good();
    first(spec).when = one.when;
    first(spec).then = {{one.observable, "equals", Json(200)}};
    first(spec).unchanged = one.unchanged;
    if (std::string_view(one.observable).starts_with("after")) first(spec).kind = "state";
    auto findings = lint(spec, &kTree, one.rules);
    auto found = std::find_if(findings.begin(), findings.end(),
                              [&](const LintFinding& f) { return f.rule == one.rule; });
    ASSERT_NE(found, findings.end()) << one.rule << ": " << one.when;
    EXPECT_EQ(found->severity, one.severity) << one.rule << ": " << one.when;
  }
}

struct Conditions {
  const char *one, *other;
  bool same, same_before;
};
class ConditionsTest : public testing::TestWithParam<Conditions> {};

TEST_P(ConditionsTest, TwoResultsAreAContradictionWhereTheSameIsWritten) {
  const Conditions& row = GetParam();
  for (Rules rules : {kNewestRules, Rules::kNearestFirst}) {
    Spec spec = good();
    first(spec).when = row.one;
    spec.acceptance_criteria[1].when = row.other;
    std::vector<LintFinding> findings = lint(spec, &kTree, rules);
    bool found = std::any_of(findings.begin(), findings.end(), [](const LintFinding& finding) {
      return finding.rule == "contradiction";
    });
    EXPECT_EQ(found, rules == kNewestRules ? row.same : row.same_before)
        << row.one << " | " << row.other;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ConditionsTest,
    testing::Values(Conditions{"GET /products/1", "GET /products/1", true, true},
                    Conditions{"GET  /products/1\n", "GET /products/1", true, true},
                    Conditions{"The id 1 is asked for", "the id 1 is asked for", true, true},
                    Conditions{"GET /products/a", "GET /products/A", false, true},
                    Conditions{"count(\"&amp;\")", "count(\"&AmP;\")", false, true},
                    Conditions{"count(\"&amp;\")", "count(\"&amp\")", false, false},
                    Conditions{"count(\"a  b\")", "count(\"a b\")", false, true},
                    Conditions{"count('a b')", "count('a b')", true, true},
                    Conditions{"`Parse` is called", "`parse` is called", false, true},
                    Conditions{"ToTrain(\"requestId\")", "ToTrain(\"requestid\")", false, true}));

TEST(ConditionsOfCasesTest, RowsThatDifferInCapitalsAloneAreTwo) {
  Spec spec = good();
  for (record::Criterion& criterion : spec.acceptance_criteria)
    criterion.when = "GET /products/1?name=<name>";
  first(spec).cases = {Json::object({{"name", "amp"}})};
  spec.acceptance_criteria[1].cases = {Json::object({{"name", "AmP"}})};
  auto contradiction = [&]() -> std::string {
    for (const LintFinding& finding : lint(spec, &kTree)) {
      if (finding.rule == "contradiction") return finding.message;
    }
    return {};
  };
  EXPECT_EQ(contradiction(), "");
  spec.acceptance_criteria[1].cases.push_back(Json::object({{"name", "amp"}}));
  EXPECT_EQ(contradiction(),
            "it expects another 'status' than AC1 under the same condition (GET "
            "/products/1?name=amp)");
}

}  // namespace
}  // namespace gf::stage
