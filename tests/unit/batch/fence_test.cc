// A branch leaves a job's clone together with its claim, or not at all.
#include "batch/fence.h"

#include "batch/heartbeat.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

class FenceTest : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    ada_ = open("ada");
    claim_ = by("1");
    ASSERT_TRUE(Claims(*ada_, "origin", "spring").put("health", claim_).value_or(false));
    run("cd ada && git checkout -q -b factory/health main && "
        "git commit -q --allow-empty -m 'Add it\n\nFactory-Run: " +
        run_ + "'");
  }
  /// As the processes of a job's run have it.
  session::Setup fenced(const std::string& holder = "holder of 1") {
    session::Setup with = setup("ada");
    with.environment[kClaimVariable] = fence_text("spring", "health", holder);
    auto fence = fence_of(with);
    EXPECT_TRUE(fence.ok()) << fence.error().message;
    with.guard = *fence;
    return with;
  }
  Result<git::PushResult> deliver(const session::Setup& with) {
    auto context = open(with);
    const std::string branch = "refs/heads/factory/health";
    return context->git.push("origin", {branch + ":" + branch});
  }
  [[nodiscard]] bool is_delivered() const {
    return !said("git -C server for-each-ref refs/heads/factory").empty();
  }

  const std::string run_ = RunId::make(Timestamp(Milliseconds(1790000000000)), 7).str();
  std::unique_ptr<session::Context> ada_;
  Claim claim_;
};

TEST_F(FenceTest, TheClaimSaysWhatWasSentAsSoonAsItIsThere) {
  auto pushed = deliver(fenced());

  ASSERT_TRUE(pushed.ok() && pushed->pushed) << pushed->remote_text;
  EXPECT_TRUE(is_delivered());
  Claim stored = there("health");
  EXPECT_EQ(stored.branch, "refs/heads/factory/health");
  EXPECT_EQ(stored.head.hex() + "\n", said("git -C server rev-parse factory/health"));
  EXPECT_EQ(stored.run.str(), run_);
  EXPECT_TRUE(stored.together);
  EXPECT_TRUE(stored.is_held());
}

TEST_F(FenceTest, WhoHasLostTheClaimSendsNothing) {
  auto bob = open("bob");
  Claim taker = by("2");
  taker.tip = there("health").tip;
  ASSERT_TRUE(Claims(*bob, "origin", "spring").put("health", taker).value_or(false));

  auto pushed = deliver(fenced());

  EXPECT_FALSE(pushed.ok());
  EXPECT_FALSE(is_delivered());
}

TEST_F(FenceTest, AClaimThatIsTakenBetweenTheLookAndThePushKeepsTheBranchBack) {
  session::Setup with = fenced();
  auto inner = with.guard;
  bool taken = false;
  with.guard = [&](const std::string& remote, const std::vector<std::string>& refspecs,
                   git::Pace pace) {
    auto fence = inner(remote, refspecs, pace);
    if (!taken) {
      auto bob = open("bob");
      Claim taker = by("2");
      taker.tip = there("health").tip;
      taken = Claims(*bob, "origin", "spring").put("health", taker).value_or(false);
    }
    return fence;
  };

  auto pushed = deliver(with);

  EXPECT_TRUE(taken);
  EXPECT_FALSE(pushed.ok()) << "asked again, it is another's";
  EXPECT_FALSE(is_delivered());
}

TEST_F(FenceTest, AHeartbeatInBetweenIsNoTaker) {
  session::Setup with = fenced();
  auto inner = with.guard;
  int beats = 0;
  with.guard = [&](const std::string& remote, const std::vector<std::string>& refspecs,
                   git::Pace pace) {
    auto fence = inner(remote, refspecs, pace);
    if (beats++ < 2) {
      ++claim_.beat;
      EXPECT_TRUE(Claims(*ada_, "origin", "spring").put("health", claim_).value_or(false));
    }
    return fence;
  };

  auto pushed = deliver(with);

  ASSERT_TRUE(pushed.ok() && pushed->pushed);
  EXPECT_TRUE(is_delivered());
}

TEST_F(FenceTest, AServerThatMovesNoTwoRefsAsOneIsToldTheClaimFirst) {
  run("git -C server config receive.advertiseAtomic false");

  auto pushed = deliver(fenced());

  ASSERT_TRUE(pushed.ok() && pushed->pushed) << pushed.error().message;
  EXPECT_TRUE(is_delivered());
  EXPECT_FALSE(there("health").head.is_zero());
  EXPECT_FALSE(there("health").together) << "who reads it has to look at the branch";
}

TEST_F(FenceTest, ABranchThatIsRefusedLeavesTheClaimAsItWas) {
  run("printf '#!/bin/sh\\ncase $1 in refs/heads/*) exit 1;; esac\\n' > server/hooks/update && "
      "chmod +x server/hooks/update");

  auto pushed = deliver(fenced());

  ASSERT_TRUE(pushed.ok()) << pushed.error().message;
  EXPECT_FALSE(pushed->pushed);
  EXPECT_EQ(there("health").tip, claim_.tip);
}

TEST_F(FenceTest, WhatIsNoDeliveryGoesAsItIs) {
  auto context = open(fenced("a stranger"));
  auto pushed = context->git.push("origin", {"main:refs/factory/inbox/x"});
  EXPECT_TRUE(pushed.ok() && pushed->pushed);
  EXPECT_FALSE(deliver(fenced("a stranger")).ok());
}

TEST(FenceTextTest, IsReadStrictly) {
  session::Setup setup;
  EXPECT_FALSE(*fence_of(setup)) << "no variable, no fence";
  for (const char* wrong : {"spring", "spring/health", "spring/health ", "../x/y z", " a/b c"}) {
    setup.environment[kClaimVariable] = wrong;
    auto fence = fence_of(setup);
    ASSERT_FALSE(fence.ok()) << wrong;
    EXPECT_EQ(fence.error().fault, Fault::kUsage);
  }
}

class HeartbeatTest : public FenceTest {
 protected:
  static constexpr Milliseconds kOften{5};
  template <typename Condition>
  bool comes(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
    }
    return false;
  }
  Cancel lost_;
};

TEST_F(HeartbeatTest, MovesTheClaimAndGivesItBack) {
  Heartbeat heart(setup("ada"), "origin", "spring", "health", claim_, lost_, kOften);
  EXPECT_TRUE(comes([&] { return there("health").beat > 1; }));

  auto claim = heart.end();

  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->tip, there("health").tip);
  EXPECT_FALSE(lost_.requested());
}

TEST_F(HeartbeatTest, GoesOnThroughAnOutageAndThroughWhatItsOwnRunHasSent) {
  Heartbeat heart(setup("ada"), "origin", "spring", "health", claim_, lost_, kOften);
  run("mv server away && sleep 0.2 && mv away server");
  // Beats are close here: one in between may come each time.
  ASSERT_TRUE(comes([&] {
    auto pushed = deliver(fenced());
    return pushed.ok() && pushed->pushed;
  }));
  int before = there("health").beat;
  EXPECT_TRUE(comes([&] { return there("health").beat > before; }));

  auto claim = heart.end();

  ASSERT_TRUE(claim);
  EXPECT_FALSE(claim->head.is_zero());
  EXPECT_FALSE(lost_.requested());
}

TEST_F(HeartbeatTest, StopsTheRunWhenTheClaimIsAnothers) {
  auto bob = open("bob");
  Heartbeat heart(setup("ada"), "origin", "spring", "health", claim_, lost_, kOften);
  bool taken = comes([&] {
    Claim taker = by("2");
    taker.tip = there("health").tip;
    return Claims(*bob, "origin", "spring").put("health", taker).value_or(false);
  });
  ASSERT_TRUE(taken);

  EXPECT_TRUE(comes([&] {
    there("health");
    return lost_.requested();
  }));
  EXPECT_FALSE(heart.end());
}

TEST_F(HeartbeatTest, AWishToStopEndsNoBeat) {
  cancel_.request();
  session::Setup stopping = setup("ada");
  Heartbeat heart(stopping, "origin", "spring", "health", claim_, lost_, kOften);
  Cancel never;
  session::Setup watching = setup("bob");
  watching.cancel = &never;
  auto bob = open(watching);
  EXPECT_TRUE(comes([&] {
    auto claim = Claims(*bob, "origin", "spring").fetch("health");
    return claim.ok() && *claim && (*claim)->beat > 0;
  }));
  EXPECT_TRUE(heart.end());
}

}  // namespace
}  // namespace gf::batch
