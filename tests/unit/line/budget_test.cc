// Caps as they are configured, and what a purse says when one is reached.
#include "line/budget.h"

#include <gmock/gmock.h>

#include "session/config.h"
#include "support/assertions.h"
#include "support/clock.h"

namespace gf::line {
namespace {

using ::testing::HasSubstr;
constexpr int64_t kDollar = 1'000'000'000'000;

session::Config with(const std::string& key, const std::string& value) {
  session::Config config;
  config.add(key, value);
  return config;
}
Budget capped(std::optional<int64_t> pico, std::optional<int64_t> tokens = {},
              std::optional<int64_t> calls = {}, std::optional<Milliseconds> wall = {}) {
  return {pico, tokens, calls, wall};
}

TEST(BudgetFromTest, EveryCapIsReadInItsOwnUnit) {
  session::Config config;
  config.add("factory.build.budgetUsd", " 0.25 ");
  config.add("factory.build.budgetTokens", "1000");
  config.add("factory.build.budgetCalls", "7");
  config.add("factory.build.budgetSeconds", "90");

  ASSERT_GIVES(auto budget, budget_from(config, "factory.build."));

  EXPECT_EQ(budget.pico_usd, kDollar / 4);
  EXPECT_EQ(budget.tokens, 1000);
  EXPECT_EQ(budget.calls, 7);
  EXPECT_EQ(budget.wall, Milliseconds(90000));
}

TEST(BudgetFromTest, WhatIsNotSetHasNoLimitAndAnothersCapIsNotOurs) {
  ASSERT_GIVES(auto budget, budget_from(with("factory.plan.budgetUsd", "1"), "factory.build."));

  EXPECT_EQ(budget.pico_usd, std::nullopt);
  EXPECT_EQ(budget.tokens, std::nullopt);
  EXPECT_EQ(budget.calls, std::nullopt);
  EXPECT_EQ(budget.wall, std::nullopt);
}

TEST(BudgetFromTest, AWrongCapIsAnErrorAndNeverNoCap) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"budgetUsd", "cheap"},  {"budgetUsd", "-1"},      {"budgetUsd", "1 dollar"},
      {"budgetUsd", ""},       {"budgetTokens", "1.5"},  {"budgetTokens", "-1"},
      {"budgetCalls", "many"}, {"budgetSeconds", "10m"}, {"budgetSeconds", "9223372036854775807"},
      {"budgetCalls", "1e3"},
  };
  for (const auto& [name, value] : wrong) {
    auto budget = budget_from(with("factory." + name, value), "factory.");
    ASSERT_FALSE(budget.ok()) << name << " = '" << value << "'";
    EXPECT_EQ(budget.error().fault, Fault::kConfiguration);
    EXPECT_THAT(budget.error().message, HasSubstr("factory." + name));
  }
}

TEST(UnpricedCeilingTest, IsOfOneTokenAndRoundedUp) {
  EXPECT_EQ(unpriced_ceiling(session::Config()).value(), std::nullopt);
  EXPECT_EQ(unpriced_ceiling(with("factory.unpricedUsd", "3")).value(), 3 * kDollar / 1'000'000);
  EXPECT_EQ(unpriced_ceiling(with("factory.unpricedUsd", "0.0000001")).value(), 1)
      << "a price is never rounded down to nothing";
  EXPECT_EQ(unpriced_ceiling(with("factory.unpricedUsd", "0")).value(), 0);
  EXPECT_FALSE(unpriced_ceiling(with("factory.unpricedUsd", "some")).ok());
}

TEST(PurseTest, EachCapSaysWhatIsSpentWhatIsAskedAndHowToGoOn) {
  struct Case {
    const char* key;
    Budget budget;
    const char* message;
    const char* hint;
  };
  const Expense spent{kDollar / 2, 900, 2, Milliseconds(60000)};
  const Expense next{kDollar, 200, 1, Milliseconds(0)};
  const std::vector<Case> cases = {
      {"factory.budget", capped(kDollar), "$0.5000 spent by the run, the next call may take $1.00",
       "go on with 'git factory resume --budget <more>'"},
      {"factory.build.budget", capped(kDollar), "$0.5000 spent by the run",
       "raise factory.build.budgetUsd and go on with 'git factory resume'"},
      {"factory.budget", capped({}, 1000),
       "900 tokens spent by the run, the next call may take 200, 1000 is the cap",
       "raise factory.budgetTokens"},
      {"factory.budget", capped({}, {}, 2),
       "2 calls spent by the run, the next call may take 1, 2 is the cap",
       "raise factory.budgetCalls"},
      {"factory.budget", capped({}, {}, {}, Milliseconds(60000)), "60 s spent by the run",
       "raise factory.budgetSeconds"},
  };
  for (const Case& one : cases) {
    Purse purse("the run", one.key, one.budget);
    purse.add(spent);
    Result<void> held = purse.hold(next);
    ASSERT_FALSE(held.ok()) << one.message;
    EXPECT_EQ(held.error().fault, Fault::kUser);
    EXPECT_THAT(held.error().message, HasSubstr(one.message));
    EXPECT_THAT(held.error().hint, HasSubstr(one.hint));
  }
}

TEST(PurseTest, WhatExactlyFitsIsAllowed) {
  Purse purse("the run", "factory.budget", capped(kDollar, 100, 1));

  EXPECT_DONE(purse.hold({kDollar, 100, 1, {}}));
  EXPECT_FALSE(purse.hold({0, 0, 1, {}}).ok()) << "held back is as good as spent";
}

TEST(PurseTest, WhatACallDidNotNeedIsThereAgain) {
  Purse purse("the run", "factory.budget", capped(kDollar));
  const Expense worst{kDollar, 100, 1, {}};
  ASSERT_DONE(purse.hold(worst));

  purse.settle(worst, {kDollar / 10, 10, 1, Milliseconds(5)});

  EXPECT_EQ(purse.spent().pico_usd, kDollar / 10);
  EXPECT_EQ(purse.spent().wall, Milliseconds(5));
  EXPECT_DONE(purse.hold({kDollar / 10 * 9, 0, 1, {}}));
}

TEST(PurseTest, OthersSpendFromTheSameCap) {
  Purse purse("the batch", "factory.batch.budget", capped(kDollar));
  purse.set_others({kDollar / 2, 0, 3, {}});
  EXPECT_FALSE(purse.hold({kDollar, 0, 1, {}}).ok());

  purse.set_others({0, 0, 0, {}});

  EXPECT_DONE(purse.hold({kDollar, 0, 1, {}})) << "what was said last counts";
  EXPECT_EQ(purse.spent().pico_usd, 0) << "theirs is not ours";
}

TEST(PurseTest, OnAClockTimePassesByItselfAndCallsAddNone) {
  test::StandingClock clock;
  Purse purse("the run", "factory.budget", capped({}, {}, {}, Milliseconds(1000)), &clock);
  purse.settle({}, {0, 0, 1, Milliseconds(900)});
  EXPECT_EQ(purse.time_left(), Milliseconds(1000));

  clock.advance(Milliseconds(1500));

  EXPECT_EQ(purse.time_left(), Milliseconds(0)) << "never less than none";
  EXPECT_FALSE(purse.hold({}).ok());
}

}  // namespace
}  // namespace gf::line
