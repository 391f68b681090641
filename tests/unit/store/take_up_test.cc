// Runs that ended with questions and go on: nothing that was kept is edited, whoever was faster.
#include <gmock/gmock.h>

#include "base/text.h"
#include "store/ledger.h"
#include "unit/store/clones.h"

namespace gf::store::test {
namespace {

using record::RunStatus;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class TakeUpTest : public SyncTest {
 protected:
  void SetUp() override {
    SyncTest::SetUp();
    repo_dir_ = clone("ada");
  }

  /// A run of Ada's that asks something.
  RunId ask(uint32_t number = 1) {
    git::Repo repo = open_repo();
    Store store = open_store(repo);
    ActiveRun active = store.begin(new_run(repo, number)).value();
    record::RunRecord run = active.run();
    record::Exchange asked = exchange(1, "plan this");
    asked.request.stage = "plan";
    EXPECT_DONE(active.put_exchange(asked));
    record::StageRecord plan = stage(1, "plan", run.base_tree, run.base);
    plan.status = record::StageStatus::kFail;
    EXPECT_DONE(active.put_stage(plan));
    run.status = RunStatus::kNeedsAnswers;
    run.failed_stage = "plan";
    run.questions = {"How fast?"};
    run.ended = clock_.now();
    EXPECT_DONE(store.seal(active, run));
    return run.id;
  }

  static Result<record::RunRecord> answered(const record::RunRecord& then,
                                            const std::string& text) {
    record::RunRecord run = then;
    run.status = RunStatus::kRunning;
    run.questions.clear();
    run.ended = {};
    run.answers.push_back({1, 1, "How fast?", text, "Ada", false, {}});
    return run;
  }

  Result<ActiveRun> take_up(Store& store, const RunId& id, const std::string& text = "100 ms") {
    return store.take_up(id, [&](const record::RunRecord& then) { return answered(then, text); });
  }

  /// It is answered and delivered in that clone.
  void deliver_answered(const std::string& name, const RunId& id, const std::string& text) {
    git::Repo repo = open_repo(clone(name));
    Store store = open_store(repo);
    clock_.advance(Milliseconds(1000));
    ActiveRun active = take_up(store, id, text).value();
    record::RunRecord run = active.run();
    record::Exchange built = exchange(2, text);
    EXPECT_DONE(active.put_exchange(built));
    Oid tree = tree_with(repo, run.base_tree, text);
    Oid commit = active.keep_tree(tree, "build 1").value();
    EXPECT_DONE(active.put_stage(stage(2, "build", tree, commit)));
    run.status = RunStatus::kDelivered;
    run.ended = clock_.now();
    EXPECT_DONE(store.seal(active, run));
  }

  store::Run loaded(const std::string& name, const RunId& id) {
    git::Repo repo = open_repo(clone(name));
    return open_store(repo).load(id).value();
  }

  std::string ledger_of(const std::string& name, const RunId& id) {
    return shell(clone(name), "git ls-tree -r refs/factory/ledger/" + id.month());
  }
};

TEST_F(TakeUpTest, ARunGoesOnUnderItsIdWithAllThatItHad) {
  RunId id = ask();
  git::Repo repo = open_repo();
  Store store = open_store(repo);

  ASSERT_GIVES(auto active, take_up(store, id));

  EXPECT_EQ(active.run().id, id);
  EXPECT_THAT(active.run().answers, SizeIs(1));
  EXPECT_THAT(active.stages(), SizeIs(1));
  EXPECT_THAT(active.exchanges(), SizeIs(1));
  EXPECT_EQ(loaded("ada", id).run.status, RunStatus::kRunning);
  EXPECT_THAT(git("for-each-ref refs/factory/active"), HasSubstr(id.str()));
  // Whoever opens the store next leaves it going on, as any run that was cut off.
  git::Repo later = open_repo();
  EXPECT_DONE(open_store(later).reopen(id));
}

TEST_F(TakeUpTest, WhatItEndedAsBeforeStaysInTheLedger) {
  RunId id = ask();
  std::string before = ledger_of("ada", id);

  deliver_answered("ada", id, "100 ms");

  std::string after = ledger_of("ada", id);
  for (const std::string& line : split(before, '\n')) EXPECT_THAT(after, HasSubstr(line));
  EXPECT_THAT(after, HasSubstr("/answered-"));
  store::Run run = loaded("ada", id);
  EXPECT_EQ(run.run.status, RunStatus::kDelivered);
  EXPECT_THAT(run.stages, SizeIs(2));
  EXPECT_TRUE(run.has_exchanges);
  EXPECT_THAT(run.exchanges, SizeIs(2));
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  EXPECT_THAT(listed(store), SizeIs(1)) << "one run, listed once";
  EXPECT_DONE(store.walk([](const Summary& summary) {
    EXPECT_EQ(summary.status, RunStatus::kDelivered);
    return true;
  }));
  ASSERT_GIVES(auto different, store.disagreements(id));
  EXPECT_THAT(different, IsEmpty());
}

TEST_F(TakeUpTest, TheIndexReadsTheStateThatCounts) {
  RunId id = ask();
  deliver_answered("ada", id, "100 ms");
  git::Repo repo = open_repo();
  ASSERT_GIVES(auto ledger, Ledger::open(repo));
  Ledger::Trouble trouble;

  auto runs = ledger.runs(id.str().substr(0, 8), trouble);
  store::Run run = ledger.read(id, runs.at(id), trouble);

  EXPECT_THAT(trouble.lines, IsEmpty());
  EXPECT_EQ(run.run.status, RunStatus::kDelivered);
  EXPECT_THAT(run.exchanges, SizeIs(2));
}

TEST_F(TakeUpTest, OfTwoAtOnceOneIsToldSo) {
  RunId id = ask();
  git::Repo repo = open_repo(), other = open_repo();
  Store store = open_store(repo), second = open_store(other);
  ASSERT_DONE(take_up(store, id));

  auto late = take_up(second, id, "1 s");

  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().fault, Fault::kTransient);
  EXPECT_EQ(loaded("ada", id).run.answers[0].text, "100 ms");
}

TEST_F(TakeUpTest, ARunThatEndedWhileItWasTakenUpIsNotTakenUpAgain) {
  RunId id = ask();
  git::Repo repo = open_repo();
  Store store = open_store(repo);

  auto late = store.take_up(id, [&](const record::RunRecord& then) {
    deliver_answered("ada", id, "100 ms");
    return answered(then, "1 s");
  });

  ASSERT_FALSE(late.ok());
  EXPECT_EQ(git("for-each-ref refs/factory/active"), "");
  EXPECT_EQ(loaded("ada", id).run.answers[0].text, "100 ms");
}

TEST_F(TakeUpTest, ASealOfItCutOffAnywhereIsEndedByTheNextOpen) {
  RunId id = ask();
  std::string replay = git("rev-parse refs/factory/replay/" + id.month());
  std::string ledger = git("rev-parse refs/factory/ledger/" + id.month());
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = take_up(store, id).value();
  record::RunRecord run = active.run();
  run.status = RunStatus::kFailed;
  run.ended = clock_.now() + Milliseconds(1);
  active.put_run(run);
  ASSERT_DONE(active.save());
  std::string tip = git("rev-parse refs/factory/active/" + id.str());
  ASSERT_DONE(store.seal(active, run));
  std::string want = ledger_of("ada", id);

  for (bool with_replay : {false, true}) {
    if (!with_replay) git("update-ref refs/factory/replay/" + id.month() + " " + replay);
    git("update-ref refs/factory/ledger/" + id.month() + " " + ledger);
    git("update-ref refs/factory/active/" + id.str() + " " + tip);
    git::Repo later = open_repo();
    Store repaired = open_store(later);
    EXPECT_EQ(ledger_of("ada", id), want) << with_replay;
    EXPECT_EQ(git("for-each-ref refs/factory/active"), "");
  }
}

TEST_F(TakeUpTest, WithoutItsExchangesItIsRefusedWithAWayOut) {
  RunId id = ask();
  git("update-ref -d refs/factory/replay/" + id.month());
  git::Repo repo = open_repo();
  Store store = open_store(repo);

  auto refused = take_up(store, id);

  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("is not in this clone"));
  EXPECT_THAT(refused.error().hint, HasSubstr("git factory sync"));
}

TEST_F(TakeUpTest, AnotherCloneAnswersAndBothHaveTheSameRecord) {
  RunId id = ask();
  ASSERT_DONE(sync_as("ada"));
  ASSERT_DONE(sync_as("bob"));

  deliver_answered("bob", id, "100 ms");
  ASSERT_DONE(sync_as("bob"));
  ASSERT_GIVES(auto synced, sync_as("ada"));

  EXPECT_EQ(synced.received, 1);
  EXPECT_EQ(loaded("ada", id).run.status, RunStatus::kDelivered);
  EXPECT_EQ(record_of(clone("ada")), record_of(clone("bob")));
}

TEST_F(TakeUpTest, BothCloneAnswersAreKeptAndOneCounts) {
  RunId id = ask();
  ASSERT_DONE(sync_as("ada"));
  ASSERT_DONE(sync_as("bob"));

  deliver_answered("ada", id, "100 ms");
  deliver_answered("bob", id, "1 s");
  for (const char* name : {"ada", "bob", "ada"}) ASSERT_DONE(sync_as(name));

  EXPECT_EQ(record_of(clone("ada")), record_of(clone("bob")));
  for (const char* name : {"ada", "bob"}) {
    EXPECT_EQ(loaded(name, id).run.answers[0].text, "100 ms") << "Ada's ended first";
    EXPECT_THAT(ledger_of(name, id), Not(HasSubstr("conflict-")));
  }
}

TEST_F(TakeUpTest, ALostLedgerIsMadeAnewWithAllStates) {
  RunId id = ask();
  deliver_answered("ada", id, "100 ms");
  std::string want = ledger_of("ada", id);
  git("update-ref -d refs/factory/ledger/" + id.month());
  git::Repo repo = open_repo();
  Store store = open_store(repo);

  ASSERT_DONE(store.rebuild_ledger());

  EXPECT_EQ(ledger_of("ada", id), want);
}

}  // namespace
}  // namespace gf::store::test
