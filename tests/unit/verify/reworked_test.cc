// A run that was delivered and goes on with what reviewers said: each of its commits is judged by
// what approved it, whatever the run ends as later.
#include "unit/verify/approved.h"

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;

class ReworkedTest : public ApprovedTest {
 protected:
  ReworkedTest() : made_(approve("health")) {}

  /// A commit with the second change, on `on`.
  Oid commit_again(const Oid& on) {
    repo_.git("checkout -q --detach " + on.hex());
    repo_.write("app.py", with(changed_app(), "return 5", "return 55"));
    return repo_.commit("fix: health\n\nFactory-Run: " + made_.id.str());
  }
  record::RunRecord sent_back(record::RunRecord run) const {
    run.reworks.push_back({2, run.head, run.tree, "Ada", clock_.now(), {}});
    run.status = record::RunStatus::kRunning;
    run.ended = {};
    return run;
  }
  /// Takes the run up, has REVIEW say so of `head`, and ends the run as `status` (kRunning: not).
  void go_on(const Oid& head, record::RunStatus status) {
    clock_.advance(Milliseconds(1000));
    git::Repo repo = open();
    store::Store store = store::Store::open(repo, clock_, record::Redactor()).value();
    auto active = store.take_up(
        made_.id,
        [&](const record::RunRecord& run) -> Result<record::RunRecord> { return sent_back(run); });
    ASSERT_DONE(active);
    Made again = made_;
    again.head = head;
    again.tree = repo.commit(head).value().tree;
    Parts parts = parts_of(repo, again, "health");
    bool delivered = status == record::RunStatus::kDelivered;
    parts.verdict.approved = delivered;
    parts.verdict.spec = active->put_spec(parts.spec);
    for (record::StageRecord& stage : parts.stages) {
      stage.seq += 2;
      EXPECT_DONE(active->put_stage(stage));
    }
    for (const record::GateOutcome& gate : parts.gates) EXPECT_DONE(active->put_gate(gate, ""));
    active->put_verdict(parts.verdict);
    record::RunRecord run = active->run();
    if (delivered) {
      run.head = head;
      run.tree = again.tree;
    }
    active->put_run(run);
    EXPECT_DONE(active->save());
    if (status == record::RunStatus::kRunning) return;
    run.status = status;
    run.ended = clock_.now();
    EXPECT_DONE(store.seal(*active, run));
  }

  Made made_;
};

TEST_F(ReworkedTest, WhatWasApprovedBeforeStaysSoHoweverTheRunGoesOn) {
  Oid again = commit_again(made_.head);
  EXPECT_EQ(status_text(one(made_.head)), "ok exact");
  struct Case {
    record::RunStatus status;
    const char* second;
  };
  // Each goes on from what the one before came to.
  for (const Case& next : {
           Case{record::RunStatus::kRejected, "no rejected"},
           Case{record::RunStatus::kCancelled, "no rejected"},
           Case{record::RunStatus::kDelivered, "ok exact"},
           Case{record::RunStatus::kRunning, "ok exact"},
       }) {
    go_on(again, next.status);

    EXPECT_EQ(status_text(one(made_.head)), "ok exact") << record::name_of(next.status);
    Finding second = one(again);
    EXPECT_EQ(status_text(second), next.second) << record::name_of(next.status) << second.text;
  }
}

TEST_F(ReworkedTest, OneMoreCommitIsExactOnWhatWasDeliveredAndNotBesideIt) {
  Oid again = commit_again(made_.head);
  go_on(again, record::RunStatus::kDelivered);
  EXPECT_THAT(one(again).text, HasSubstr("with what it stands on"));
  repo_.git("checkout -q --detach " + made_.head.hex());
  repo_.write("notes.txt", "one\n");
  Oid between = repo_.commit("a person's\n");

  Oid on_it = commit_again(between);

  EXPECT_NE(status_text(one(on_it)).substr(0, 2), "ok") << "a person's change is below it";
}

}  // namespace
}  // namespace gf::verify::test
