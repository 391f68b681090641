// Cases of which it is known what a reviewer should say, and what its answers come to.
#include "line/calibration.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "git/repo.h"
#include "line/calibration_cases.h"
#include "support/assertions.h"
#include "support/repo.h"

namespace gf::line {
namespace {

using Files = std::map<std::string, std::string>;

record::Criterion criterion(const std::string& when) {
  record::Criterion one;
  one.id = "AC1";
  one.kind = "http";
  one.when = when;
  one.source = "request: '" + when + "'";
  return one;
}

class CalibrationCasesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    made_.write("app/main.py", "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    made_.write("CHANGELOG.md", "# Changes\n");
    base_ = made_.commit("base");
  }
  /// What a run delivered that wrote these files.
  DeliveredChange change(const std::string& route, const Files& files) {
    for (const auto& [path, text] : files) made_.write(path, text);
    Oid tip = made_.commit("Add " + route);
    auto repo = git::Repo::open(made_.path());
    EXPECT_DONE(repo);
    DeliveredChange one;
    one.run = RunId::make(Timestamp{}, ++made_runs_);
    one.spec.title = "Add " + route;
    one.spec.request = "Please add " + route;
    one.spec.introduces = {"GET " + route};
    one.spec.acceptance_criteria = {criterion("GET " + route)};
    one.base = base_;
    one.base_tree = repo->commit(base_)->tree;
    one.tree = repo->commit(tip)->tree;
    made_.git("checkout --quiet --detach " + base_.hex());
    return one;
  }
  DeliveredChange health(const std::string& entry = "health") {
    return change("/health", {{"app/health.py", "health\n"},
                              {"app/main.py", "health\none\ntwo\nthree\nfour\nfive\nsix\nseven\n"},
                              {"tests/test_health.py", "health\n"},
                              {"CHANGELOG.md", "# Changes\n- " + entry + "\n"}});
  }
  DeliveredChange shop() {
    return change("/shop", {{"app/shop.py", "shop\n"},
                            {"app/main.py", "one\ntwo\nthree\nfour\nfive\nsix\nseven\nshop\n"},
                            {"tests/test_shop.py", "shop\n"},
                            {"CHANGELOG.md", "# Changes\n- shop\n"}});
  }
  std::string kinds_of(const std::vector<DeliveredChange>& changes) {
    std::string text;
    for (const CalibrationCase& one : cases_of(changes))
      text += std::string(text.empty() ? "" : " ") + std::string(name_of(one.kind));
    return text;
  }
  std::vector<CalibrationCase> cases_of(const std::vector<DeliveredChange>& changes) {
    auto repo = git::Repo::open(made_.path());
    EXPECT_DONE(repo);
    auto cases = calibration_cases(
        *repo, changes, [](const std::string& path) { return path.starts_with("tests/"); });
    EXPECT_DONE(cases);
    return cases.ok() ? *cases : std::vector<CalibrationCase>();
  }
  std::string files_in(const Oid& tree) {
    return made_.git("ls-tree -r --name-only " + tree.hex());
  }

  test::TempRepo made_;
  Oid base_;
  uint32_t made_runs_ = 0;
};

TEST_F(CalibrationCasesTest, AFaultIsPlantedOnlyWhereItIsCertain) {
  DeliveredChange a = health(), b = shop();
  EXPECT_EQ(kinds_of({}), "");
  EXPECT_EQ(kinds_of({a}), "good") << "there is nothing to plant";
  EXPECT_EQ(kinds_of({a, b}), "good dropped unasked good dropped unasked");

  struct Case {
    const char* why;
    std::string kinds;
    std::function<void(DeliveredChange&)> edit;  ///< of `b`
  };
  const std::string both = "good good", all = kinds_of({a, b});
  for (const Case& one : std::vector<Case>{
           {"the same request", both, [&](auto& c) { c.spec.request = a.spec.request; }},
           {"the same criterion", both,
            [&](auto& c) { c.spec.acceptance_criteria = a.spec.acceptance_criteria; }},
           {"both introduce it", both, [&](auto& c) { c.spec.introduces = a.spec.introduces; }},
           {"another id of the same criterion", both, [&](auto& c) {
              c.spec.acceptance_criteria = a.spec.acceptance_criteria;
              c.spec.acceptance_criteria[0].id = "AC7";
            }}}) {
    DeliveredChange edited = b;
    one.edit(edited);
    EXPECT_EQ(kinds_of({a, edited}), one.kinds) << one.why;
  }
  // What only keeps something cannot be dropped; nothing new of it can be unasked either.
  DeliveredChange keeps = b;
  keeps.spec.acceptance_criteria[0].unchanged = true;
  EXPECT_EQ(kinds_of({a, keeps}), "good dropped unasked good") << "of the keeper's own change";
}

TEST_F(CalibrationCasesTest, ADroppedCriterionIsTheOtherRunsWithItsTests) {
  DeliveredChange a = health(), b = shop();
  for (const CalibrationCase& one : cases_of({a, b})) {
    if (one.kind != CaseKind::kDropped || one.of != a.run) continue;
    EXPECT_EQ(one.with, b.run);
    EXPECT_EQ(one.tree, a.tree) << "the change is as it was";
    ASSERT_EQ(one.spec.acceptance_criteria.size(), 2u);
    EXPECT_EQ(one.criterion, "AC2");
    EXPECT_EQ(one.spec.acceptance_criteria[1].when, "GET /shop");
    EXPECT_EQ(one.shown_by.criterion, "AC1");
    EXPECT_EQ(one.shown_by.files, std::vector<std::string>{"tests/test_shop.py"});
    EXPECT_EQ(files_in(one.shown_by.tree),
              "CHANGELOG.md\napp/health.py\napp/main.py\ntests/test_health.py\n"
              "tests/test_shop.py\n");
    return;
  }
  FAIL() << "there is none";
}

TEST_F(CalibrationCasesTest, WhatWasNotAskedForIsTheOtherRunsCodeWithoutItsTests) {
  DeliveredChange a = health(), b = shop();
  for (const CalibrationCase& one : cases_of({a, b})) {
    if (one.kind != CaseKind::kUnasked || one.of != a.run) continue;
    EXPECT_EQ(one.paths, std::vector<std::string>{"app/shop.py"});
    EXPECT_EQ(one.spec.acceptance_criteria.size(), 1u);
    EXPECT_EQ(files_in(one.tree),
              "CHANGELOG.md\napp/health.py\napp/main.py\napp/shop.py\ntests/test_health.py\n");
    EXPECT_EQ(made_.git("show " + one.tree.hex() + ":app/main.py"),
              "health\none\ntwo\nthree\nfour\nfive\nsix\nseven\nshop\n");
    return;
  }
  FAIL() << "there is none";
}

TEST_F(CalibrationCasesTest, KindsTakeTurns) {
  std::vector<CalibrationCase> few = in_turn(cases_of({health(), shop()}), 4);
  ASSERT_EQ(few.size(), 4u);
  EXPECT_EQ(few[0].kind, CaseKind::kGood);
  EXPECT_EQ(few[1].kind, CaseKind::kDropped);
  EXPECT_EQ(few[2].kind, CaseKind::kUnasked);
  EXPECT_EQ(few[3].kind, CaseKind::kGood);
}

TEST(CameToTest, OnlyARejectionForThePlantedFaultNamesIt) {
  using Answer = Judged::Answer;
  using Kind = stage::FindingKind;
  struct Case {
    CaseKind kind;
    Answer answer;
    std::vector<stage::Finding> findings;
    const char* expected;
  };
  stage::Finding not_shown = stage::finding_of(Kind::kNotShown, "AC2: not shown: no test");
  stage::Finding other = stage::finding_of(Kind::kNotShown, "AC20: not shown: no test");
  stage::Finding violated = stage::finding_of(Kind::kViolated, "AC2: wrong (shown by a test)");
  stage::Finding unasked = stage::finding_of(Kind::kUnasked, "H2 serves nothing", "app/shop.py");
  stage::Finding elsewhere = stage::finding_of(Kind::kUnasked, "H1 serves nothing", "app/a.py");
  for (const Case& one :
       std::vector<Case>{{CaseKind::kGood, Answer::kYes, {}, "approved"},
                         {CaseKind::kGood, Answer::kNo, {not_shown}, "otherwise"},
                         {CaseKind::kGood, Answer::kUnsure, {}, "unanswered"},
                         {CaseKind::kDropped, Answer::kYes, {}, "approved"},
                         {CaseKind::kDropped, Answer::kNo, {not_shown}, "named"},
                         {CaseKind::kDropped, Answer::kNo, {other, violated}, "named"},
                         {CaseKind::kDropped, Answer::kNo, {other}, "otherwise"},
                         {CaseKind::kDropped, Answer::kNo, {unasked}, "otherwise"},
                         {CaseKind::kUnasked, Answer::kNo, {unasked}, "named"},
                         {CaseKind::kUnasked, Answer::kNo, {elsewhere, not_shown}, "otherwise"},
                         {CaseKind::kUnasked, Answer::kUnsure, {unasked}, "unanswered"}}) {
    CalibrationCase made;
    made.kind = one.kind;
    made.criterion = "AC2";
    made.paths = {"app/shop.py"};
    Judged judged;
    judged.answer = one.answer;
    judged.findings = one.findings;
    EXPECT_EQ(came_to(made, judged), one.expected) << name_of(one.kind);
  }
}

}  // namespace
}  // namespace gf::line
