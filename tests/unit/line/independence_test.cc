// Who reviews is another model than who built, by who in fact answered.
#include "line/independence.h"

#include "unit/line/asking.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

using Names = std::vector<std::string>;

TEST(IndependenceTest, WhomAReviewIsAskedOf) {
  struct Row {
    const char* what;
    Independence how;
    Names configured;
    std::set<std::string> builders;
    Names asked;
  };
  const std::vector<Row> rows = {
      {"nobody built", Independence::kRequire, {"a/x", "b/y"}, {}, {"a/x", "b/y"}},
      {"as configured", Independence::kOff, {"a/x", "b/y"}, {"a/x"}, {"a/x", "b/y"}},
      {"others first", Independence::kPrefer, {"a/x", "b/y"}, {"a/x"}, {"b/y", "a/x"}},
      {"in their order",
       Independence::kPrefer,
       {"a/x", "b/y", "c/z"},
       {"b/y"},
       {"a/x", "c/z", "b/y"}},
      {"nobody else", Independence::kPrefer, {"a/x"}, {"a/x"}, {"a/x"}},
      {"others alone", Independence::kRequire, {"a/x", "b/y"}, {"a/x"}, {"b/y"}},
      {"nobody is left", Independence::kRequire, {"a/x"}, {"a/x", "b/y"}, {}},
      {"another service's", Independence::kRequire, {"b/x"}, {"a/x"}, {"b/x"}},
  };
  for (const Row& row : rows)
    EXPECT_EQ(reviewers_among(row.configured, row.builders, row.how), row.asked) << row.what;
}

record::Exchange by(const std::string& stage, const std::string& asked,
                    const std::string& answered) {
  record::Exchange exchange;
  exchange.provider = "one";
  exchange.model_asked = asked;
  exchange.request.stage = stage;
  if (!answered.empty()) exchange.answer.emplace().model = answered;
  return exchange;
}

TEST(IndependenceTest, WhoeverBuiltReviewsItsOwnWork) {
  record::Exchange scripted = by("build", "x", "x");
  scripted.answer->cost.basis = "scripted";
  struct Row {
    const char* what;
    std::vector<record::Exchange> exchanges;
    bool own;
  };
  const std::vector<Row> rows = {
      {"nobody reviewed", {by("build", "x", "x")}, false},
      {"another", {by("build", "x", "x"), by("review", "y", "y")}, false},
      {"who built last",
       {by("build", "x", "x"), by("build", "y", "y"), by("review", "y", "y")},
       true},
      {"who built first",
       {by("build", "x", "x"), by("build", "y", "y"), by("review", "x", "x")},
       true},
      {"who built after a rework",
       {by("build", "x", "x"), by("review", "z", "z"), by("build", "y", "y"),
        by("review", "x", "x")},
       true},
      {"who was asked and did not answer",
       {by("build", "x", ""), by("build", "y", "y"), by("review", "x", "x")},
       false},
      {"under another name", {by("build", "latest", "x"), by("review", "other", "x")}, true},
      {"who was asked by the name that built",
       {by("build", "x", "x-2"), by("review", "x", "x-3")},
       true},
      {"another at last",
       {by("build", "x", "x"), by("review", "x", "x"), by("review", "y", "y")},
       false},
      {"a script has no author", {scripted, by("review", "x", "x")}, false},
  };
  for (const Row& row : rows) EXPECT_EQ(reviews_own_work(row.exchanges), row.own) << row.what;
}

TEST(IndependenceTest, WhatCanBeKnownBefore) {
  constexpr auto kOff = Independence::kOff, kPrefer = Independence::kPrefer,
                 kRequire = Independence::kRequire;
  constexpr auto kAnother = Prospect::kAnother, kOwnOfOthers = Prospect::kOwnOfOthers,
                 kOwn = Prospect::kOwn;
  struct Row {
    Names build, review;
    Independence how;
    Prospect prospect;
  };
  const std::vector<Row> rows = {
      {{"a/x"}, {"a/x"}, kOff, kOwn},
      {{"a/x"}, {"a/x"}, kPrefer, kOwn},
      {{"a/x"}, {"a/x"}, kRequire, kOwn},
      {{"a/x"}, {"b/y"}, kOff, kAnother},
      {{"a/x"}, {"b/y"}, kPrefer, kAnother},
      {{"a/x"}, {"b/y"}, kRequire, kAnother},
      {{"a/x"}, {"a/x", "b/y"}, kOff, kOwn},
      {{"a/x"}, {"a/x", "b/y"}, kPrefer, kAnother},
      {{"a/x"}, {"a/x", "b/y"}, kRequire, kAnother},
      {{"a/x", "b/y"}, {"a/x", "b/y"}, kPrefer, kOwnOfOthers},
      {{"a/x", "b/y"}, {"a/x", "b/y"}, kRequire, kOwnOfOthers},
      {{"a/x", "b/y"}, {"b/y"}, kOff, kOwnOfOthers},
      {{"a/x", "b/y"}, {"b/y"}, kPrefer, kOwnOfOthers},
      {{"a/x", "b/y"}, {"b/y"}, kRequire, kOwnOfOthers},
      {{"a/x", "b/y"}, {"b/y", "c/z"}, kRequire, kAnother},
      {{"scripted/a"}, {"scripted/a"}, kRequire, kAnother},
      {{"scripted/a", "b/y"}, {"b/y"}, kRequire, kOwnOfOthers},
      {{}, {"a/x"}, kRequire, kAnother},
      {{"a/x"}, {}, kRequire, kAnother},
  };
  for (const Row& row : rows)
    EXPECT_EQ(prospect_of(row.build, row.review, row.how), row.prospect)
        << "row " << &row - rows.data();
}

class ReviewerTest : public AskerTest {
 protected:
  static record::ModelRequest of(const std::string& stage, int turn = 1) {
    record::ModelRequest made = request(turn, "of " + stage);
    made.stage = stage;
    return made;
  }
  /// Two programs, each with a name of its own.
  void programs() {
    program("one", R"(echo '{"text": "1", "model": "x"}')");
    program("two", R"(echo '{"text": "2", "model": "y"}')");
  }
  session::Config::Settings both(const std::string& how) {
    return {{"factory.model", "one/x"},
            {"factory.model", "two/y"},
            {"factory.review.independence", how}};
  }
};

struct Wanted {
  const char* how;
  const char* reviewer;
};
class WantedReviewerTest : public ReviewerTest, public ::testing::WithParamInterface<Wanted> {};

TEST_P(WantedReviewerTest, IsAsked) {
  programs();
  Asker& asker = this->asker(both(GetParam().how));
  ASSERT_DONE(asker.check({"build", "review"}));
  ASSERT_EQ(asker.ask(of("build")).value().provider, "one");
  EXPECT_EQ(asker.ask(of("review")).value().provider, GetParam().reviewer);
  EXPECT_THAT(announced_, Not(Contains(HasSubstr("reviews what it built"))));
}

INSTANTIATE_TEST_SUITE_P(All, WantedReviewerTest,
                         ::testing::Values(Wanted{"prefer", "two"}, Wanted{"require", "two"},
                                           Wanted{"off", "one"}),
                         [](const auto& row) { return std::string(row.param.how); });

TEST_F(ReviewerTest, AFallbackThatBuiltIsNotWhoReviews) {
  program("one", "echo gone >&2; exit 1");
  program("two", R"(echo '{"text": "2", "model": "y"}')");
  program("three", R"(echo '{"text": "3", "model": "z"}')");
  Asker& asker = this->asker({{"factory.model", "one/x"},
                              {"factory.model", "two/y"},
                              {"factory.review.model", "two/y"},
                              {"factory.review.model", "three/z"},
                              {"factory.review.independence", "require"}});
  ASSERT_DONE(asker.check({"build", "review"}));
  ASSERT_EQ(asker.ask(of("build")).value().provider, "two");
  EXPECT_EQ(asker.ask(of("review")).value().provider, "three");
}

TEST_F(ReviewerTest, WhereNobodyElseIsThereItIsToldOrRefused) {
  programs();
  Asker& one = asker({{"factory.model", "one/x"}});
  ASSERT_DONE(one.check({"build", "review"}));
  ASSERT_DONE(one.ask(of("build")));
  ASSERT_DONE(one.ask(of("review")));
  ASSERT_DONE(one.ask(of("review", 2)));
  EXPECT_EQ(std::count_if(announced_.begin(), announced_.end(),
                          [](const std::string& line) {
                            return line.find("'one/x' reviews what it built") != std::string::npos;
                          }),
            1);

  Asker& none = asker({{"factory.model", "one/x"}, {"factory.review.independence", "require"}});
  auto refused = none.check({"build", "review"});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("who could review is who builds: one/x"));
  EXPECT_THAT(refused.error().hint, HasSubstr("factory.review.model"));
  EXPECT_DONE(none.check({"plan"})) << "nobody reviews there";
}

TEST_F(ReviewerTest, WhoAnswersUnderAnotherNameIsStillWhoBuilt) {
  programs();
  // Two names of one service: whatever is asked, "x" answers.
  session::Config::Settings settings = {{"factory.build.model", "one/x"},
                                        {"factory.review.model", "one/other"},
                                        {"factory.review.independence", "require"}};
  Asker& asker = this->asker(settings);
  ASSERT_DONE(asker.check({"build", "review"}));
  ASSERT_DONE(asker.ask(of("build")));
  for (int again = 0; again < 2; ++again) {
    auto answer = asker.ask(of("review"));
    ASSERT_FALSE(answer.ok());
    EXPECT_THAT(answer.error().message, HasSubstr("one/other: 'x' answered, who built it"));
  }
  EXPECT_FALSE(asker.ask(of("review", 2)).ok()) << "nor at the next turn";
  EXPECT_EQ(active_->exchanges().size(), 2u) << "what does not count is not bought again";

  settings.add("factory.review.model", "two/y");
  Asker& more = this->asker(settings);
  ASSERT_DONE(more.check({"build", "review"}));
  EXPECT_EQ(more.ask(of("review")).value().provider, "two");
}

TEST_F(ReviewerTest, NobodyBuildsWhoIsTheLastToReview) {
  program("one", "echo gone >&2; exit 1");
  program("two", R"(echo '{"text": "2", "model": "y"}')");
  Asker& asker = this->asker({{"factory.build.model", "one/x"},
                              {"factory.build.model", "two/y"},
                              {"factory.review.model", "two/y"},
                              {"factory.review.independence", "require"}});
  ASSERT_DONE(asker.check({"build", "review"}));
  auto answer = asker.ask(of("build"));
  ASSERT_FALSE(answer.ok()) << "before anything is paid that nobody could review";
  EXPECT_THAT(answer.error().message, HasSubstr("one/x"));
}

TEST_F(ReviewerTest, WhatIsNoWordForItIsNamed) {
  programs();
  auto refused = asker(both("always")).check({"build", "review"});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message + refused.error().hint,
              HasSubstr("factory.review.independence"));
}

}  // namespace
}  // namespace gf::line
