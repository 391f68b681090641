// One record for many clones: real bare remotes, real races, servers that say no.
#include "store/sync.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "support/runner.h"
#include "unit/store/record.h"

namespace gf::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Clones of one bare remote. Each was made by itself, as after `git init` and `git remote add`.
class SyncTest : public StoreTest {
 protected:
  void SetUp() override {
    git::Repo::set_durable(false);
    shell(folders_.path(), "git init -q --bare -b main server && mkdir home");
    for (const char* name : {"ada", "bob"}) add_clone(name);
  }

  void TearDown() override { git::Repo::set_durable(true); }

  std::string add_clone(const std::string& name) {
    std::string path = folders_ / name;
    shell(folders_.path(), "mkdir " + name);
    make(path);
    shell(path, "git remote add origin '" + server() + "'");
    return path;
  }

  [[nodiscard]] std::string server() const { return folders_ / "server"; }
  [[nodiscard]] std::string clone(const std::string& name) const { return folders_ / name; }

  git::Program program(const std::string& folder) const {
    const char* search = std::getenv("PATH");
    return {gf::test::plain_runner({{"PATH", search == nullptr ? "/usr/bin:/bin" : search},
                                    {"HOME", folders_ / "home"},
                                    {"GIT_CONFIG_NOSYSTEM", "1"},
                                    {"GIT_CONFIG_GLOBAL", "/dev/null"},
                                    {"TZ", "UTC"}}),
            folder};
  }

  Result<Synced> sync_as(const std::string& name, const std::string& share = "full",
                         bool by_inbox = false, bool push_first = false) {
    git::Repo repo = open_repo(clone(name));
    Store store = open_store(repo);
    SyncWish wish{"origin", share, "full", by_inbox, push_first};
    return sync(store, repo, program(clone(name)), system_clock(), wish);
  }

  record::RunRecord deliver_in(const std::string& name, uint32_t number) {
    git::Repo repo = open_repo(clone(name));
    Store store = open_store(repo);
    return deliver(repo, store, number);
  }

  std::vector<std::string> runs_in(const std::string& name) {
    git::Repo repo = open_repo(clone(name));
    return listed(open_store(repo));
  }

  /// The record's own refs with what they point at: equal texts are equal records.
  static std::string record_of(const std::string& folder) {
    return shell(folder,
                 "git for-each-ref --format='%(objectname) %(refname)' refs/factory/ledger "
                 "refs/factory/replay refs/notes/factory refs/factory/inbox");
  }

  /// Everybody works and sends at the same time, in a process each; then each looks once more.
  void all_at_once(const std::vector<std::string>& names, int runs) {
    std::vector<pid_t> children;
    for (size_t i = 0; i < names.size(); ++i) {
      pid_t child = ::fork();
      if (child == 0) {
        for (int j = 0; j < runs; ++j) {
          deliver_in(names[i], static_cast<uint32_t>((i + 1) * 100) + static_cast<uint32_t>(j));
          EXPECT_DONE(sync_as(names[i]));
        }
        ::_exit(HasFailure() ? 1 : 0);
      }
      children.push_back(child);
    }
    for (pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      EXPECT_EQ(status, 0);
    }
    // The first looks brings what was left in the inbox into the months.
    ASSERT_DONE(sync_as(names[0]));
    for (const std::string& name : names) ASSERT_DONE(sync_as(name));
    std::string want = record_of(server());
    EXPECT_THAT(want, Not(HasSubstr("inbox")));
    for (const std::string& name : names) {
      EXPECT_EQ(record_of(clone(name)), want) << name;
      std::vector<std::string> ids = runs_in(name);
      EXPECT_EQ(ids.size(), names.size() * static_cast<size_t>(runs)) << name;
      EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << "doubled";
      std::string notes = shell(clone(name), "git notes --ref=factory/trace list");
      EXPECT_EQ(std::count(notes.begin(), notes.end(), '\n'), static_cast<long>(ids.size()));
      git::Repo repo = open_repo(clone(name));
      Store store = open_store(repo);
      for (const std::string& id : ids) {
        auto whole = store.load(RunId::parse(id).value());
        ASSERT_DONE(whole);
        EXPECT_TRUE(whole->has_exchanges) << id;
      }
    }
    EXPECT_THAT(shell(server(), "git fsck --strict --no-dangling"), Not(HasSubstr("error")));
  }

  gf::test::TempFolder folders_;
};

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
  ASSERT_GIVES(auto unknown, sync_as("ada", "full", false, true));
  EXPECT_EQ(unknown.sent, 1);
  deliver_in("ada", 2);
  ASSERT_GIVES(auto alone, sync_as("ada", "full", false, true));
  EXPECT_EQ(alone.rounds, 1);
  EXPECT_EQ(alone.sent, 1);
  ASSERT_GIVES(auto other, sync_as("bob"));
  EXPECT_EQ(other.received, 2);
  deliver_in("bob", 3);
  ASSERT_DONE(sync_as("bob"));
  deliver_in("ada", 4);
  ASSERT_GIVES(auto late, sync_as("ada", "full", false, true));
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
  ASSERT_DONE(sync_as("ada", "summary"));
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
  ASSERT_GIVES(auto done, sync_as("bob", "none"));
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

TEST_F(SyncTest, ShortLivedWritersLeaveTheirRunsInTheInboxAndTheNextSyncTakesThemIn) {
  record::RunRecord first = deliver_in("ada", 1);
  ASSERT_GIVES(auto sent, sync_as("ada", "full", true));
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

TEST_F(SyncTest, AForgedParcelIsLeftLying) {
  record::RunRecord run = deliver_in("ada", 1);
  ASSERT_DONE(sync_as("ada", "full", true));
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

TEST_F(SyncTest, AServerThatTakesNoRefsOfItsOwnKindIsNamedWithTheWayOut) {
  deliver_in("ada", 1);
  shell(server(), "git config receive.hideRefs refs/factory");
  auto done = sync_as("ada");
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("'origin' takes no refs of its own kind"));
  EXPECT_THAT(done.error().message, HasSubstr("refs/factory/*"));
  EXPECT_THAT(done.error().hint, HasSubstr("git config remote.origin.factoryShare none"));
  EXPECT_EQ(runs_in("ada").size(), 1u);
}

TEST_F(SyncTest, AServersHookThatSaysNoIsQuoted) {
  deliver_in("ada", 1);
  folders_.write("server/hooks/pre-receive", "#!/bin/sh\necho only branches here\nexit 1\n");
  shell(server(), "chmod +x hooks/pre-receive");
  auto done = sync_as("ada");
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("refs/factory/* and refs/notes/*"));
  EXPECT_THAT(done.error().message, HasSubstr("only branches here"));
}

TEST_F(SyncTest, AServerThatTakesNoNotesGetsTheLedger) {
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

TEST_F(SyncTest, ARemoteThatIsGoneIsAnErrorAndTheRecordIsWhole) {
  deliver_in("ada", 1);
  shell(folders_.path(), "mv server elsewhere");
  auto done = sync_as("ada");
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().fault, Fault::kEnvironment);
  EXPECT_THAT(done.error().hint, HasSubstr("git remote -v"));
  EXPECT_EQ(runs_in("ada").size(), 1u);
}

TEST_F(SyncTest, AShallowCloneIsToldHowToBecomeWhole) {
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

TEST_F(SyncTest, APartialCloneGetsTheRecordWhole) {
  record::RunRecord run = deliver_in("ada", 1);
  shell(clone("ada"), "git push -q origin main");
  ASSERT_DONE(sync_as("ada"));
  shell(server(), "git config uploadpack.allowFilter true");
  shell(folders_.path(), "git clone -q --filter=blob:none 'file://" + server() + "' eve");
  ASSERT_DONE(sync_as("eve", "none"));
  git::Repo repo = open_repo(clone("eve"));
  ASSERT_GIVES(auto whole, open_store(repo).load(run.id));
  EXPECT_TRUE(whole.has_exchanges);
  EXPECT_EQ(whole.exchanges.at(0).answer->message.content, "answer to the first question");
}

TEST_F(SyncTest, ABrokenLedgerOfTheRemoteHindersNobodyElse) {
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
