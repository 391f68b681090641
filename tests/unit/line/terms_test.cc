// The terms of a run in a line: who answers, what it may spend, where its record goes.
#include "line/terms.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::line {
namespace {

using ::testing::HasSubstr;

TEST(TermsTest, StagesThatAskTheSameAreNamedTogetherInTheirOrder) {
  struct Case {
    std::map<std::string, std::string> models;
    const char* text;
  };
  for (const Case& one : {Case{{}, ""}, Case{{{"plan", "a/b"}, {"review", "a/b"}}, "a/b"},
                          Case{{{"review", "c/d"}, {"build", "a/b"}, {"plan", "a/b"}},
                               "plan, build a/b; review c/d"}}) {
    ASSERT_GIVES(auto terms, terms_of(Assignment(), one.models));
    EXPECT_EQ(terms.models, one.text);
  }
}

TEST(TermsTest, CapsAreNamedAndACapThatIsNoNumberIsRefused) {
  Assignment given;
  given.config.add("factory.budgetUsd", "1");
  given.config.add("factory.budgetCalls", "40");
  given.config.add("factory.budgetSeconds", "90");
  ASSERT_GIVES(auto terms, terms_of(given, {{"plan", "a/b"}}));
  EXPECT_EQ(terms.budget, "$1.00, 40 calls, 90 s");
  EXPECT_EQ(terms.text(), "a/b  budget $1.00, 40 calls, 90 s  record stays here");

  given.config.add("factory.budgetCalls", "many");
  auto refused = terms_of(given, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("factory.budgetCalls"));
}

TEST(TermsTest, TheRecordGoesWhereTheRemotesOwnWordSays) {
  Assignment given;
  given.config.add("factory.share", "full");
  EXPECT_EQ(terms_of(given, {})->record, "stays here") << "there is no remote";
  given.remote = "origin";
  EXPECT_EQ(terms_of(given, {})->record, "full to origin");
  given.config.add("remote.origin.factoryShare", "summary");
  EXPECT_EQ(terms_of(given, {})->record, "summary to origin");
  given.wishes.no_pr = true;
  EXPECT_EQ(terms_of(given, {})->text(), "no budget  record stays here");
}

}  // namespace
}  // namespace gf::line
