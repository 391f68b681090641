// What follows from what a dispatcher sees, what a job may take, and what a job leaves behind.
#include "batch/protocol.h"

#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

Oid id_of(char digit) { return Oid::parse(std::string(40, digit)).value(); }

Claim claim_of(const std::string& state, const std::string& job, char tip) {
  Claim claim;
  claim.job = job;
  claim.tip = id_of(tip);
  if (state == "released") claim.state = Claim::State::kReleased;
  if (state == "ended" || state == "failed" || state == "sent") claim.state = Claim::State::kEnded;
  if (state == "ended") claim.run = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
  if (state == "sent") claim.head = id_of('9');
  if (claim.state == Claim::State::kEnded) claim.status = "failed";
  return claim;
}

constexpr Milliseconds kLong = kLease + Milliseconds(1);

/// A job "1" was submitted, and its claim was last seen at 'a'.
struct LookCase {
  const char* what;
  // --- What is there ---
  const char* state;  ///< empty: no claim
  const char* job;
  char tip;
  const char* pulse;  ///< of job 1: alive, gone, unknown
  const char* lists;  ///< another job that the engine lists
  // --- What was known ---
  const char* id;  ///< of the job that is counted on; empty: none
  bool to_submit;
  Milliseconds since;
  // --- What follows ---
  Next next;
  const char* then;  ///< the job that is counted on
  bool submits;
};

TEST(ProtocolTest, WhatFollowsFromALook) {
  const LookCase cases[] = {
      {"it works", "held", "1", 'b', "alive", "", "1", false, kLong, Next::kWait, "1", false},
      {"it beats no more, but lives", "held", "1", 'a', "alive", "", "1", false, kLong, Next::kWait,
       "1", false},
      {"it waits for its turn", "", "", 'a', "alive", "", "1", false, kLong, Next::kWait, "1",
       false},
      {"it died before its claim", "", "", 'a', "gone", "", "1", false, {}, Next::kAnew, "", true},
      {"it died under its claim",
       "held",
       "1",
       'a',
       "gone",
       "",
       "1",
       false,
       {},
       Next::kAnew,
       "",
       true},
      {"it gave up", "released", "1", 'b', "gone", "", "1", false, {}, Next::kAnew, "", true},
      {"it gave up, and is just ending",
       "released",
       "1",
       'b',
       "alive",
       "",
       "1",
       false,
       {},
       Next::kWait,
       "1",
       false},
      {"it ended", "ended", "1", 'b', "gone", "", "1", false, {}, Next::kTaken, "1", false},
      {"it came to nothing",
       "failed",
       "1",
       'b',
       "gone",
       "",
       "1",
       false,
       {},
       Next::kTaken,
       "1",
       false},
      {"what came to nothing before is there still",
       "failed",
       "0",
       'a',
       "alive",
       "",
       "1",
       false,
       {},
       Next::kWait,
       "1",
       false},
      {"what came to nothing before, and its job is gone",
       "failed",
       "0",
       'a',
       "gone",
       "",
       "1",
       false,
       {},
       Next::kAnew,
       "",
       true},
      {"what was sent has ended, whoever says so",
       "sent",
       "0",
       'a',
       "gone",
       "",
       "1",
       false,
       {},
       Next::kTaken,
       "1",
       false},
      // An engine that is away says nothing about its jobs.
      {"away, and it beats", "held", "1", 'b', "unknown", "", "1", false, kLong, Next::kWait, "1",
       false},
      {"away, and it stood still for a lease", "held", "1", 'a', "unknown", "", "1", false, kLong,
       Next::kWaited, "", true},
      {"away, and it stood still for less", "held", "1", 'a', "unknown", "", "1", false,
       Milliseconds(60000), Next::kWait, "1", false},
      {"away, and it has not begun", "", "", 'a', "unknown", "", "1", false, kLong, Next::kWait,
       "1", false},
      // Jobs that somebody else submitted, or this one without an answer.
      {"another works", "held", "2", 'b', "gone", "", "1", false, kLong, Next::kWait, "1", false},
      {"another stood still for a lease", "held", "2", 'a', "gone", "", "1", false, kLong,
       Next::kWaited, "", true},
      {"another, which our engine lists", "held", "2", 'a', "gone", "2", "1", false, kLong,
       Next::kWait, "2", false},
      {"one that nobody was told of has it, though another is to be submitted",
       "held",
       "2",
       'b',
       "unknown",
       "",
       "",
       true,
       {},
       Next::kWait,
       "",
       false},
      {"nobody was told of it, and it stands still", "held", "2", 'a', "unknown", "", "", false,
       kLong, Next::kWaited, "", true},
      {"nobody was told of it, and it gave up",
       "released",
       "2",
       'b',
       "unknown",
       "",
       "",
       false,
       {},
       Next::kAnew,
       "",
       true},
      {"its claim is to be taken", "held", "1", 'a', "gone", "", "", true, kLong, Next::kWait, "",
       true},
      {"the claims were taken away", "", "", 'a', "alive", "", "1", false, kLong, Next::kWait, "1",
       false},
  };
  for (const LookCase& each : cases) {
    Watch watch;
    watch.id = each.id;
    watch.to_submit = each.to_submit;
    bool none = *each.state == '\0';
    Claim claim = claim_of(each.state, each.job, each.tip);
    watch.tip = none && std::string(each.pulse) != "alive" ? Oid() : id_of('a');
    Looked looked;
    if (std::string(each.pulse) == "alive") looked.alive.insert("1");
    if (std::string(each.pulse) == "unknown") looked.unknown.insert("1");
    if (*each.lists != '\0') looked.alive.insert(each.lists);

    Next next = look_at(watch, none ? nullptr : &claim, looked, each.since, false);

    EXPECT_EQ(next, each.next) << each.what;
    EXPECT_EQ(watch.id, each.then) << each.what;
    EXPECT_EQ(watch.to_submit, each.submits) << each.what;
    if (next == Next::kAnew || next == Next::kWaited) {
      EXPECT_EQ(watch.tip, none ? Oid() : claim.tip) << each.what << ": leave for what was seen";
    }
  }
}

TEST(ProtocolTest, OneThatIsListedLateIsNotGoneBeforeItWasListed) {
  Watch watch;
  watch.id = "1";
  watch.to_submit = false;
  EXPECT_EQ(look_at(watch, nullptr, {}, Milliseconds(10000), true), Next::kWait);
  Looked lists;
  lists.alive = {"1"};
  EXPECT_EQ(look_at(watch, nullptr, lists, Milliseconds(10000), true), Next::kWait);
  EXPECT_EQ(look_at(watch, nullptr, {}, Milliseconds(10000), true), Next::kAnew);

  watch.id = "2";
  watch.to_submit = false;
  Looked ended;
  ended.over = {"2"};
  EXPECT_EQ(look_at(watch, nullptr, ended, Milliseconds(10000), true), Next::kAnew)
      << "it came and went between two looks";
}

TEST(ProtocolTest, WhatAJobMayTake) {
  struct Case {
    const char* state;
    const char* job;     ///< of the claim
    char leave;          ///< '0': none
    const char* bidder;  ///< the job that asks
    bool may;
  };
  for (const Case& each : {
           Case{"held", "1", '0', "2", false},
           Case{"held", "1", 'a', "2", true},
           Case{"held", "1", 'b', "2", false},
           Case{"held", "1", '0', "1", true},  // its engine has started it again
           Case{"held", "", '0', "", false},   // who has no name is nobody's second
           Case{"released", "1", '0', "2", true},
           Case{"ended", "1", 'a', "1", false},
           Case{"failed", "1", '0', "1", false},
           Case{"failed", "1", 'a', "2", true},
           Case{"sent", "1", 'a', "2", false},
       }) {
    Bid bid;
    bid.job = each.bidder;
    if (each.leave != '0') bid.in_place_of = id_of(each.leave);
    EXPECT_EQ(may_take(claim_of(each.state, each.job, 'a'), bid), each.may)
        << each.state << " " << each.job << " " << each.leave << " " << each.bidder;
  }
}

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
