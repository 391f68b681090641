// When to ask again, and what a purse allows.
#include "line/retry.h"

#include <gmock/gmock.h>

#include <limits>
#include <thread>

#include "line/budget.h"
#include "support/assertions.h"
#include "support/clock.h"

namespace gf::line {
namespace {

using record::ModelFailure;
using ::testing::HasSubstr;

model::Reply failed(ModelFailure failure) {
  model::Reply reply;
  reply.failure = failure;
  return reply;
}

TEST(WaitBefore, OnlyWhatMayPassIsRepeated) {
  Patience patience{2, Milliseconds(60000), true};
  for (ModelFailure failure : {ModelFailure::kAuth, ModelFailure::kQuota, ModelFailure::kOverflow,
                               ModelFailure::kTruncated, ModelFailure::kRefused,
                               ModelFailure::kBadOutput, ModelFailure::kConfig}) {
    EXPECT_FALSE(wait_before(failed(failure), {}, patience, 0)) << record::name_of(failure);
  }
  for (ModelFailure failure : {ModelFailure::kRateLimited, ModelFailure::kTransport}) {
    EXPECT_TRUE(wait_before(failed(failure), {}, patience, 0));
    EXPECT_TRUE(wait_before(failed(failure), {1, 0}, patience, 0));
    EXPECT_FALSE(wait_before(failed(failure), {2, 0}, patience, 0));
  }
}

TEST(WaitBefore, BackoffDoublesHasACeilingAndJitter) {
  Patience patience{40, Milliseconds(8000), true};
  model::Reply reply = failed(ModelFailure::kTransport);
  for (int waited = 0; waited < 40; ++waited) {
    int64_t full = std::min<int64_t>(8000, 500LL << std::min(waited, 16));
    for (uint32_t random : {0u, 1u, 12345u, std::numeric_limits<uint32_t>::max()}) {
      auto wait = wait_before(reply, {waited, 0}, patience, random);
      ASSERT_TRUE(wait);
      EXPECT_GE(wait->count(), full / 2);
      EXPECT_LE(wait->count(), full);
    }
  }
}

TEST(WaitBefore, AToldDelayIsKeptUpToTheCeiling) {
  Patience patience{2, Milliseconds(10000), true};
  model::Reply reply = failed(ModelFailure::kRateLimited);
  reply.retry_after = Milliseconds(10000);
  EXPECT_GE(*wait_before(reply, {}, patience, 7), Milliseconds(10000));
  reply.retry_after = Milliseconds(10001);
  EXPECT_FALSE(wait_before(reply, {}, patience, 7));
  reply.retry_after = Milliseconds(0);
  EXPECT_LT(*wait_before(reply, {}, patience, 7), Milliseconds(250));
}

TEST(WaitBefore, NobodyThereIsLeftForTheNextAndWaitedForWhenThereIsNone) {
  model::Reply reply = failed(ModelFailure::kTransport);
  reply.unreached = true;
  EXPECT_FALSE(wait_before(reply, {}, {2, Milliseconds(1000), true}, 0));
  EXPECT_TRUE(wait_before(reply, {}, {2, Milliseconds(1000), false}, 0));
}

TEST(WaitBefore, TheServicesWordOnRepeatingCounts) {
  model::Reply reply = failed(ModelFailure::kTransport);
  reply.again = model::Reply::Again::kNo;
  EXPECT_FALSE(wait_before(reply, {}, {2, Milliseconds(1000), true}, 0));
  reply = failed(ModelFailure::kConfig);
  reply.again = model::Reply::Again::kAtOnce;
  EXPECT_EQ(wait_before(reply, {}, {0, Milliseconds(0), true}, 0), Milliseconds(0));
  EXPECT_FALSE(wait_before(reply, {0, 12}, {0, Milliseconds(0), true}, 0)) << "not for ever";
}

TEST(Shrunk, CutsOlderToolAnswersOnly) {
  record::ModelRequest request;
  auto add = [&](record::Message::Role role, size_t size) {
    request.messages.push_back({role, std::string(size, 'x'), {}, "", ""});
  };
  add(record::Message::Role::kUser, 5000);
  for (int i = 0; i < 4; ++i) add(record::Message::Role::kTool, 5000);
  auto smaller = shrunk(request);
  ASSERT_TRUE(smaller);
  EXPECT_EQ(smaller->messages[0].content.size(), 5000u);
  EXPECT_LT(smaller->messages[1].content.size(), 500u);
  EXPECT_LT(smaller->messages[2].content.size(), 500u);
  EXPECT_EQ(smaller->messages[3].content.size(), 5000u);
  EXPECT_FALSE(shrunk(*smaller)) << "once";
}

TEST(Purse, HoldsTheWorstBackAndSettlesWhatWasSpent) {
  Budget budget;
  budget.pico_usd = 100;
  Purse purse("the run", "factory.budget", budget);
  Expense worst{60, 0, 1, {}};
  ASSERT_DONE(purse.hold(worst));
  EXPECT_FALSE(purse.hold(worst).ok()) << "another call of a batch must wait for the first";
  purse.settle(worst, {10, 0, 1, {}});
  ASSERT_DONE(purse.hold(worst));
  purse.settle(worst, {50, 0, 1, {}});
  EXPECT_FALSE(purse.hold(worst).ok());
  EXPECT_EQ(purse.spent().pico_usd, 60);
  EXPECT_EQ(purse.spent().calls, 2);
}

TEST(Purse, SumsStopAtTheLargestNumber) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  Budget budget;
  budget.pico_usd = kMost - 1;
  Purse purse("the run", "factory.budget", budget);
  purse.add({kMost - 5, kMost, 1, {}});
  purse.add({kMost - 5, kMost, 1, {}});
  EXPECT_EQ(purse.spent().pico_usd, kMost);
  EXPECT_EQ(purse.spent().tokens, kMost);
  EXPECT_FALSE(purse.hold({1, 1, 1, {}}).ok());
  EXPECT_EQ(capped_sum(kMost, 1), kMost);
}

TEST(Purse, ManyThreadsNeverPassACap) {
  Budget budget;
  budget.calls = 100;
  Purse purse("the batch", "factory.batch.budget", budget);
  std::vector<std::thread> threads;
  std::atomic<int> made{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        Expense one{0, 0, 1, {}};
        if (!purse.hold(one).ok()) continue;
        ++made;
        purse.settle(one, one);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 100);
}

TEST(Purse, TimeIsTheClocksOrTheCalls) {
  test::StandingClock clock;
  Budget budget;
  budget.wall = Milliseconds(1000);
  Purse run("the run", "factory.budget", budget, &clock),
      stage("build", "factory.build.budget", budget);
  clock.advance(Milliseconds(400));
  EXPECT_EQ(run.time_left(), Milliseconds(600));
  EXPECT_EQ(stage.time_left(), Milliseconds(1000));
  for (Purse* purse : {&run, &stage}) {
    ASSERT_DONE(purse->hold({0, 0, 1, {}}));
    clock.advance(Milliseconds(300));
    purse->settle({0, 0, 1, {}}, {0, 0, 1, Milliseconds(300)});
  }
  EXPECT_EQ(stage.time_left(), Milliseconds(700));
  EXPECT_EQ(run.time_left(), Milliseconds(0));
  EXPECT_THAT(run.hold({0, 0, 1, {}}).error().message, HasSubstr("1 s is the cap"));
}

}  // namespace
}  // namespace gf::line
