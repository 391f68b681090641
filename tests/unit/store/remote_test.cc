// Remotes that say no, that are gone or broken, and clones that are not whole.
#include "unit/store/clones.h"

namespace gf::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RemoteTest : public SyncTest {};

TEST_F(RemoteTest, ShortLivedWritersLeaveTheirRunsInTheInboxAndTheNextSyncTakesThemIn) {
  record::RunRecord first = deliver_in("ada", 1);
  ASSERT_GIVES(auto sent, sync_as("ada", Share::kFull, true));
  EXPECT_TRUE(sent.by_inbox);
  EXPECT_EQ(sent.sent, 1);
  std::string there = record_of(server());
  EXPECT_THAT(there, HasSubstr("refs/factory/inbox/" + first.id.str()));
  EXPECT_THAT(there, Not(HasSubstr("ledger")));

  record::RunRecord second = deliver_in("bob", 2);
  ASSERT_GIVES(auto folded, sync_as("bob"));
  EXPECT_EQ(folded.folded, 1);
  EXPECT_EQ(folded.received, 1);
  EXPECT_THAT(shell(server(), "git for-each-ref refs/factory/inbox refs/factory/inbox-replay"),
              IsEmpty());
  EXPECT_THAT(runs_in("bob"), ElementsAre(second.id.str(), first.id.str()));
  git::Repo repo = open_repo(clone("bob"));
  ASSERT_GIVES(auto whole, open_store(repo).load(first.id));
  EXPECT_TRUE(whole.has_exchanges);
  EXPECT_THAT(shell(clone("bob"), "git notes --ref=factory/trace list"),
              HasSubstr(first.head.hex()));

  ASSERT_DONE(sync_as("ada"));
  EXPECT_THAT(runs_in("ada"), ElementsAre(second.id.str(), first.id.str()));
  ASSERT_DONE(sync_as("bob"));  // both had made notes of the same run
  EXPECT_EQ(record_of(clone("ada")), record_of(clone("bob")));
}

TEST_F(RemoteTest, AForgedParcelIsLeftLying) {
  record::RunRecord run = deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada", Share::kFull, true));
  std::string mine = "refs/factory/inbox/" + run.id.str();
  // A parcel that holds another run than its name says, and a name that is no run's.
  shell(server(), "git update-ref refs/factory/inbox/20260102T030405Z-0badc0de " + mine +
                      " && git update-ref refs/factory/inbox/x..y " + mine + " || true; " +
                      "git update-ref refs/factory/inbox/not-a-run " + mine);
  ASSERT_GIVES(auto got, sync_as("bob"));
  EXPECT_EQ(got.folded, 1);
  EXPECT_THAT(runs_in("bob"), ElementsAre(run.id.str()));
  EXPECT_THAT(shell(server(), "git for-each-ref refs/factory/inbox"),
              HasSubstr("20260102T030405Z-0badc0de"));
}

TEST_F(RemoteTest, AServerThatTakesNoRefsOfItsOwnKindIsNamedWithTheWayOut) {
  deliver_in("ada", 1);
  shell(server(), "git config receive.hideRefs refs/factory");
  auto done = sync_as("ada");
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("'origin' takes no refs of its own kind"));
  EXPECT_THAT(done.error().message, HasSubstr("refs/factory/*"));
  EXPECT_THAT(done.error().hint, HasSubstr("git config remote.origin.factoryShare none"));
  EXPECT_EQ(runs_in("ada").size(), 1u);
}

TEST_F(RemoteTest, AServersHookThatSaysNoIsQuoted) {
  deliver_in("ada", 1);
  folders_.write("server/hooks/pre-receive", "#!/bin/sh\necho only branches here\nexit 1\n");
  shell(server(), "chmod +x hooks/pre-receive");
  auto done = sync_as("ada");
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("refs/factory/* and refs/notes/*"));
  EXPECT_THAT(done.error().message, HasSubstr("only branches here"));
  size_t once = done.error().message.find("only branches here");
  EXPECT_EQ(done.error().message.find("only branches here", once + 1), std::string::npos);
}

TEST_F(RemoteTest, AServerThatTakesNoNotesGetsTheLedger) {
  record::RunRecord run = deliver_in("ada", 1);
  folders_.write("server/hooks/update",
                 "#!/bin/sh\ncase $1 in refs/notes/*) echo no notes; exit 1;; esac\n");
  shell(server(), "chmod +x hooks/update");
  ASSERT_GIVES(auto done, sync_as("ada"));
  EXPECT_THAT(done.warnings, ElementsAre(HasSubstr("'origin' takes no notes")));
  ASSERT_GIVES(auto got, sync_as("bob"));
  EXPECT_EQ(got.received, 1);
  EXPECT_EQ(got.rebuilt, 1);
  EXPECT_THAT(shell(clone("bob"), "git notes --ref=factory/review show " + run.tree.hex()),
              HasSubstr("approved"));
}

TEST_F(RemoteTest, ARemoteThatIsGoneIsAnErrorAndTheRecordIsWhole) {
  deliver_in("ada", 1);
  shell(folders_.path(), "mv server elsewhere");
  auto done = sync_as("ada");
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().fault, Fault::kConfiguration);
  EXPECT_THAT(done.error().hint, HasSubstr("git remote -v"));
  EXPECT_EQ(runs_in("ada").size(), 1u);
}

TEST_F(RemoteTest, AShallowCloneIsToldHowToBecomeWhole) {
  deliver_in("ada", 1);
  shell(clone("ada"), "echo two >> a.txt && git commit -q -am second && git push -q origin main");
  ASSERT_DONE(sync_as("ada"));
  shell(folders_.path(), "git clone -q --depth=1 'file://" + server() + "' eve");
  auto done = sync_as("eve");
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().hint, HasSubstr("git fetch --unshallow origin"));
  shell(clone("eve"), "git fetch -q --unshallow origin");
  ASSERT_DONE(sync_as("eve"));
  EXPECT_EQ(runs_in("eve").size(), 1u);
}

TEST_F(RemoteTest, APartialCloneGetsTheRecordWhole) {
  record::RunRecord run = deliver_in("ada", 1);
  shell(clone("ada"), "git push -q origin main");
  ASSERT_DONE(sync_as("ada"));
  shell(server(), "git config uploadpack.allowFilter true");
  shell(folders_.path(), "git clone -q --filter=blob:none 'file://" + server() + "' eve");
  ASSERT_DONE(sync_as("eve", Share::kNone));
  git::Repo repo = open_repo(clone("eve"));
  ASSERT_GIVES(auto whole, open_store(repo).load(run.id));
  EXPECT_TRUE(whole.has_exchanges);
  EXPECT_EQ(whole.exchanges.at(0).answer->message.content, "answer to the first question");
}

TEST_F(RemoteTest, ABrokenLedgerOfTheRemoteHindersNobodyElse) {
  record::RunRecord run = deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada"));
  // A month that is one blob, one that is no month, and notes that are no notes.
  shell(server(),
        "b=$(echo junk | git hash-object -w --stdin) && "
        "t=$(printf '100644 blob %s\\tx\\n' $b | git mktree) && "
        "c=$(git -c user.name=E -c user.email=e@e commit-tree -m junk $t) && "
        "git update-ref refs/factory/ledger/2025-12 $c && "
        "git update-ref refs/factory/ledger/--help $c && "
        "git update-ref refs/notes/factory/trace $c");
  ASSERT_DONE(sync_as("bob"));
  EXPECT_THAT(runs_in("bob"), ElementsAre(run.id.str()));
  EXPECT_THAT(shell(clone("bob"), "git notes --ref=factory/trace show " + run.head.hex()),
              HasSubstr("\"stage\":\"build\""));
}

}  // namespace
}  // namespace gf::store::test
