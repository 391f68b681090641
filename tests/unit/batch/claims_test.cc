// Claims of a batch's requests: who moves the ref first has it.
#include "batch/claims.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "batch/dispatch.h"
#include "batch/engine.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

TEST(ClaimTest, IsReadAsItWasWritten) {
  Claim claim;
  claim.state = Claim::State::kEnded;
  claim.job = "12_3";
  claim.host = "node7";
  claim.beat = 4;
  claim.status = "delivered";
  claim.run = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
  claim.branch = "refs/heads/factory/health";

  auto read = claim_from_json(to_json(claim));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(claim));
  EXPECT_EQ(read->state, Claim::State::kEnded);
  EXPECT_EQ(read->run, claim.run);
}

TEST(ClaimTest, OfANewerVersionOrAnUnknownStateIsNotGuessedAt) {
  record::Json newer = to_json(Claim());
  newer.set("v", 2);
  EXPECT_FALSE(claim_from_json(newer).ok());
  record::Json odd = to_json(Claim());
  odd.set("state", "lost");
  EXPECT_FALSE(claim_from_json(odd).ok());
}

using ClaimsTest = SharedRemote;

TEST_F(ClaimsTest, WhoIsFirstHasTheRequestAndTheOtherReadsWhoThatIs) {
  auto ada = open("ada"), bob = open("bob");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim first = by("1"), second = by("2");

  EXPECT_TRUE(hers.put("health", first).value_or(false));
  EXPECT_FALSE(his.put("health", second).value_or(true));

  EXPECT_TRUE(second.tip.is_zero());
  auto seen = his.fetch();
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  ASSERT_EQ(seen->claims.count("health"), 1u);
  EXPECT_EQ(seen->claims.at("health").job, "1");
  EXPECT_EQ(seen->claims.at("health").tip, first.tip);
}

TEST_F(ClaimsTest, OneThatMovedCannotBeTakenFromWhereItStood) {
  auto ada = open("ada"), bob = open("bob");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim held = by("1");
  ASSERT_TRUE(hers.put("health", held).value_or(false));
  auto seen = his.fetch();
  ASSERT_TRUE(seen.ok());
  Claim taker = by("2");
  taker.tip = seen->claims.at("health").tip;
  ++held.beat;
  ASSERT_TRUE(hers.put("health", held).value_or(false));  // her heartbeat comes in between

  EXPECT_FALSE(his.put("health", taker).value_or(true));

  seen = his.fetch();
  ASSERT_TRUE(seen.ok());
  taker.tip = seen->claims.at("health").tip;
  EXPECT_TRUE(his.put("health", taker).value_or(false));
  ++held.beat;
  EXPECT_FALSE(hers.put("health", held).value_or(true)) << "she has lost it, and is told so";
}

TEST_F(ClaimsTest, OneWhoseAnswerWasLostIsNotTakenForSomebodyElses) {
  make_server_mortal();
  auto ada = open("ada"), bob = open("bob");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim held = by("1");
  ASSERT_TRUE(hers.put("health", held).value_or(false));
  const Oid before = held.tip;
  ++held.beat;
  arm();
  EXPECT_TRUE(hers.put("health", held).value_or(false)) << "the ref says what the answer did not";
  ASSERT_NE(there("health").tip, before);

  ++held.beat;
  EXPECT_TRUE(hers.put("health", held).value_or(false));

  Claim taker = by("2");
  ASSERT_TRUE(his.fetch().ok());
  taker.tip = held.tip;
  ASSERT_TRUE(his.put("health", taker).value_or(false));
  arm();
  ++taker.beat;
  EXPECT_TRUE(his.put("health", taker).value_or(false));
  ++held.beat;
  EXPECT_FALSE(hers.put("health", held).value_or(true)) << "what somebody else put is not hers";
}

TEST_F(ClaimsTest, TwoOfOneNameInOneSecondAreTwo) {
  auto ada = open("ada"), bob = open("bob");
  run("git -C bob config user.name ada && git -C bob config user.email ada@example.com");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim first = by("1"), second = by("1");
  second.holder = "another process";

  EXPECT_TRUE(hers.put("health", first).value_or(false));
  EXPECT_FALSE(his.put("health", second).value_or(true)) << "git may say that all is up to date";
}

TEST_F(ClaimsTest, WhatItsOwnSideHasMovedIsNotLost) {
  auto ada = open("ada"), again = open("ada");
  Claims job(*ada, "origin", "spring"), run(*again, "origin", "spring");
  Claim claim = by("1");
  ASSERT_TRUE(job.put("health", claim).value_or(false));
  Claim of_run = claim;
  of_run.head = claim.tip;
  of_run.branch = "refs/heads/factory/health";
  of_run.together = true;
  ++of_run.beat;
  ASSERT_TRUE(run.put("health", of_run).value_or(false));

  ++claim.beat;
  EXPECT_TRUE(job.put("health", claim).value_or(false));

  EXPECT_EQ(there("health").head, of_run.head) << "what the run told stays told";
  EXPECT_TRUE(there("health").together);
}

TEST_F(ClaimsTest, ARefusalForAnotherReasonIsNoLoss) {
  auto ada = open("ada");
  Claims hers(*ada, "origin", "spring");
  Claim claim = by("1");
  ASSERT_TRUE(hers.put("health", claim).value_or(false));
  // As a lock of the ref, a full disk or a hook does it; what git calls "rejected" among them.
  struct Case {
    const char *what, *refuse, *mend;
  };
  for (const Case& each :
       {Case{"a lock", "touch server/refs/factory/claims/spring/health.lock",
             "rm server/refs/factory/claims/spring/health.lock"},
        Case{"a hook",
             "printf '#!/bin/sh\nexit 1\n' > server/hooks/update && chmod +x server/hooks/update",
             "rm server/hooks/update"}}) {
    run(each.refuse);
    ++claim.beat;
    auto put = hers.put("health", claim);
    EXPECT_FALSE(put.ok()) << each.what << " is not somebody else";
    run(each.mend);
    EXPECT_TRUE(hers.put("health", claim).value_or(false)) << each.what;
  }
}

TEST_F(ClaimsTest, OneThatCannotBeReadKeepsNoOtherFromItsWay) {
  auto ada = open("ada");
  Claims hers(*ada, "origin", "spring");
  Claim claim = by("1");
  ASSERT_TRUE(hers.put("health", claim).value_or(false));
  run("cd seed && git push -q ../server main:refs/factory/claims/spring/odd");

  auto seen = hers.fetch();

  ASSERT_TRUE(seen.ok()) << seen.error().message;
  EXPECT_EQ(seen->claims.count("health"), 1u);
  EXPECT_EQ(seen->unreadable.count("odd"), 1u);
}

TEST(ClaimTest, SaysNothingThatNoJobSays) {
  Claim good;
  good.state = Claim::State::kEnded;
  good.status = "delivered";
  good.run = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
  good.branch = "refs/heads/factory/health";
  ASSERT_TRUE(claim_from_json(to_json(good)).ok());
  struct Case {
    const char* member;
    record::Json value;
  };
  for (const Case& each :
       {Case{"status", "\x1b[31mred"}, Case{"status", "running"}, Case{"status", ""},
        Case{"branch", "refs/tags/v1"}, Case{"branch", "refs/heads/a..b"}, Case{"branch", ""},
        Case{"run", "7"}, Case{"head", "main"}, Case{"state", "held"}}) {
    record::Json json = to_json(good);
    json.set(each.member, each.value);
    EXPECT_FALSE(claim_from_json(json).ok()) << each.member;
  }
}

}  // namespace
}  // namespace gf::batch
