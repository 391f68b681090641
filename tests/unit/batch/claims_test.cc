// Claims of a batch's requests: who moves the ref first has it.
#include "batch/claims.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "batch/dispatch.h"
#include "batch/engine.h"
#include "support/folder.h"

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

/// Two clones of one bare remote.
class ClaimsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    run("git init -q --bare -b main server");
    for (const char* name : {"ada", "bob"}) {
      run(
          fmt::format("git clone -q server {0} 2>/dev/null && git -C {0} config user.name {0} && "
                      "git -C {0} config user.email {0}@example.com",
                      name));
    }
  }
  void run(const std::string& script) const {
    ASSERT_EQ(std::system(("cd '" + folder_.path() + "' && " + script).c_str()), 0) << script;
  }
  std::unique_ptr<session::Context> open(const std::string& name) {
    session::Setup setup;
    setup.directory = folder_ / name;
    setup.environment = {{"PATH", std::getenv("PATH")},
                         {"HOME", folder_.path()},
                         {"GIT_CONFIG_NOSYSTEM", "1"},
                         {"GIT_CONFIG_GLOBAL", "/dev/null"}};
    setup.cancel = &cancel_;
    auto context = session::Context::open(setup, false);
    EXPECT_TRUE(context.ok()) << context.error().message;
    return std::move(context).value();
  }
  static Claim by(const std::string& job) {
    Claim claim;
    claim.job = job;
    return claim;
  }

  gf::test::TempFolder folder_;
  Cancel cancel_;
};

TEST_F(ClaimsTest, WhoIsFirstHasTheRequestAndTheOtherReadsWhoThatIs) {
  auto ada = open("ada"), bob = open("bob");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim first = by("1"), second = by("2");

  EXPECT_TRUE(hers.put("health", first).value_or(false));
  EXPECT_FALSE(his.put("health", second).value_or(true));

  EXPECT_TRUE(second.tip.is_zero());
  auto seen = his.fetch();
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  ASSERT_EQ(seen->count("health"), 1u);
  EXPECT_EQ(seen->at("health").job, "1");
  EXPECT_EQ(seen->at("health").tip, first.tip);
}

TEST_F(ClaimsTest, OneThatMovedCannotBeTakenFromWhereItStood) {
  auto ada = open("ada"), bob = open("bob");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim held = by("1");
  ASSERT_TRUE(hers.put("health", held).value_or(false));
  auto seen = his.fetch();
  ASSERT_TRUE(seen.ok());
  Claim taker = by("2");
  taker.tip = seen->at("health").tip;
  ++held.beat;
  ASSERT_TRUE(hers.put("health", held).value_or(false));  // her heartbeat comes in between

  EXPECT_FALSE(his.put("health", taker).value_or(true));

  seen = his.fetch();
  ASSERT_TRUE(seen.ok());
  taker.tip = seen->at("health").tip;
  EXPECT_TRUE(his.put("health", taker).value_or(false));
  ++held.beat;
  EXPECT_FALSE(hers.put("health", held).value_or(true)) << "she has lost it, and is told so";
}

TEST_F(ClaimsTest, OneWhoseAnswerWasLostIsNotTakenForSomebodyElses) {
  // The server dies between the move of the ref and the answer that says so.
  run("printf '#!/bin/sh\\nrm \"$GIT_DIR/armed\" 2>/dev/null && kill -9 $PPID\\nexit 0\\n' "
      "> server/hooks/post-receive && chmod +x server/hooks/post-receive");
  auto ada = open("ada"), bob = open("bob");
  Claims hers(*ada, "origin", "spring"), his(*bob, "origin", "spring");
  Claim held = by("1");
  ASSERT_TRUE(hers.put("health", held).value_or(false));
  const Oid before = held.tip;
  ++held.beat;
  run("touch server/armed");
  ASSERT_FALSE(hers.put("health", held).ok());
  auto seen = his.fetch();
  ASSERT_TRUE(seen.ok());
  ASSERT_NE(seen->at("health").tip, before) << "it was put, and she does not know";

  ++held.beat;
  EXPECT_TRUE(hers.put("health", held).value_or(false));

  Claim taker = by("2");
  ASSERT_TRUE(his.fetch().ok());
  taker.tip = held.tip;
  ASSERT_TRUE(his.put("health", taker).value_or(false));
  run("touch server/armed");
  ++taker.beat;
  ASSERT_FALSE(his.put("health", taker).ok());
  ++held.beat;
  EXPECT_FALSE(hers.put("health", held).value_or(true)) << "what somebody else put is not hers";
}

TEST(EngineTest, AJobNamesTheOrdersAndTheFileThatWereSaidYesTo) {
  session::Setup setup;
  setup.directory = GF_SOURCE_DIR;
  Cancel cancel;
  setup.cancel = &cancel;
  auto context = session::Context::open(setup, false);
  ASSERT_TRUE(context.ok()) << context.error().message;
  Settings none;
  EngineRoom room{**context, none, "/srv/a b.git", "0123", ""};
  EXPECT_EQ(job_command(room, {"spring", "health", ""}, "7"),
            "git factory batch --job=spring/health --from='/srv/a b.git' --as=7 --orders=0123 "
            "--trusted");
  room.trusted_file = "4567";
  EXPECT_EQ(job_command(room, {"spring", "health", "89"}, "7"),
            "git factory batch --job=spring/health --from='/srv/a b.git' --as=7 --orders=0123 "
            "--trusted=4567 --in-place-of=89");
}

TEST(EngineTest, IsFoundByNameAndLocalIsNone) {
  EXPECT_EQ(engine_named("slurm").value_or(nullptr), &kSlurm);
  EXPECT_EQ(engine_named("ssh").value_or(nullptr), &kSsh);
  for (const char* none : {"", "local"}) {
    auto found = engine_named(none);
    ASSERT_TRUE(found.ok()) << none;
    EXPECT_EQ(*found, nullptr);
  }
  auto wrong = engine_named("slrum");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().fault, Fault::kUsage);
  EXPECT_EQ(wrong.error().hint, "it is one of local, ssh, slurm");
}

TEST(EngineTest, AWordOfAShellIsOneWhateverIsInIt) {
  EXPECT_EQ(shell_word("git@host:a b.git"), "'git@host:a b.git'");
  EXPECT_EQ(shell_word("it's $(x)"), "'it'\\''s $(x)'");
}

TEST(EngineTest, NoPasswordStandsInAJobsFile) {
  struct Case {
    const char *url, *told;
  };
  for (const Case& each :
       {Case{"https://me:secret@host.example/a.git", "https://host.example/a.git"},
        Case{"https://ghp_token@host.example/a.git", "https://host.example/a.git"},
        Case{"https://host.example/a@b.git", "https://host.example/a@b.git"},
        Case{"ssh://git@host.example/a.git", "ssh://git@host.example/a.git"},
        Case{"ssh://git:secret@host.example/a.git", "ssh://git@host.example/a.git"},
        Case{"git@host.example:a.git", "git@host.example:a.git"},
        Case{"/srv/git/a.git", "/srv/git/a.git"}}) {
    EXPECT_EQ(url_for_jobs(each.url), each.told) << each.url;
  }
}

TEST(EngineTest, WhatOneMachineAloneCanKeepIsRefused) {
  Orders orders;
  orders.runner = "slurm";
  EXPECT_TRUE(check_for_runner(orders).ok());
  Orders without = orders, serial = orders, budget = orders;
  without.no_pr = true;
  serial.serial_overlaps = true;
  budget.budget = "5";
  for (const Orders& one : {without, serial, budget}) {
    auto checked = check_for_runner(one);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().fault, Fault::kUsage);
  }
}

}  // namespace
}  // namespace gf::batch
