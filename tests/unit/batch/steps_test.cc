// A job's steps: what it leaves behind however it ends.
#include "batch/protocol.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

/// A job's work, as each case has it.
class Worked : public Work {
 public:
  Result<Known> look() override { return known; }
  Result<bool> is_delivered(const std::string&, const Oid&) override { return branch_there; }
  Result<Ending> run() override {
    ++runs;
    return ending;
  }
  Result<void> send_home() override {
    ++sent;
    if (refusals-- > 0) return Error{Fault::kTransient, "no way to the server", {}, {}};
    return Done{};
  }
  bool wait_for_another_try(int failures) override { return failures < 3; }

  Result<Known> known = Known{};
  Result<Ending> ending = Ending{};
  Result<bool> branch_there = false;
  int runs = 0, sent = 0, refusals = 0;
};

Ending delivered() {
  return {true, "delivered", "", RunId::make(Timestamp(Milliseconds(1790000000000)), 7),
          "refs/heads/factory/health"};
}

class StepsTest : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    context_ = open("ada");
    claims_ = std::make_unique<Claims>(*context_, "origin", "spring");
  }
  /// To its end.
  Steps go(Worked& work, const std::string& job = "1", const Oid& in_place_of = {}) {
    Steps steps(*claims_, {"health", job, "here", "holder of " + job, in_place_of}, work);
    while (steps.at() != Steps::At::kOver) {
      auto done = steps.step();
      EXPECT_TRUE(done.ok()) << done.error().message;
    }
    return steps;
  }
  std::unique_ptr<session::Context> context_;
  std::unique_ptr<Claims> claims_;
};

TEST_F(StepsTest, TheRecordIsAtHomeBeforeTheClaimSaysThatItEnded) {
  Worked work;
  work.ending = delivered();
  work.refusals = 2;

  Steps steps = go(work);

  EXPECT_TRUE(steps.ours() && steps.is_home());
  EXPECT_EQ(work.sent, 3);
  EXPECT_TRUE(there("health").is_delivered());
  EXPECT_EQ(there("health").why, "");
}

TEST_F(StepsTest, ARunThatEndedIsNobodysToBeginAlsoWhereItsRecordCannotBeSent) {
  Worked work;
  work.ending = delivered();
  work.refusals = 100;

  Steps steps = go(work);

  EXPECT_FALSE(steps.is_home());
  EXPECT_TRUE(there("health").is_delivered()) << "never released: it would run twice";
  EXPECT_NE(there("health").why.find("its record is on 'here' alone"), std::string::npos);
}

TEST_F(StepsTest, WhatBreaksOffIsAnybodysToGoOnWith) {
  Worked work;
  work.ending = Error{Fault::kEnvironment, "no disk", {}, {}};

  Steps steps = go(work);

  EXPECT_EQ(there("health").state, Claim::State::kReleased);
  EXPECT_EQ(there("health").why, "no disk");
  ASSERT_TRUE(steps.broke_off());
  Worked next;
  next.ending = delivered();
  go(next, "2");
  EXPECT_EQ(next.runs, 1);
  EXPECT_EQ(there("health").job, "2");
}

TEST_F(StepsTest, WhatIsOnRecordIsNotDoneAgain) {
  Worked work;
  work.known = Work::Known{{}, delivered()};

  go(work);

  EXPECT_EQ(work.runs, 0);
  EXPECT_EQ(work.sent, 1) << "it may be in this clone alone";
  EXPECT_TRUE(there("health").is_delivered());
}

TEST_F(StepsTest, WhatADeadJobHasSentIsDelivered) {
  struct Case {
    const char* what;
    bool together, branch_there;
    RunId goes_on;
    bool runs;
  };
  const RunId other = RunId::make(Timestamp(Milliseconds(1790000000000)), 8);
  for (const Case& each :
       {Case{"claim and branch moved as one", true, false, {}, false},
        Case{"the branch is there", false, true, {}, false},
        Case{"it died before the branch", false, false, {}, true},
        Case{"its run is here, and goes on", true, true, delivered().run, true},
        Case{"an earlier one is here, which came to no branch", true, true, other, false}}) {
    run("git -C server update-ref -d refs/factory/claims/spring/health");
    Claim dead = by("1");
    dead.head = id_of('9');
    dead.branch = "refs/heads/factory/health";
    dead.run = delivered().run;
    dead.together = each.together;
    ASSERT_TRUE(claims_->put("health", dead).value_or(false));
    Worked work;
    work.ending = delivered();
    work.known = Work::Known{each.goes_on, {}};
    work.branch_there = each.branch_there;

    go(work, "2", dead.tip);

    EXPECT_EQ(work.runs, each.runs ? 1 : 0) << each.what;
    EXPECT_TRUE(there("health").is_delivered()) << each.what;
    EXPECT_EQ(there("health").why.empty(), each.runs) << each.what;
  }
}

TEST_F(StepsTest, WhoLosesTheClaimTellsNothing) {
  Worked work;
  work.ending = delivered();
  Steps steps(*claims_, {"health", "1", "here", "holder of 1", {}}, work);
  ASSERT_TRUE(steps.step().ok());
  Claim taker = by("2");
  taker.tip = there("health").tip;
  ASSERT_TRUE(claims_->put("health", taker).value_or(false));

  while (steps.at() != Steps::At::kOver) ASSERT_TRUE(steps.step().ok());

  EXPECT_FALSE(steps.ours());
  EXPECT_EQ(there("health").job, "2");
  EXPECT_TRUE(there("health").is_held());
}

TEST_F(StepsTest, AJobThatHasNoLeaveChangesNothing) {
  Claim held = by("1");
  ASSERT_TRUE(claims_->put("health", held).value_or(false));
  Worked work;

  Steps steps = go(work, "2", id_of('a'));

  EXPECT_FALSE(steps.ours());
  EXPECT_EQ(work.runs, 0);
  EXPECT_EQ(there("health").tip, held.tip);
}

}  // namespace
}  // namespace gf::batch
