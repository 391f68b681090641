// Asking models: in order, within the budget, on record before use, and never for the same twice.
#include "engine/asker.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AskerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base_ = place_.commit("first");
    engine::Setup setup;
    setup.directory = place_.path();
    setup.environment = place_.environment();
    setup.environment["OLLAMA_HOST"] = "127.0.0.1:9";
    setup.clock = &clock_;
    setup.cancel = &cancel_;
    auto opened = Context::open(setup, true);
    ASSERT_DONE(opened);
    context_ = std::move(opened).value();
    record::RunRecord run;
    run.id = RunId::make(clock_.now(), 1);
    run.base = base_;
    run.base_tree = context_->repo.commit(base_).value().tree;
    active_.emplace(std::move(context_->store->begin(run)).value());
  }
  /// A program that answers like this, and writes down that it was asked.
  void program(const std::string& name, const std::string& script) {
    std::string path = folder_.write(
        name, "#!/bin/sh\necho " + name + " >> " + folder_ / "asked" + "\n" + script + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    place_.git({"config", "factory.provider." + name + ".kind", "command"});
    place_.git({"config", "factory.provider." + name + ".command", path});
  }
  Asker& asker(const Config::Settings& settings, Budget budget = {}) {
    config_.emplace(
        std::move(Config::load(context_->repo, context_->git, Oid(), settings)).value());
    asker_.emplace(*context_, *active_, *config_, budget,
                   [this](const std::string& kind, const std::string& text, const record::Json&) {
                     told_.push_back(kind + " " + text);
                   });
    return *asker_;
  }
  static record::ModelRequest request(int turn = 1, const std::string& text = "do it") {
    record::ModelRequest made;
    made.stage = "build";
    made.turn = turn;
    made.messages.push_back({record::Message::Role::kUser, text, {}, "", ""});
    return made;
  }
  std::vector<std::string> asked() const { return lines(folder_.read("asked")); }

  test::TempRepo place_;
  test::TempFolder folder_;
  test::StandingClock clock_;
  Cancel cancel_;
  Oid base_;
  std::unique_ptr<Context> context_;
  std::optional<store::ActiveRun> active_;
  std::optional<Config> config_;
  std::optional<Asker> asker_;
  std::vector<std::string> told_;
};

TEST_F(AskerTest, AnAnswerIsOnRecordWhenItIsGiven) {
  program("good", "echo '{\"text\": \"yes\", \"model\": \"m1\"}'");
  ASSERT_GIVES(auto answer, asker({{"factory.model", "good/x"}}).ask(request()));
  EXPECT_EQ(answer.message.content, "yes");
  ASSERT_GIVES(auto again, context_->store->reopen(active_->run().id));
  ASSERT_EQ(again.exchanges().size(), 1u);
  EXPECT_EQ(again.exchanges()[0].answer->model, "m1");
}

TEST_F(AskerTest, WhatIsOnRecordIsNotBoughtAgain) {
  program("good", "echo '{\"text\": \"yes\"}'");
  Config::Settings settings = {{"factory.model", "good/x"}};
  ASSERT_DONE(asker(settings).ask(request()));
  active_.emplace(std::move(context_->store->reopen(active_->run().id)).value());
  ASSERT_GIVES(auto kept, asker(settings).ask(request()));
  EXPECT_EQ(kept.message.content, "yes");
  EXPECT_THAT(asked(), ElementsAre("good"));
  // Another question is another question.
  ASSERT_DONE(asker_->ask(request(1, "do something else")));
  EXPECT_THAT(asked(), ElementsAre("good", "good"));
}

TEST_F(AskerTest, TheNextModelIsAskedWhenOneFailsAndBothAreOnRecord) {
  program("bad", "echo 'quota' >&2; exit 75");
  program("good", "echo '{\"text\": \"yes\"}'");
  ASSERT_GIVES(auto answer,
               asker({{"factory.model", "bad/x"}, {"factory.model", "good/x"}}).ask(request()));
  EXPECT_EQ(answer.provider, "good");
  EXPECT_THAT(asked(), ElementsAre("bad", "good"));
  ASSERT_EQ(active_->exchanges().size(), 2u);
  EXPECT_EQ(active_->exchanges()[0].failure, record::ModelFailure::kRateLimited);
  Asker::Taken taken = asker_->take();
  EXPECT_THAT(taken.exchanges, ElementsAre(1, 2));
  EXPECT_EQ(taken.provider, "good");
  EXPECT_TRUE(asker_->take().exchanges.empty()) << "taken once";
}

TEST_F(AskerTest, WhenNobodyAnswersEveryFailureIsTold) {
  program("one", "echo first >&2; exit 1");
  program("two", "echo nonsense");
  auto answer = asker({{"factory.model", "one/x"}, {"factory.model", "two/x"}}).ask(request());
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("one/x: exit 1: first"));
  EXPECT_THAT(answer.error().message, HasSubstr("two/x: "));
}

TEST_F(AskerTest, NothingIsAskedBeyondTheBudget) {
  program("dear", "echo '{\"text\": \"yes\", \"cost_usd\": 0.02}'");
  Budget budget;
  budget.pico_usd = 30'000'000'000;  // three cents
  Asker& asker = this->asker({{"factory.model", "dear/x"}}, budget);
  ASSERT_DONE(asker.ask(request(1)));
  ASSERT_DONE(asker.ask(request(2)));
  auto third = asker.ask(request(3));
  ASSERT_FALSE(third.ok());
  EXPECT_THAT(third.error().message, HasSubstr("budget is used up ($0.0400 spent)"));
  EXPECT_EQ(asked().size(), 2u);
  // What was spent counts after a restart as well, and what is on record is free.
  active_.emplace(std::move(context_->store->reopen(active_->run().id)).value());
  Asker& later = this->asker({{"factory.model", "dear/x"}}, budget);
  EXPECT_DONE(later.ask(request(2)));
  EXPECT_FALSE(later.ask(request(3)).ok());
}

TEST_F(AskerTest, CallsAndTokensHaveTheirLimitsToo) {
  program("good",
          "echo '{\"text\": \"y\", \"usage\": {\"input_total\": 70, \"output_total\": 40}}'");
  Budget tokens;
  tokens.tokens = 100;
  ASSERT_DONE(asker({{"factory.model", "good/x"}}, tokens).ask(request(1)));
  auto second = asker_->ask(request(2));
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("110 tokens"));
  Budget calls;
  calls.calls = 1;
  EXPECT_FALSE(asker({{"factory.model", "good/x"}}, calls).ask(request(3)).ok());
}

TEST_F(AskerTest, AWishToStopEndsTheChain) {
  program("good", "echo '{\"text\": \"yes\"}'");
  Asker& asker = this->asker({{"factory.model", "good/x"}});
  cancel_.request();
  auto answer = asker.ask(request());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kCancelled);
  EXPECT_TRUE(asked().empty());
}

TEST_F(AskerTest, TheCheckBeforeARunNamesTheStageThatNobodyCanAnswerFor) {
  program("good", "exit 0");
  EXPECT_DONE(asker({{"factory.model", "good/x"}}).check({"plan", "build"}));
  auto missing = asker({{"factory.plan.model", "good/x"}}).check({"plan", "build"});
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr("no model is configured for build"));
  EXPECT_THAT(missing.error().hint, HasSubstr("git config factory.model"));
  auto gone = asker({{"factory.model", "gone/x"},
                     {"factory.provider.gone.kind", "command"},
                     {"factory.provider.gone.command", "no-such-program-here"}})
                  .check({"plan"});
  ASSERT_FALSE(gone.ok());
  EXPECT_THAT(gone.error().message, HasSubstr("'no-such-program-here' was not found"));
  EXPECT_TRUE(asked().empty()) << "checking asks nothing";
}

}  // namespace
}  // namespace gf::engine
