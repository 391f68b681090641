// What follows from what a dispatcher sees, and what a job may take.
#include "batch/protocol.h"

#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

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

}  // namespace
}  // namespace gf::batch
