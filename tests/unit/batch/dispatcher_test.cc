// A dispatcher over a real remote, with an engine that does as it is told.
#include "batch/dispatcher.h"

#include "support/clock.h"
#include "unit/batch/pretended_engine.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

class DispatcherTest : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    session::Setup with = setup("ada");
    with.clock = &clock_;
    ada_ = open(with);
    bob_ = open("bob");
    claims_ = std::make_unique<Claims>(*bob_, "origin", "spring");
    orders_.name = "spring";
    for (const char* slug : {"health", "paging"}) {
      Entry entry;
      entry.slug = entry.request = slug;
      orders_.entries.push_back(entry);
    }
    orders_.at_once = 2;
    room_ = std::make_unique<EngineRoom>(
        EngineRoom{*ada_, settings_, "spring", "/srv/a.git", "0123", ""});
  }
  Dispatcher dispatcher() { return {*ada_, orders_, engine_, *room_, remote_, listener_}; }
  /// One turn of its wheel, a minute later.
  void turn(Dispatcher& one, Milliseconds later = Milliseconds(60000)) {
    one.submit();
    clock_.advance(later);
    one.look();
  }
  Claim put(const std::string& slug, Claim claim) {
    auto there = claims_->fetch(slug);
    if (there.ok() && *there) claim.tip = (*there)->tip;
    EXPECT_TRUE(claims_->put(slug, claim).value_or(false));
    return claim;
  }
  static Claim ended(const std::string& job) {
    Claim claim = by(job);
    claim.state = Claim::State::kEnded;
    claim.status = "delivered";
    claim.run = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
    claim.branch = "refs/heads/factory/health";
    return claim;
  }
  static std::string outcome(const Dispatcher& one, size_t index) {
    return one.report().rows[index].outcome;
  }
  [[nodiscard]] size_t submissions(const std::string& slug) const {
    size_t count = 0;
    for (const Order& order : engine_.submitted) count += order.slug == slug ? 1 : 0;
    return count;
  }

  test::StandingClock clock_;
  std::unique_ptr<session::Context> ada_, bob_;
  std::unique_ptr<Claims> claims_;
  Orders orders_;
  PretendedEngine engine_;
  Settings settings_;
  std::unique_ptr<EngineRoom> room_;
  const std::string remote_ = "origin";
  Listener listener_;
};

TEST_F(DispatcherTest, WhatClaimsSayHasEnded) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  put("health", ended("1"));
  put("paging", ended("2"));
  turn(one);

  EXPECT_FALSE(one.any());
  EXPECT_TRUE(one.report().all_delivered());
  EXPECT_EQ(engine_.submitted.size(), 2u);
}

TEST_F(DispatcherTest, AnAnswerThatWasLostGivesNoLeaveToTakeALiveClaim) {
  // The job starts, and nobody is told of it; it claims before the dispatcher looks again.
  engine_.on_submit = [&](const Order& order) { return order.slug != "health"; };
  engine_.starts_unanswered = true;
  engine_.on_start = [&](const std::string& id, const Order& order) {
    if (order.slug == "health" && submissions("health") == 1) put("health", by(id));
  };
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());

  for (int i = 0; i < 5; ++i) {
    turn(one);
    Claim beats = there("health");
    ++beats.beat;
    put("health", beats);
  }

  EXPECT_EQ(submissions("health"), 1u) << "it is looked at as anybody's";
}

TEST_F(DispatcherTest, AnAnswerThatWasLostBehindADeadJobGivesNoneEither) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  Claim first = put("health", by("1"));
  turn(one);
  engine_.alive.erase("1");
  turn(one);  // it is gone: the next job gets leave for its claim
  engine_.on_submit = [&](const Order& order) { return order.slug != "health"; };
  engine_.starts_unanswered = true;
  std::string second;
  engine_.on_start = [&](const std::string& id, const Order& order) {
    if (order.slug != "health" || !second.empty()) return;
    EXPECT_EQ(order.in_place_of, first.tip.hex());
    second = id;
    put("health", by(id));
  };

  for (int i = 0; i < 5; ++i) {
    turn(one);
    Claim beats = there("health");
    ++beats.beat;
    put("health", beats);
  }

  EXPECT_FALSE(second.empty());
  for (const Order& order : engine_.submitted)
    EXPECT_NE(order.in_place_of, there("health").tip.hex()) << "it works under that claim";
  EXPECT_EQ(submissions("health"), 2u);
}

TEST_F(DispatcherTest, AnOutageOfTheEngineIsNoTryAndTakesNothing) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  put("health", by("1"));
  engine_.is_away = true;
  for (int i = 0; i < 60; ++i) {
    Claim beats = there("health");
    ++beats.beat;
    put("health", beats);  // the job itself lives, and so does the remote
    turn(one);
  }
  engine_.is_away = false;
  turn(one);

  EXPECT_TRUE(one.any());
  EXPECT_EQ(submissions("health"), 1u);
  EXPECT_EQ(submissions("paging"), 1u) << "it waits in a queue that nobody can ask";
}

TEST_F(DispatcherTest, ALeaseOutlivesAnOutageOfTheRemote) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  put("health", by("9"));  // somebody else's
  turn(one);
  run("mv server away");
  for (int i = 0; i < 60; ++i) turn(one);
  run("mv away server");
  turn(one);  // the job has not come to beat again yet

  EXPECT_EQ(submissions("health"), 1u);
  // And a machine that slept for a night takes nothing at once.
  turn(one, std::chrono::hours(9));
  turn(one);
  EXPECT_EQ(submissions("health"), 1u);
  for (int i = 0; i < 12; ++i) turn(one);
  one.submit();
  EXPECT_EQ(submissions("health"), 2u) << "but nobody is behind it";
}

TEST_F(DispatcherTest, OneClaimThatCannotBeReadEndsItsRequestAlone) {
  run("cd seed && git push -q ../server main:refs/factory/claims/spring/paging");
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  put("health", ended("1"));
  turn(one);

  EXPECT_FALSE(one.any());
  EXPECT_EQ(outcome(one, 0), "delivered");
  EXPECT_EQ(outcome(one, 1), "stopped");
  EXPECT_EQ(submissions("paging"), 0u);
}

TEST_F(DispatcherTest, OneThatIsGarbledOnTheWayEndsItsRequestAlone) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  run("cd seed && git push -q ../server main:refs/factory/claims/spring/paging");
  put("health", ended("1"));
  turn(one);
  EXPECT_FALSE(one.any());
  EXPECT_EQ(outcome(one, 1), "stopped");
}

TEST_F(DispatcherTest, ThreeJobsThatGoWithoutAWordAreForAPerson) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  for (int i = 0; i < 3; ++i) {
    one.submit();
    engine_.alive.clear();
    one.look();
  }
  EXPECT_FALSE(one.any());
  EXPECT_EQ(outcome(one, 0), "stopped");
  EXPECT_EQ(submissions("health"), 3u);
  EXPECT_NE(engine_.submitted[0].place, engine_.submitted[2].place) << "on another machine";
}

TEST_F(DispatcherTest, AnEngineThatNeverTookAJobIsTold) {
  engine_.is_away = true;
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  for (int i = 0; i < 3; ++i) turn(one);
  EXPECT_FALSE(one.any());
  EXPECT_EQ(one.report().rows[0].why, "away");
}

TEST_F(DispatcherTest, ALimitOfAnEngineIsNoRefusal) {
  engine_.is_away = engine_.goes_by = true;
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  for (int i = 0; i < 5; ++i) turn(one);
  EXPECT_TRUE(one.any());
  engine_.is_away = false;
  turn(one);
  EXPECT_EQ(engine_.alive.size(), 2u);
}

TEST_F(DispatcherTest, AfterAResumeJobsThatTheEngineListsAreOursToWaitForAndToCancel) {
  engine_.alive = {"71"};
  put("health", by("71"));
  put("paging", by("elsewhere"));
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  turn(one);
  EXPECT_TRUE(engine_.submitted.empty());

  one.cancel();

  EXPECT_TRUE(engine_.cancelled);
  EXPECT_FALSE(one.any());
  EXPECT_EQ(one.report().rows[0].why, "its job was cancelled");
  EXPECT_EQ(one.report().rows[1].why, "job elsewhere is not ours to cancel, and may go on");
}

TEST_F(DispatcherTest, AnotherPersonsJobIsNeitherCancelledNorWaitedFor) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  engine_.others = {"1"};
  Milliseconds began = clock_.steady();
  one.cancel();
  EXPECT_LT(clock_.steady() - began, Milliseconds(60000));
  EXPECT_EQ(one.report().rows[0].why, "job 1 is not ours to cancel, and may go on");
  EXPECT_EQ(one.report().rows[1].why, "its job was cancelled");
}

TEST_F(DispatcherTest, AfterAResumeAJobThatDiedIsReplacedAtOnce) {
  engine_.alive = {"71"};
  Claim held = put("health", by("71"));
  put("paging", ended("70"));
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  turn(one);
  engine_.alive.clear();
  turn(one);
  one.submit();
  ASSERT_EQ(engine_.submitted.size(), 1u);
  EXPECT_EQ(engine_.submitted[0].in_place_of, held.tip.hex());
}

TEST_F(DispatcherTest, AJobThatDiesBehindItsPushIsFollowedWhereItsRecordIs) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  one.submit();
  ASSERT_FALSE(engine_.submitted.empty());
  EXPECT_EQ(engine_.submitted[0].after_job, "");
  Claim pushed = by("1");
  pushed.branch = "refs/heads/factory/health";
  put("health", pushed);
  engine_.alive.erase("1");
  clock_.advance(Milliseconds(60000));
  one.look();

  // Its machine first, once; where it takes none, or the job dies again, the next one.
  engine_.on_submit = [](const Order& order) { return order.after_job.empty(); };
  one.submit();
  one.submit();
  std::vector<std::string> asked;
  for (const Order& order : engine_.submitted) {
    if (order.slug == "health") asked.push_back(order.after_job);
  }
  EXPECT_EQ(asked, (std::vector<std::string>{"", "1", ""}));
}

TEST_F(DispatcherTest, AJobThatWasStillEndingForAnEarlierStopIsReplaced) {
  for (Milliseconds later : {Milliseconds(60000), Milliseconds(600000)}) {
    engine_.alive = {"71"};
    put("health", by("71"));
    put("paging", ended("70"));
    Dispatcher one = dispatcher();
    ASSERT_TRUE(one.take_up().ok());
    one.look();
    clock_.advance(later);
    engine_.alive.clear();
    engine_.called_off["71"] = "its job 71 was cancelled there";
    one.look();
    EXPECT_EQ(outcome(one, 0), later < Milliseconds(300000) ? "" : "stopped");
  }
}

TEST_F(DispatcherTest, AJobThatSomebodyEndedThereIsNotReplacedByItself) {
  Dispatcher one = dispatcher();
  ASSERT_TRUE(one.take_up().ok());
  one.submit();
  engine_.alive.erase("1");
  engine_.called_off["1"] = "its job 1 was cancelled there";
  clock_.advance(Milliseconds(60000));
  one.look();
  turn(one);

  EXPECT_EQ(outcome(one, 0), "stopped");
  EXPECT_EQ(one.report().rows[0].why, "its job 1 was cancelled there");
  EXPECT_EQ(submissions("health"), 1u);
  EXPECT_TRUE(one.any()) << "the other one goes on";
}

}  // namespace
}  // namespace gf::batch
