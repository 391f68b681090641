// One record for many clones: real bare remotes, real races, and what was lost comes back.
#include "unit/store/clones.h"

namespace gf::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(SyncTest, ARunOfOneCloneIsReadInTheOther) {
  record::RunRecord run = deliver_in("ada", 1);
  ASSERT_GIVES(auto sent, sync_as("ada"));
  EXPECT_EQ(sent.sent, 1);
  EXPECT_EQ(sent.received, 0);
  ASSERT_GIVES(auto got, sync_as("bob"));
  EXPECT_EQ(got.received, 1);
  EXPECT_EQ(got.sent, 0);
  EXPECT_EQ(got.rebuilt, 0);
  EXPECT_THAT(runs_in("bob"), ElementsAre(run.id.str()));
  EXPECT_EQ(record_of(clone("bob")), record_of(clone("ada")));
  EXPECT_EQ(shell(clone("bob"), "git notes --ref=factory/trace show " + run.head.hex()),
            shell(clone("ada"), "git notes --ref=factory/trace show " + run.head.hex()));
}

TEST_F(SyncTest, PushingFirstAsksOnceWhenNobodyWasFasterAndLosesNothingWhenSomebodyWas) {
  deliver_in("ada", 1);
  ASSERT_GIVES(auto unknown, sync_as("ada", Share::kFull, false, true));
  EXPECT_EQ(unknown.sent, 1);
  deliver_in("ada", 2);
  ASSERT_GIVES(auto alone, sync_as("ada", Share::kFull, false, true));
  EXPECT_EQ(alone.rounds, 1);
  EXPECT_EQ(alone.sent, 1);
  ASSERT_GIVES(auto other, sync_as("bob"));
  EXPECT_EQ(other.received, 2);
  deliver_in("bob", 3);
  ASSERT_DONE(sync_as("bob"));
  deliver_in("ada", 4);
  ASSERT_GIVES(auto late, sync_as("ada", Share::kFull, false, true));
  EXPECT_GT(late.rounds, 1);
  EXPECT_EQ(late.sent, 1);
  EXPECT_EQ(late.received, 1);
  ASSERT_DONE(sync_as("bob"));
  EXPECT_EQ(record_of(clone("ada")), record_of(clone("bob")));
  EXPECT_EQ(runs_in("bob").size(), 4u);
}

TEST_F(SyncTest, WithNothingNewNothingMoves) {
  deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada"));
  ASSERT_DONE(sync_as("bob"));
  std::string before = record_of(server());
  for (const char* name : {"ada", "bob"}) {
    ASSERT_GIVES(auto done, sync_as(name));
    EXPECT_EQ(done.rounds, 1);
    EXPECT_EQ(done.joined + done.sent + done.received + done.rebuilt, 0);
  }
  EXPECT_EQ(record_of(server()), before);
}

TEST_F(SyncTest, TwoClonesThatWorkedAtOnceEndWithTheSameRecord) { all_at_once({"ada", "bob"}, 4); }

TEST_F(SyncTest, EightClonesThatWorkedAtOnceEndWithTheSameRecord) {
  std::vector<std::string> names = {"ada", "bob"};
  for (const char* name : {"cyd", "dan", "eve", "fay", "gus", "hal"}) {
    add_clone(name);
    names.emplace_back(name);
  }
  all_at_once(names, 2);
}

TEST_F(SyncTest, TwoSyncsOfOneCloneDoNotHinderEachOther) {
  for (uint32_t i = 1; i <= 3; ++i) deliver_in("bob", i);
  ASSERT_DONE(sync_as("bob"));
  std::vector<pid_t> children;
  for (uint32_t i = 0; i < 4; ++i) {
    pid_t child = ::fork();
    if (child == 0) {
      deliver_in("ada", 10 + i);
      EXPECT_DONE(sync_as("ada"));
      ::_exit(HasFailure() ? 1 : 0);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  ASSERT_DONE(sync_as("ada"));
  EXPECT_EQ(runs_in("ada").size(), 7u);
  EXPECT_EQ(record_of(clone("ada")), record_of(server()));
}

TEST_F(SyncTest, ASummarySendsNoExchangeWhateverIsReachable) {
  deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada", Share::kSummary));
  std::string objects = shell(server(), "git cat-file --batch-all-objects --batch");
  EXPECT_THAT(objects, HasSubstr("metrics.json"));
  EXPECT_THAT(objects, Not(HasSubstr("the first question")));
  EXPECT_THAT(objects, Not(HasSubstr("exchange-0001")));
  EXPECT_THAT(record_of(server()), Not(HasSubstr("replay")));
}

TEST_F(SyncTest, NothingIsSentUnlessItIsAllowed) {
  deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada"));
  record::RunRecord mine = deliver_in("bob", 2);
  std::string before = record_of(server());
  ASSERT_GIVES(auto done, sync_as("bob", Share::kNone));
  EXPECT_EQ(done.sent, 0);
  EXPECT_EQ(done.received, 1);
  EXPECT_EQ(record_of(server()), before);
  EXPECT_EQ(runs_in("bob").size(), 2u);
}

TEST_F(SyncTest, ARemoteThatLostOrForgotTheRecordTakesNothingAwayHere) {
  record::RunRecord first = deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada"));
  std::string old = shell(server(), "git rev-parse refs/factory/ledger/2026-01");
  record::RunRecord second = deliver_in("ada", 2);
  ASSERT_DONE(sync_as("ada"));
  shell(server(), "git update-ref refs/factory/ledger/2026-01 " + old);
  shell(server(), "git update-ref -d refs/notes/factory/trace");
  ASSERT_DONE(sync_as("ada"));
  EXPECT_THAT(runs_in("ada"), ElementsAre(second.id.str(), first.id.str()));
  EXPECT_EQ(record_of(clone("ada")), record_of(server()));
}

TEST_F(SyncTest, NotesThatWereLostAreMadeAnewFromTheLedger) {
  record::RunRecord first = deliver_in("ada", 1);
  record::RunRecord second = deliver_in("ada", 2);
  ASSERT_DONE(sync_as("ada"));
  std::string show = "git notes --ref=factory/trace show " + first.head.hex();
  std::string spec = "git notes --ref=factory/spec show " + first.head.hex();
  std::string review = "git notes --ref=factory/review show " + first.tree.hex();
  std::string want = shell(clone("ada"), show + " && " + spec + " && " + review);

  shell(clone("ada"), "git notes --ref=factory/trace remove " + first.head.hex());
  ASSERT_GIVES(auto one, sync_as("ada"));
  EXPECT_EQ(one.rebuilt, 1);
  EXPECT_EQ(shell(clone("ada"), show + " && " + spec + " && " + review), want);

  shell(clone("ada"),
        "for n in trace spec metrics review; do git update-ref -d refs/notes/factory/$n; "
        "git update-ref -d refs/notes/remotes/origin/factory/$n; done");
  {
    git::Repo repo = open_repo(clone("ada"));
    Store store = open_store(repo);
    ASSERT_GIVES(int rebuilt, store.rebuild_notes());
    EXPECT_EQ(rebuilt, 2);
    ASSERT_GIVES(int again, store.rebuild_notes());
    EXPECT_EQ(again, 0);
  }
  EXPECT_EQ(shell(clone("ada"), show + " && " + spec + " && " + review), want);
  ASSERT_DONE(sync_as("ada"));
  EXPECT_EQ(record_of(clone("ada")), record_of(server()));
}

TEST_F(SyncTest, ALedgerThatWasLostIsMadeAnewFromTheReplayData) {
  record::RunRecord first = deliver_in("ada", 1);
  record::RunRecord second = deliver_in("ada", 2);
  std::string month = "refs/factory/ledger/2026-01";
  std::string tree = shell(clone("ada"), "git rev-parse " + month + "^{tree}");
  std::string cut = "git update-ref " + month + " " + month + "~1";
  git::Repo repo = open_repo(clone("ada"));
  Store store = open_store(repo);
  ASSERT_GIVES(int nothing, store.rebuild_ledger(Look::kAll));
  EXPECT_EQ(nothing, 0);

  shell(clone("ada"), cut);
  ASSERT_GIVES(int one, store.rebuild_ledger(Look::kAll));
  EXPECT_EQ(one, 1);
  shell(clone("ada"),
        "git update-ref -d " + month + " && git update-ref -d refs/notes/factory/trace");
  ASSERT_GIVES(int both, store.rebuild_ledger());
  EXPECT_EQ(both, 2);
  EXPECT_EQ(shell(clone("ada"), "git rev-parse " + month + "^{tree}"), tree);
  EXPECT_THAT(listed(store), ElementsAre(second.id.str(), first.id.str()));
  ASSERT_GIVES(int notes, store.rebuild_notes());
  EXPECT_EQ(notes, 2);
}

TEST_F(SyncTest, NotesPrunedAfterABranchWentComeBack) {
  record::RunRecord run = deliver_in("ada", 1);
  std::string show = "git notes --ref=factory/review show " + run.tree.hex();
  std::string want = shell(clone("ada"), show);
  // The replay data keeps the tree, and nothing keeps the delivered commit.
  shell(clone("ada"),
        "git branch -q -D $(git branch --list 'factory/*' --format='%(refname:short)') && "
        "git reflog expire --expire=now --all && git gc -q --prune=now && "
        "for n in trace spec metrics review; do git notes --ref=factory/$n prune; done");
  git::Repo repo = open_repo(clone("ada"));
  Store store = open_store(repo);
  ASSERT_GIVES(int rebuilt, store.rebuild_notes());
  EXPECT_EQ(rebuilt, 1);
  EXPECT_EQ(shell(clone("ada"), show), want);
}

TEST_F(SyncTest, ANoteSomebodyElseWroteStays) {
  record::RunRecord run = deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada"));
  ASSERT_DONE(sync_as("bob"));
  shell(clone("ada"), "git notes --ref=factory/trace append -m 'from ada' " + run.head.hex());
  shell(clone("bob"), "git notes --ref=factory/trace append -m 'from bob' " + run.head.hex());
  for (const char* name : {"ada", "bob", "ada"}) ASSERT_DONE(sync_as(name));
  std::string note = shell(clone("ada"), "git notes --ref=factory/trace show " + run.head.hex());
  EXPECT_THAT(note, HasSubstr("from ada"));
  EXPECT_THAT(note, HasSubstr("from bob"));
  EXPECT_THAT(note, HasSubstr("\"stage\":\"build\""));
  EXPECT_EQ(record_of(clone("ada")), record_of(clone("bob")));
}

}  // namespace
}  // namespace gf::store::test
