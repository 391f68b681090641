// Seals that were cut off, that happened at once, and that were lied to.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "unit/store/record.h"

namespace gf::store::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The refs of a finished seal, the clock's part left out.
std::string trees(const std::string& folder, const std::string& month) {
  return shell(
      folder,
      fmt::format(
          "git rev-parse refs/factory/ledger/{0}^{{tree}} refs/notes/factory/trace^{{tree}} "
          "refs/notes/factory/review^{{tree}} refs/factory/replay/{0}^{{tree}}",
          month));
}

TEST_F(StoreTest, ASealCutOffAnywhereIsEndedByTheNextOpen) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  record::RunRecord run = fill(repo, active);
  active.put_run(run);
  ASSERT_DONE(active.save());  // the seal's first step, and the last if the power goes here
  std::string tip = git("rev-parse refs/factory/active/" + run.id.str());
  ASSERT_DONE(store.seal(active, run));
  std::string want = trees(repo_dir_, run.id.month());

  // After step n the refs of all later steps are as before the seal, and the run is active.
  const std::vector<std::string> steps = {"refs/factory/replay/" + run.id.month(),
                                          "refs/factory/ledger/" + run.id.month(),
                                          "refs/notes/factory/trace",
                                          "refs/notes/factory/spec",
                                          "refs/notes/factory/metrics",
                                          "refs/notes/factory/review"};
  for (size_t done = 0; done <= steps.size(); ++done) {
    for (size_t i = done; i < steps.size(); ++i) git("update-ref -d " + steps[i]);
    git("update-ref refs/factory/active/" + run.id.str() + " " + tip);
    git::Repo later = open_repo();
    Store repaired = open_store(later);
    EXPECT_EQ(trees(repo_dir_, run.id.month()), want) << "cut after step " << done;
    EXPECT_EQ(git("for-each-ref refs/factory/active"), "");
    EXPECT_EQ(listed(repaired), std::vector<std::string>{run.id.str()});
  }
}

TEST_F(StoreTest, SealingTwiceChangesNothing) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  record::RunRecord run = fill(repo, active);
  active.put_run(run);
  ASSERT_DONE(active.save());
  ActiveRun same = store.reopen(run.id).value();
  ASSERT_DONE(store.seal(active, run));
  std::string before = git("for-each-ref");
  ASSERT_DONE(store.seal(same, run));
  EXPECT_EQ(git("for-each-ref"), before);
}

TEST_F(StoreTest, ARunningRunIsLeftAlone) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  Store other = open_store(repo);
  ASSERT_GIVES(auto runs, other.active_runs());
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_TRUE(runs[0].active);
  EXPECT_TRUE(listed(other).empty());
}

TEST_F(StoreTest, ABrokenActiveRunHindersNobody) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  deliver(repo, store, 1);
  git("update-ref refs/factory/active/20260102T030405Z-0badc0de "
      "$(git commit-tree -m x $(printf '100644 blob %s\\trun.json\\n' "
      "$(echo '{\"v\":99,\"status\":\"failed\"}' | git hash-object -w --stdin) | git mktree))");
  EXPECT_EQ(listed(open_store(repo)).size(), 1u);
  auto newer = store.load(RunId::parse("20260102T030405Z-0badc0de").value());
  ASSERT_FALSE(newer.ok());
  EXPECT_THAT(newer.error().hint, HasSubstr("upgrade git-factory"));
}

TEST_F(StoreTest, EightProcessesSealingAtOnceLoseNothing) {
  constexpr int kProcesses = 8, kRuns = 5;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    pid_t child = ::fork();
    if (child == 0) {
      git::Repo repo = open_repo();
      Store store = open_store(repo);
      for (int j = 0; j < kRuns; ++j) deliver(repo, store, static_cast<uint32_t>(i * 100 + j + 1));
      ::_exit(HasFailure() ? 1 : 0);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  std::vector<std::string> ids = listed(store);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), size_t{kProcesses * kRuns});
  std::string notes = git("notes --ref=factory/trace list");
  EXPECT_EQ(std::count(notes.begin(), notes.end(), '\n'), kProcesses * kRuns);
  for (const std::string& id : ids)
    EXPECT_TRUE(store.load(RunId::parse(id).value()).value().has_exchanges);
  EXPECT_EQ(git("for-each-ref refs/factory/active"), "");
}

TEST_F(StoreTest, HostileTitlesForgeNoTrailers) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1, "--x\nFactory-Status: delivered")).value();
  record::RunRecord run = active.run();
  run.status = record::RunStatus::kFailed;
  run.title = "Factory-PR: http://evil.example/1";
  run.reason =
      "bad\r\n\nFactory-Verdict: pass\nFactory-Head: 1111111111111111111111111111111111111111";
  run.author = std::string("A\0B\x1b[31m\xff", 9);
  ASSERT_DONE(store.seal(active, run));
  int seen = 0;
  ASSERT_DONE(store.walk([&](const Summary& summary) {
    ++seen;
    EXPECT_EQ(summary.status, record::RunStatus::kFailed);
    EXPECT_EQ(summary.pull_request, "");
    EXPECT_TRUE(summary.head.is_zero());
    EXPECT_EQ(summary.title, run.title);
    EXPECT_THAT(summary.author, Not(HasSubstr("\x1b")));
    return true;
  }));
  EXPECT_EQ(seen, 1);
  EXPECT_THAT(git("fsck --strict --no-dangling"), Not(HasSubstr("error")));
}

TEST_F(StoreTest, ForeignLedgerCommitsAreSteppedOver) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 1);
  std::string ref = "refs/factory/ledger/" + run.id.month();
  git("update-ref " + ref + " $(git commit-tree -p " + ref + " -m 'factory: delivered nonsense' " +
      ref + "^{tree})");
  git("update-ref " + ref + " $(git commit-tree -p " + ref +
      " -m 'factory: x' -m 'Factory-Run: ../../etc\nFactory-Status: delivered' " + ref +
      "^{tree})");
  EXPECT_EQ(listed(store), std::vector<std::string>{run.id.str()});
  record::RunRecord next = deliver(repo, store, 2);
  EXPECT_EQ(listed(store), (std::vector<std::string>{next.id.str(), run.id.str()}));
}

}  // namespace
}  // namespace gf::store::test
