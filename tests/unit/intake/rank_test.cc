// Points of issues by rules that are told.
#include "intake/rank.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::intake {
namespace {

using ::testing::HasSubstr;

constexpr Timestamp kNow{Milliseconds(1800000000000)};

forge::Issue issue(int votes, int days, std::vector<std::string> labels = {}) {
  forge::Issue made;
  made.votes = votes;
  made.opened = kNow - std::chrono::hours(24 * days);
  made.labels = std::move(labels);
  return made;
}

TEST(RankTest, EachRuleGivesItsPointsAndNothingElseDoes) {
  ASSERT_GIVES(auto weights, weights_of({"label:Good First Issue=7"}));
  struct Case {
    forge::Issue issue;
    Compiles compiles;
    int points;
  };
  forge::Issue undated = issue(0, 0);
  undated.opened = {};
  for (const Case& one : {
           Case{issue(0, 0), Compiles::kNotTried, 0},
           Case{issue(3, 0), Compiles::kNotTried, 6},
           Case{issue(-3, 0), Compiles::kNotTried, 0},
           Case{issue(1000000, 0), Compiles::kNotTried, 100},
           Case{issue(0, 29), Compiles::kNotTried, 0},
           Case{issue(0, 90), Compiles::kNotTried, 3},
           Case{issue(0, 9000), Compiles::kNotTried, 12},
           Case{issue(0, -30), Compiles::kNotTried, 0},
           Case{undated, Compiles::kNotTried, 0},
           Case{issue(0, 0, {"good first issue"}), Compiles::kNotTried, 7},
           Case{issue(0, 0, {"other"}), Compiles::kNotTried, 0},
           Case{issue(0, 0), Compiles::kYes, 20},
           Case{issue(0, 0), Compiles::kAsks, -5},
           Case{issue(0, 0), Compiles::kNo, -5},
           Case{issue(1, 30, {"good first issue"}), Compiles::kYes, 30},
       }) {
    Rank rank = rank_of(one.issue, one.compiles, weights, kNow);
    EXPECT_EQ(rank.points, one.points);
    int sum = 0;
    for (const Part& part : rank.parts) sum += part.points;
    EXPECT_EQ(sum, rank.points) << "what is shown adds up";
  }
}

TEST(RankTest, WeightsAreReadAndWrongOnesAreNamed) {
  ASSERT_GIVES(auto weights, weights_of({"votes=0", " Age = 3", "label:a=b=-2", "asks=0"}));
  EXPECT_EQ(weights.vote, 0);
  EXPECT_EQ(weights.month, 3);
  EXPECT_EQ(weights.compiles, 20);
  EXPECT_EQ(weights.labels.at("a=b"), -2);
  EXPECT_THAT(to_text(weights), HasSubstr("-2 for 'a=b'"));
  for (const char* word : {"", "votes", "votes=", "votes=x", "votes=1.5", "votes=99999999999",
                           "stars=1", "label:=1", "votes=1 2"}) {
    auto wrong = weights_of({word});
    ASSERT_FALSE(wrong.ok()) << word;
    EXPECT_EQ(wrong.error().fault, Fault::kConfiguration);
    EXPECT_THAT(wrong.error().message, HasSubstr("factory.intake.weight"));
    EXPECT_NE(wrong.error().hint, "");
  }
}

}  // namespace
}  // namespace gf::intake
