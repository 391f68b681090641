// Finding, reading and sharing runs, in this clone and in others.
#include <gmock/gmock.h>

#include "unit/store/record.h"

namespace gf::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(StoreTest, ARunIsFoundByAllItsNames) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord old = deliver(repo, store, 1, "health");
  record::RunRecord run = deliver(repo, store, 2, "health");
  auto find = [&](const std::string& name) {
    auto id = store.find(name).value();
    return id ? id->str() : "none";
  };
  EXPECT_EQ(find(run.id.str()), run.id.str());
  EXPECT_EQ(find(old.id.id8()), old.id.str());
  EXPECT_EQ(find("health"), run.id.str());
  EXPECT_EQ(find("@"), run.id.str());
  EXPECT_EQ(find(old.head.hex()), old.id.str());
  EXPECT_EQ(find("factory/health-" + old.id.id8()), old.id.str());
  EXPECT_EQ(find("nothing"), "none");
  EXPECT_EQ(find(""), "none");
  EXPECT_EQ(find("main"), "none");
  EXPECT_EQ(find("20200101T000000Z-00000000"), "none");

  git("commit -q --allow-empty -m squashed -m '    Factory-Run: " + old.id.str() + "'");
  EXPECT_EQ(find("HEAD"), old.id.str());
  git("checkout -q -b picked && git reset -q --hard HEAD && git cherry-pick " + old.head.hex() +
      " >/dev/null");
  git("commit -q --amend -m 'another message'");
  EXPECT_EQ(find("picked"), old.id.str());
  git("checkout -q -b moved main && echo z > z && git add z && git commit -q -m z && git "
      "cherry-pick " +
      old.head.hex() + " && git commit -q --amend -m reworded");
  EXPECT_EQ(find("moved"), old.id.str());

  clock_.advance(Milliseconds(1000));
  ActiveRun active = store.begin(new_run(repo, 9, "slow")).value();
  EXPECT_EQ(find("@"), active.run().id.str());
  EXPECT_EQ(find("slow"), active.run().id.str());
}

TEST_F(StoreTest, ARunIsFoundByTheFirstOfItsDigitsThatNoOtherHas) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord one = deliver(repo, store, 0x12345678);
  record::RunRecord other = deliver(repo, store, 0x1234ffff);
  clock_.advance(Milliseconds(1000));
  ActiveRun active = store.begin(new_run(repo, 0xabcd1234, "slow")).value();
  const std::pair<std::string, std::optional<RunId>> names[] = {
      {"12345", one.id},           {"1234567", one.id},     {"1234f", other.id},
      {"abcd", active.run().id},   {"abc", std::nullopt},   {"1235", std::nullopt},
      {"123456789", std::nullopt}, {"1234*", std::nullopt}, {"ABCD", std::nullopt}};
  for (const auto& [name, id] : names) {
    ASSERT_GIVES(auto found, store.find(name));
    EXPECT_EQ(found, id) << name;
  }
  auto both = store.find("1234");
  ASSERT_FALSE(both.ok());
  EXPECT_EQ(both.error().message, "'1234' is the beginning of several runs: 12345678, 1234ffff");
  // A branch of that name is what is meant.
  git("branch 12345 " + other.head.hex());
  ASSERT_GIVES(auto found, store.find("12345"));
  EXPECT_EQ(found, other.id);
}

TEST_F(StoreTest, TheListIsNewestFirstAcrossMonthsAndCanStop) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  EXPECT_THAT(listed(store), IsEmpty());
  record::RunRecord first = deliver(repo, store, 1);
  clock_.advance(std::chrono::hours(24 * 31));
  record::RunRecord second = deliver(repo, store, 2);
  record::RunRecord third = deliver(repo, store, 3);
  EXPECT_THAT(listed(store), ElementsAre(third.id.str(), second.id.str(), first.id.str()));
  EXPECT_THAT(git("log --format=%B refs/factory/ledger/" + second.id.month()),
              HasSubstr("Factory-Prev-Month: "));
  int seen = 0;
  ASSERT_DONE(store.walk([&](const Summary& run) {
    EXPECT_EQ(run.metrics.usage.input_total, 200);
    EXPECT_EQ(run.metrics.cost.pico_usd, 2000);
    EXPECT_EQ(run.pull_request, "#3");
    EXPECT_EQ(run.branch, "refs/heads/factory/health");
    return ++seen < 2;
  }));
  EXPECT_EQ(seen, 2);
}

TEST_F(StoreTest, WithoutReplayDataARunHasNoExchanges) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 1);
  ASSERT_GIVES(auto whole, store.load(run.id));
  EXPECT_TRUE(whole.has_exchanges);
  EXPECT_EQ(whole.trace, "{\"event\":\"done\"}\n");
  git("update-ref -d refs/factory/replay/" + run.id.month());
  ASSERT_GIVES(auto summary, store.load(run.id));
  EXPECT_FALSE(summary.has_exchanges);
  EXPECT_EQ(summary.stages.size(), 2u);
  EXPECT_EQ(summary.gates.size(), 1u);
  EXPECT_TRUE(summary.verdict->approved);
  EXPECT_FALSE(store.load(RunId::parse("20200101T000000Z-00000000").value()).ok());
}

TEST_F(StoreTest, AMissingMessageIsNamedWithTheWayOut) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 1);
  // What a partial clone looks like: the tree is there, a blob of it is not.
  git("ls-tree -r refs/factory/replay/2026-01 | grep msg- | head -1 | cut -c13-52 | "
      "sed 's,^..,&/,' | while read o; do rm -f .git/objects/$o; done");
  git::Repo again = open_repo();
  auto whole = open_store(again).load(run.id);
  ASSERT_FALSE(whole.ok());
  EXPECT_THAT(whole.error().message, HasSubstr("is not in this clone"));
  EXPECT_THAT(whole.error().hint, HasSubstr("fetch"));
}

TEST_F(StoreTest, OnlyWhatWasAskedForIsShared) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  deliver(repo, store, 1);
  EXPECT_THAT(store.refs_to_share(Share::kNone), IsEmpty());
  EXPECT_FALSE(parse_share("nonsense").ok());
  EXPECT_THAT(store.refs_to_share(Share::kSummary),
              ElementsAre("refs/factory/ledger/2026-01", "refs/notes/factory/trace",
                          "refs/notes/factory/spec", "refs/notes/factory/metrics",
                          "refs/notes/factory/review"));
  EXPECT_EQ(store.refs_to_share(Share::kFull).back(), "refs/factory/replay/2026-01");
  EXPECT_THAT(Store::fetch_refspecs("origin", Share::kNone), IsEmpty());
}

class TwoClones : public StoreTest {
 protected:
  void fetch(const std::string& folder, const std::string& other) {
    std::string specs;
    for (const std::string& spec : Store::fetch_refspecs("peer", Share::kFull))
      specs += " '" + spec + "'";
    shell(folder, "git fetch -q --no-tags '" + other + "'" + specs);
  }
  gf::test::TempFolder other_folder_;
  std::string other_dir_ = other_folder_.path();
};

TEST_F(TwoClones, AFetchFromAnEmptyRemoteSucceeds) { fetch(repo_dir_, repo_dir_); }

TEST_F(TwoClones, FetchedRunsAreListedBeforeTheyAreJoined) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 1);
  make(other_dir_);
  fetch(other_dir_, repo_dir_);
  git::Repo other = open_repo(other_dir_);
  Store there = open_store(other);
  EXPECT_THAT(listed(there), ElementsAre(run.id.str()));
  ASSERT_GIVES(auto whole, there.load(run.id));
  EXPECT_TRUE(whole.has_exchanges);
  ASSERT_GIVES(int moved, there.join("peer"));
  EXPECT_EQ(moved, 6);
  ASSERT_GIVES(int again, there.join("peer"));
  EXPECT_EQ(again, 0);
}

TEST_F(TwoClones, ClonesThatDivergedJoinToOneList) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord shared = deliver(repo, store, 1);
  make(other_dir_);
  fetch(other_dir_, repo_dir_);
  git::Repo other = open_repo(other_dir_);
  Store there = open_store(other);
  ASSERT_DONE(there.join("peer"));

  record::RunRecord mine = deliver(repo, store, 2);
  record::RunRecord theirs = deliver(other, there, 3);
  fetch(other_dir_, repo_dir_);
  ASSERT_DONE(there.join("peer"));
  fetch(repo_dir_, other_dir_);
  ASSERT_DONE(store.join("peer"));

  EXPECT_THAT(listed(store), ElementsAre(theirs.id.str(), mine.id.str(), shared.id.str()));
  EXPECT_EQ(listed(there), listed(store));
  for (std::string ref : {"refs/factory/ledger/2026-01", "refs/factory/replay/2026-01",
                          "refs/notes/factory/trace", "refs/notes/factory/review"}) {
    EXPECT_EQ(git("rev-parse " + ref), shell(other_dir_, "git rev-parse " + ref)) << ref;
  }
  for (const auto& run : {mine, theirs, shared})
    EXPECT_TRUE(store.load(run.id).value().has_exchanges);
  std::string notes = git("notes --ref=factory/trace list");
  EXPECT_EQ(std::count(notes.begin(), notes.end(), '\n'), 3);
  EXPECT_THAT(git("fsck --strict --no-dangling"), ::testing::Not(HasSubstr("error")));
}

TEST_F(TwoClones, UnrelatedClonesOfOneMonthJoinToo) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  deliver(repo, store, 1);
  make(other_dir_);
  git::Repo other = open_repo(other_dir_);
  Store there = open_store(other);
  deliver(other, there, 2);
  fetch(repo_dir_, other_dir_);
  ASSERT_DONE(store.join("peer"));
  EXPECT_EQ(listed(store).size(), 2u);
}

TEST_F(TwoClones, OnePathWithTwoContentsKeepsBoth) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  for (std::string text : {"left", "right"}) {
    std::string ref =
        text == "left" ? "refs/factory/ledger/2026-01" : "refs/factory/remotes/peer/ledger/2026-01";
    git("update-ref " + ref + " $(git commit-tree -m " + text +
        " $(printf '100644 blob %s\\tf\\n' $(echo " + text +
        " | git hash-object -w --stdin) | git mktree))");
  }
  ASSERT_DONE(store.join("peer"));
  std::string all = git("ls-tree --name-only refs/factory/ledger/2026-01");
  EXPECT_THAT(all, HasSubstr("conflict-"));
  EXPECT_THAT(all, HasSubstr("f\n"));
}

TEST_F(TwoClones, AJoinTakesOnlyNamesOfOurs) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  git("update-ref refs/factory/remotes/peer/ledger/evil/name main");
  git("update-ref refs/factory/remotes/peer/active/20260102T030405Z-00000001 main");
  git("update-ref refs/notes/remotes/peer/factory/other main");
  ASSERT_GIVES(int moved, store.join("peer"));
  EXPECT_EQ(moved, 0);
}

}  // namespace
}  // namespace gf::store::test
