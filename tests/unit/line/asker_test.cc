// Asking models: in order, within the budget, on record before use, and never for the same twice.
#include "asking.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  session::Config::Settings settings = {{"factory.model", "good/x"}};
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
  budget.pico_usd = 50'000'000'000;  // five cents: what it cost before is what it may cost next
  Asker& asker = this->asker({{"factory.model", "dear/x"}}, budget);
  ASSERT_DONE(asker.ask(request(1)));
  ASSERT_DONE(asker.ask(request(2)));
  auto third = asker.ask(request(3));
  ASSERT_FALSE(third.ok());
  EXPECT_THAT(
      third.error().message,
      HasSubstr("budget is used up ($0.0400 spent by the run, the next call may take $0.0200"));
  EXPECT_EQ(asked().size(), 2u);
  // What was spent counts after a restart as well, and what is on record is free.
  active_.emplace(std::move(context_->store->reopen(active_->run().id)).value());
  Asker& later = this->asker({{"factory.model", "dear/x"}}, budget);
  EXPECT_DONE(later.ask(request(2)));
  EXPECT_FALSE(later.ask(request(3)).ok());
  budget.pico_usd = 70'000'000'000;
  EXPECT_DONE(this->asker({{"factory.model", "dear/x"}}, budget).ask(request(3)))
      << "a higher cap goes on";
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
  EXPECT_THAT(missing.error().hint, HasSubstr("git config --add factory.model"));
  auto gone = asker({{"factory.model", "gone/x"},
                     {"factory.provider.gone.kind", "command"},
                     {"factory.provider.gone.command", "no-such-program-here"}})
                  .check({"plan"});
  ASSERT_FALSE(gone.ok());
  EXPECT_THAT(gone.error().message, HasSubstr("'no-such-program-here' was not found"));
  EXPECT_TRUE(asked().empty()) << "checking asks nothing";
}

TEST_F(AskerTest, AProgramThatTellsNoCostCannotBeHeldToDollars) {
  program("mute", "echo '{\"text\": \"yes\"}'");
  Budget budget;
  budget.pico_usd = 1'000'000'000'000;
  Asker& asker = this->asker({{"factory.model", "mute/x"}}, budget);
  ASSERT_DONE(asker.ask(request(1)));
  auto second = asker.ask(request(2));
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("what 'mute/x' costs is not known"));
  EXPECT_DONE(this->asker({{"factory.model", "mute/x"}, {"factory.unpricedUsd", "3"}}, budget)
                  .ask(request(2)));
}

TEST_F(AskerTest, AStageHasItsOwnCap) {
  program("good", "echo '{\"text\": \"yes\"}'");
  Asker& asker = this->asker({{"factory.model", "good/x"}, {"factory.build.budgetCalls", "1"}});
  ASSERT_DONE(asker.ask(request(1)));
  auto second = asker.ask(request(2));
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("1 calls spent by build"));
  EXPECT_THAT(second.error().hint, HasSubstr("factory.build.budgetCalls"));
  record::ModelRequest other = request(1);
  other.stage = "plan";
  EXPECT_DONE(asker.ask(other));
}

TEST_F(AskerTest, ACallOfAStageHasItsTime) {
  program("slow", "exec sleep 60");
  Asker& asker = this->asker({{"factory.model", "slow/x"}, {"factory.build.timeout", "1"}});
  auto answer = asker.ask(request());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(active_->exchanges()[0].failure, record::ModelFailure::kTransport);
  EXPECT_FALSE(this->asker({{"factory.model", "slow/x"}, {"factory.build.timeout", "soon"}})
                   .ask(request())
                   .ok());
}

TEST_F(AskerTest, ARunStopsAtItsTime) {
  program("good", "echo '{\"text\": \"yes\"}'");
  Budget budget;
  budget.wall = Milliseconds(60000);
  Asker& asker = this->asker({{"factory.model", "good/x"}}, budget);
  ASSERT_DONE(asker.ask(request(1)));
  clock_.advance(Milliseconds(60000));
  EXPECT_FALSE(asker.ask(request(2)).ok());
}

// --- services ---

TEST_F(AskerTest, ALimitThatPassesIsWaitedForAsLongAsTheServiceSays) {
  test::ActingServer server({test::answers("429 Too Many Requests", "{}", "Retry-After: 7\r\n"),
                             test::answers("503 Service Unavailable", "{}"),
                             test::openai_says("yes", "m")});
  ASSERT_GIVES(auto answer, asker(service("web", server)).ask(request()));
  EXPECT_EQ(answer.message.content, "yes");
  ASSERT_EQ(clock_.waits().size(), 2u);
  EXPECT_GE(clock_.waits()[0].count(), 7000);
  EXPECT_LT(clock_.waits()[0].count(), 7250);
  EXPECT_LE(clock_.waits()[1].count(), 1000);
  ASSERT_EQ(active_->exchanges().size(), 3u) << "every attempt is on record";
  EXPECT_EQ(active_->exchanges()[1].attempt, 2);
  EXPECT_EQ(active_->exchanges()[2].attempt, 3);
}

TEST_F(AskerTest, AClockThatIsSetMakesNoCallLongAndNoCapFull) {
  test::Act answer = test::openai_says("yes", "m");
  int calls = 0;
  test::ActingServer server([&](const test::Asked& asked, test::Peer& peer) {
    clock_.jump(std::chrono::hours(calls++ % 2 == 0 ? -30 : 60));
    answer(asked, peer);
  });
  Budget minute;
  minute.wall = Milliseconds(60000);
  Asker& asks = asker(service("good", server), minute);
  for (int turn : {1, 2, 3}) ASSERT_DONE(asks.ask(request(turn)));
  EXPECT_EQ(asks.spent().count(), 0) << "no time has passed";
  for (const record::Exchange& exchange : active_->exchanges())
    EXPECT_EQ(exchange.duration.count(), 0);
}

TEST_F(AskerTest, TheFallbackSaysWhoFailedWhoAnsweredAndWhy) {
  test::ActingServer busy(test::answers("429 Too Many Requests", "{}", "retry-after: 3600\r\n"));
  test::ActingServer barred(test::answers("401 Unauthorized", R"({"error":{"message":"no"}})"));
  test::ActingServer good(test::openai_says("yes", "m-other"));
  session::Config::Settings settings = service("busy", busy);
  for (const auto& more : {service("barred", barred), service("good", good)}) settings.add(more);
  ASSERT_GIVES(auto answer, asker(settings).ask(request()));
  EXPECT_EQ(answer.provider, "good");
  EXPECT_TRUE(clock_.waits().empty()) << "an hour is over the ceiling";
  EXPECT_EQ(barred.asked().size(), 1u) << "a wrong key is not tried twice";
  ASSERT_EQ(active_->exchanges().size(), 3u);
  EXPECT_EQ(active_->exchanges()[1].failure, record::ModelFailure::kAuth);
  EXPECT_THAT(announced_,
              testing::Contains("warning falling back from busy/m to barred/m: rate_limited"));
  EXPECT_THAT(announced_, testing::Contains("warning falling back from barred/m to good/m: auth"));
  EXPECT_THAT(announced_, testing::Contains("warning 'good/m' was asked, and 'm-other' answered"));
}

TEST_F(AskerTest, AServiceThatOneRunAskedTooFastIsLeftAloneByTheOthers) {
  test::ActingServer busy(test::answers("429 Too Many Requests", "{}", "retry-after: 7\r\n"));
  test::ActingServer good(test::openai_says("yes", "m"));
  session::Config::Settings settings = service("busy", busy);
  settings.add("factory.provider.busy.retries", "1");
  EXPECT_FALSE(asker(settings).ask(request()).ok());
  announced_.clear();

  EXPECT_FALSE(asker(settings).ask(request(2)).ok());
  EXPECT_THAT(announced_, testing::Contains(testing::StartsWith(
                              "note busy/m was asked too fast by a run; waiting 7.")));
  announced_.clear();
  ASSERT_DONE(asker(service("good", good)).ask(request(3)));
  EXPECT_THAT(announced_, testing::Not(testing::Contains(testing::HasSubstr("too fast"))))
      << "another service is asked at once";
}

TEST_F(AskerTest, WhatAServerDoesNotTakeIsLeftOutAtOnce) {
  test::ActingServer server([](const test::Asked& asked, test::Peer& peer) {
    if (asked.body.find("response_format") != std::string::npos) {
      peer.send(test::http_answer("400 Bad Request",
                                  R"({"error":{"message":"response_format: unsupported"}})"));
    } else {
      test::openai_says("{}", "m")(asked, peer);
    }
  });
  record::ModelRequest structured = request();
  structured.schema = record::Json::object({{"type", "object"}});
  ASSERT_DONE(asker(service("web", server)).ask(structured));
  EXPECT_TRUE(clock_.waits().empty());
  EXPECT_EQ(server.asked().size(), 3u);
}

TEST_F(AskerTest, AConversationThatIsTooLongIsCutOnceAndFoundAgain) {
  auto strict = [](const test::Asked& asked, test::Peer& peer) {
    if (asked.body.size() > 6000) {
      peer.send(
          test::http_answer("400 Bad Request", R"({"error":{"code":"context_length_exceeded"}})"));
    } else {
      test::openai_says("yes", "m")(asked, peer);
    }
  };
  test::ActingServer server(strict);
  record::ModelRequest long_one = request();
  for (int i = 0; i < 3; ++i) {
    record::Message call{record::Message::Role::kAssistant, "", {}, "", ""};
    call.tool_calls.push_back({"c" + std::to_string(i), "grep", record::Json::object(), ""});
    long_one.messages.push_back(call);
    long_one.messages.push_back({record::Message::Role::kTool,
                                 std::string(i == 0 ? 9000 : 10, 'x'),
                                 {},
                                 "c" + std::to_string(i),
                                 "grep"});
  }
  ASSERT_GIVES(auto answer, asker(service("web", server)).ask(long_one));
  EXPECT_EQ(answer.message.content, "yes");
  EXPECT_EQ(server.asked().size(), 2u);
  active_.emplace(std::move(context_->store->reopen(active_->run().id)).value());
  ASSERT_DONE(asker(service("web", server)).ask(long_one));
  EXPECT_EQ(server.asked().size(), 2u) << "bought once";
}

TEST_F(AskerTest, SecretsAreTakenOutOfWhatIsSentUsedAndRecordedAlike) {
  std::string secret = "ghp_" + std::string("0123456789abcdefghij") + "ABCDEFGHIJ012345";
  test::ActingServer server(test::openai_says("the token is " + secret, "m"));
  record::ModelRequest telling = request(1, "use " + secret);
  ASSERT_GIVES(auto answer, asker(service("web", server)).ask(telling));
  EXPECT_THAT(answer.message.content, testing::Not(HasSubstr(secret)));
  EXPECT_THAT(server.asked()[0].body, testing::Not(HasSubstr(secret)));
  std::string key = record::request_key(active_->exchanges()[0].request).hex();
  active_.emplace(std::move(context_->store->reopen(active_->run().id)).value());
  EXPECT_EQ(record::request_key(active_->exchanges()[0].request).hex(), key);
  ASSERT_DONE(asker(service("web", server)).ask(telling));
  EXPECT_EQ(server.asked().size(), 1u) << "found again by the same key";
}

TEST_F(AskerTest, AnAnswerOnItsWayIsToldNowAndThenNotByThePiece) {
  std::vector<std::string> pieces(200, R"({"model":"m","choices":[{"delta":{"content":"x"}}]})");
  pieces.push_back(R"({"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]})");
  test::ActingServer server(test::streams_events(pieces));
  ASSERT_DONE(asker(service("web", server)).ask(request()));
  auto progress = [&] {
    return std::count_if(announced_.begin(), announced_.end(), [](const std::string& line) {
      return line.starts_with("ask.progress web/m: ");
    });
  };
  EXPECT_EQ(progress(), 1) << "time stands still";
  ASSERT_DONE(asker_->ask(request(2)));
  EXPECT_EQ(progress(), 2) << "another call begins anew";
}

TEST_F(AskerTest, ACapThatTheWorstOfACallCouldPassIsNotTested) {
  test::ActingServer server(test::openai_says("yes", "gpt-4o-mini"));
  session::Config::Settings settings = {{"factory.model", "web/gpt-4o-mini"},
                                        {"factory.provider.web.kind", "openai"},
                                        {"factory.provider.web.url", server.url()}};
  context_->setup.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
  Budget budget;
  budget.pico_usd = 5'000'000'000;  // half a cent; 16384 tokens of it could cost twice that
  auto refused = asker(settings, budget).ask(request());
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(server.asked().empty());
  budget.pico_usd = 20'000'000'000;
  ASSERT_GIVES(auto answer, asker(settings, budget).ask(request()));
  EXPECT_EQ(answer.cost.pico_usd, 100 * 150'000 + 20 * 600'000);
}

TEST_F(AskerTest, ANextModelTakesOverFromOneWhoseAnswersAreOfNoUse) {
  program("one", "echo '{\"text\": \"1\"}'");
  program("two", "echo '{\"text\": \"2\"}'");
  Asker& asker = this->asker({{"factory.model", "one/x"}, {"factory.model", "two/x"}});
  ASSERT_EQ(asker.ask(request(1)).value().message.content, "1");
  EXPECT_TRUE(asker.pass_over("build", 1).value());
  EXPECT_EQ(asker.ask(request(2)).value().message.content, "2");
  EXPECT_FALSE(asker.pass_over("build", 1).value());
}

}  // namespace
}  // namespace gf::line
