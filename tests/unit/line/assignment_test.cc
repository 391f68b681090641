// What a run was given: read once, checked before anything is spent.
#include "line/assignment.h"

#include <gmock/gmock.h>

#include "session/facts.h"
#include "support/opened.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::Pair;

class AssignmentTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-01\n");
    ASSERT_NO_FATAL_FAILURE(open());
    wishes_.no_pr = true;
  }
  Result<Assignment> assigned(const session::Config::Settings& settings = {}) {
    session::Config config;
    for (const auto& [key, value] : settings) config.add(key, value);
    session::GitFacts facts(context_->repo, context_->git, tree_);
    return assign(*context_, std::move(config), {"main", base_, tree_}, wishes_, facts);
  }
  Wishes wishes_;
};

TEST_F(AssignmentTest, WhatIsNotSetHasTheDocumentedDefault) {
  ASSERT_GIVES(auto given, assigned());

  EXPECT_EQ(given.thresholds.coverage_percent, 80);
  EXPECT_EQ(given.thresholds.unasked_hunks, 0);
  EXPECT_EQ(given.retries.general, 3);
  EXPECT_EQ(given.retries.of("build"), 3);
  EXPECT_TRUE(is_test_path(given, "tests/test_x.py"));
  EXPECT_FALSE(is_test_path(given, "app/x.py"));
}

TEST_F(AssignmentTest, AStagesOwnRetriesBeatTheGeneralOnes) {
  ASSERT_GIVES(auto given, assigned({{"factory.retries", "5"}, {"factory.build.retries", "0"}}));

  EXPECT_EQ(given.retries.of("plan"), 5);
  EXPECT_EQ(given.retries.of("build"), 0);
  EXPECT_EQ(given.retries.of("no-such-stage"), 5);
}

TEST_F(AssignmentTest, AWrongValueIsAnErrorThatNamesItsKey) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"factory.retries", "-1"},           {"factory.retries", "101"},
      {"factory.retries", "often"},        {"factory.build.retries", "3.5"},
      {"factory.review.retries", "1e9"},   {"factory.test.coverage", "101"},
      {"factory.test.coverage", "80%"},    {"factory.review.unasked", "-1"},
      {"factory.plan.temperature", "warm"}};
  for (const auto& [key, value] : wrong) {
    auto given = assigned({{key, value}});
    ASSERT_FALSE(given.ok()) << key << " = " << value;
    EXPECT_EQ(given.error().fault, Fault::kConfiguration) << key;
    EXPECT_THAT(given.error().message, HasSubstr(key));
    EXPECT_THAT(given.error().message, HasSubstr("'" + value + "'"));
    EXPECT_NE(given.error().hint, "") << key;
  }
}

TEST_F(AssignmentTest, TestPathsAreTheOnesThatAreSetAndNoOthers) {
  ASSERT_GIVES(auto given,
               assigned({{"factory.testPaths", "spec/**"}, {"factory.testPaths", "*_spec.py"}}));

  EXPECT_TRUE(is_test_path(given, "spec/deep/x.txt"));
  EXPECT_TRUE(is_test_path(given, "app/shop_spec.py"));
  EXPECT_FALSE(is_test_path(given, "tests/test_x.py"));
}

TEST_F(AssignmentTest, TheChangelogIsTheRepositorysOwn) {
  ASSERT_GIVES(auto given, assigned());

  EXPECT_TRUE(is_changelog(given, "CHANGELOG.md"));
  EXPECT_FALSE(is_changelog(given, "CHANGELOG.md.orig"));
  EXPECT_FALSE(is_changelog(given, "docs/CHANGELOG.md"));
}

TEST_F(AssignmentTest, FragmentsAreTheChangelogWithAllThatLiesBelow) {
  Assignment given;
  given.changelog.path = "news";

  EXPECT_TRUE(is_changelog(given, "news/12.feature.md"));
  EXPECT_FALSE(is_changelog(given, "newsletter.md"));
  given.changelog.path = "";
  EXPECT_FALSE(is_changelog(given, ""));
}

TEST_F(AssignmentTest, WithoutARemoteThereMustBeAWishToKeepToOneself) {
  wishes_.no_pr = false;
  auto nowhere = assigned();
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().fault, Fault::kUser);
  EXPECT_THAT(nowhere.error().hint, HasSubstr("--no-pr"));

  wishes_.plan_only = true;
  ASSERT_GIVES(auto planned, assigned());
  EXPECT_EQ(planned.remote, std::nullopt);

  wishes_.plan_only = false;
  place_.git("remote add origin ../elsewhere.git");
  ASSERT_NO_FATAL_FAILURE(reopen());
  ASSERT_GIVES(auto given, assigned());
  EXPECT_EQ(given.remote, "origin");
}

TEST_F(AssignmentTest, ThePolicyHoldsWhatDecidesAndNothingThatNamesAProgram) {
  ASSERT_GIVES(auto given, assigned({{"factory.test.coverage", "70"},
                                     {"factory.review.unasked", "2"},
                                     {"factory.retries", "4"},
                                     {"factory.model", "ollama/x"},
                                     {"factory-gate.unit.command", "make check"}}));

  std::map<std::string, std::string> policy = given.policy();

  EXPECT_THAT(policy, IsSupersetOf({Pair("coverage.floor", "70"), Pair("review.unasked", "2"),
                                    Pair("retries", "4"), Pair("factory.test.coverage", "70")}));
  EXPECT_THAT(policy, Contains(Pair("factory.testpaths", HasSubstr("test"))))
      << "also when nobody set it: another version may have other patterns";
  EXPECT_THAT(policy, Not(Contains(Pair(HasSubstr("gate"), ::testing::_))));
  EXPECT_THAT(policy, Not(Contains(Pair("factory.model", ::testing::_))));
}

TEST_F(AssignmentTest, ModelsAnswerTheseStagesInThisOrder) {
  EXPECT_THAT(model_stages(), ElementsAre("plan", "scout", "build", "test", "review"));
}

}  // namespace
}  // namespace gf::line
