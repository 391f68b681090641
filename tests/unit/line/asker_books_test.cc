// What an Asker's calls cost, and what it finds on record instead of asking.
#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "line/onto_newer.h"
#include "line/wishes.h"
#include "unit/line/asking.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

record::Usage usage(std::optional<int64_t> input, std::optional<int64_t> output) {
  record::Usage made;
  made.input_total = input;
  made.output_total = output;
  return made;
}

TEST(ExpenseOfTest, WhatNobodyToldCountsAsTheWorstAndSumsStayAtTheirEnd) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const Expense worst{900, 90, 1, Milliseconds(7)};
  struct Case {
    const char* what;
    std::optional<record::Usage> used;
    std::optional<int64_t> cost;
    std::optional<record::Usage> paid;
    int64_t pico_usd, tokens;
  };
  for (const Case& one : {
           Case{"nothing came of it", {}, {}, {}, 0, 0},
           Case{"all told", usage(30, 12), 5, {}, 5, 42},
           Case{"no price", usage(30, 12), {}, {}, 900, 42},
           Case{"no usage", usage({}, {}), 5, {}, 5, 90},
           Case{"half of the usage", usage({}, 12), 5, {}, 5, 12},
           Case{"nothing told", usage({}, {}), {}, {}, 900, 90},
           Case{"nothing is not unknown", usage(0, 0), 0, {}, 0, 0},
           Case{"paid for in vain before", usage(30, 12), 5, usage(1, 2), 10, 45},
           Case{"only paid for", {}, 5, usage({}, {}), 5, 90},
           Case{"too much to count", usage(kMost, kMost), kMost, usage(1, 1), kMost, kMost},
       }) {
    record::Exchange exchange;
    record::Cost cost{one.cost, "table"};
    if (one.used) {
      exchange.answer.emplace();
      exchange.answer->usage = *one.used;
      exchange.answer->cost = cost;
    }
    if (one.paid) exchange.paid = record::Paid{"m", "", *one.paid, cost};

    Expense spent = expense_of(exchange, worst);

    EXPECT_EQ(spent.pico_usd, one.pico_usd) << one.what;
    EXPECT_EQ(spent.tokens, one.tokens) << one.what;
    EXPECT_EQ(spent.calls, 1) << one.what;
    EXPECT_EQ(spent.wall, worst.wall) << one.what;
  }
}

TEST_F(AskerTest, WhatWasTakenIsTheSumSinceTheLastTimeAndThenNothing) {
  program("good",
          "echo '{\"text\": \"y\", \"model\": \"m1\", \"cost_usd\": 0.02, \"usage\": "
          "{\"input_total\": 70, \"output_total\": 40}}'");
  Asker& asker = this->asker({{"factory.model", "good/x"}});
  EXPECT_EQ(asker.answered(), "");
  ASSERT_DONE(asker.ask(request(1)));
  ASSERT_DONE(asker.ask(request(2)));
  EXPECT_EQ(asker.answered(), "good/m1");

  Asker::Taken taken = asker.take();

  EXPECT_THAT(taken.exchanges, ElementsAre(1, 2));
  EXPECT_EQ(taken.usage.input_total, 140);
  EXPECT_EQ(taken.cost.pico_usd, 40'000'000'000);
  Asker::Taken nothing = asker.take();
  EXPECT_THAT(nothing.exchanges, IsEmpty());
  EXPECT_EQ(nothing.cost.basis, "none");
  EXPECT_EQ(nothing.cost.pico_usd, 0);
  EXPECT_EQ(asker.answered(), "");
}

TEST_F(AskerTest, ACallThatCouldPassTheBudgetByItselfIsWarnedOfOnce) {
  program("good", "echo '{\"text\": \"y\"}'");
  Budget budget;
  budget.pico_usd = 1;
  Asker& asker =
      this->asker({{"factory.model", "good/x"}, {"factory.unpricedUsd", "1000"}}, budget);

  ASSERT_DONE(asker.check({"plan", "build", "review"}));

  auto warned = std::count_if(announced_.begin(), announced_.end(), [](const std::string& line) {
    return line.find("warning one call of 'good/x' can come to") != std::string::npos;
  });
  EXPECT_EQ(warned, 1);
  EXPECT_FALSE(asker.ask(request()).ok());
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(AskerTest, AStepWhoseQuestionWasAnsweredKeepsWhatItSaid) {
  program("good", "echo '{\"text\": \"which one?\"}'");
  session::Config::Settings settings = {{"factory.model", "good/x"}};
  ASSERT_DONE(asker(settings).ask(request()));
  record::StageRecord stage;
  stage.seq = 1;
  stage.stage = "build";
  stage.tree_out = tree_;
  ASSERT_DONE(active_->put_stage(stage));
  EXPECT_FALSE(asker_->knows(request(1, "in other words"))) << "nobody has answered it";
  record::RunRecord run = active_->run();
  run.answers = {{1, 1, "which one?", "this one", "A", false, {}}};
  active_->put_run(run);

  EXPECT_TRUE(asker_->knows(request(1, "in other words")));
  ASSERT_GIVES(auto answer, asker_->ask(request(1, "in other words")));

  EXPECT_EQ(answer.message.content, "which one?");
  EXPECT_FALSE(asker_->knows(request(2, "in other words"))) << "another turn is another question";
  EXPECT_THAT(asked(), ElementsAre("good"));
}

/// A replay that knows one answer.
class OneAnswer : public Past {
 public:
  [[nodiscard]] bool replays() const override { return true; }
  [[nodiscard]] const record::Exchange* answer(const record::ModelRequest& request) const override {
    return request.turn == 1 ? &known : nullptr;
  }
  void miss(const record::ModelRequest& request) override { missed.push_back(request.turn); }

  record::Exchange known;
  std::vector<int> missed;
};

TEST_F(AskerTest, AReplayAsksNobodyAndSaysWhatItMisses) {
  program("good", "echo '{\"text\": \"new\"}'");
  OneAnswer past;
  past.known.seq = 1;
  past.known.provider = "gone";
  past.known.request = request();
  past.known.request.schema = record::Json::object({{"type", "object"}});
  past.known.answer.emplace();
  past.known.answer->model = "m";
  past.known.answer->message.content = "as it was";
  this->asker({{"factory.model", "good/x"}});
  Asker asker(
      *context_, *active_, *config_, {}, [](const auto&, const auto&, const auto&) {}, past);

  ASSERT_GIVES(auto answer, asker.ask(request(1, "whatever is asked now")));
  EXPECT_EQ(asker.schema().get_string("type"), "object") << "the one that it was asked with";
  auto missing = asker.ask(request(2));

  EXPECT_EQ(answer.message.content, "as it was");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().fault, Fault::kBadData);
  EXPECT_THAT(missing.error().message, HasSubstr("no answer is recorded for build 1 turn 2"));
  EXPECT_THAT(past.missed, ElementsAre(2));
  EXPECT_THAT(asked(), IsEmpty());
}

TEST(OntoTest, WhatBecameOfTheChangeIsOneLineWithBothTips) {
  record::RunRecord run;
  run.base = Oid::parse(std::string(40, 'a')).value();
  Onto onto;
  onto.base.name = "main";
  onto.base.commit = Oid::parse(std::string(40, 'b')).value();
  onto.why = "it meets other changes in a.py";
  EXPECT_EQ(to_text(onto, run),
            "main has moved to bbbbbbbbbb since the run began at aaaaaaaaaa, and the change is not "
            "on it: it meets other changes in a.py");

  onto.tree = Oid::parse(std::string(40, 'c')).value();
  keep_new_base(run, onto.base.commit, onto.tree);
  EXPECT_THAT(to_text(onto, run), HasSubstr("main moved to bbbbbbbbbb while the run was on"));
  EXPECT_THAT(to_text(onto, run), HasSubstr("(it began at aaaaaaaaaa)"))
      << "its base is the new one by now";
}

}  // namespace
}  // namespace gf::line
