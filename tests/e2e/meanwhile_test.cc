// What a person does with their repository in the middle of a run does the run no harm, and the run
// does none to what they did.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "base/text.h"
#include "e2e/factory.h"
#include "e2e/known.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class MeanwhileTest : public FactoryTest {
 protected:
  /// The model does this once, in the user's folder, after BUILD has written its files and before
  /// anything of them is in the run's record.
  void meanwhile(const std::string& shell) {
    fs::remove(repo_.folder() / "done");
    use_acted({"health"},
              "if [ \"$key\" = build.1.2 ] && [ ! -e \"$here/done\" ]; then\n"
              "  (cd '" +
                  repo_.path() + "' && " + shell +
                  ") > \"$here/done\" 2>&1 || echo failed >> \"$here/done\"\nfi\n");
    fs::remove(repo_.folder() / "asked");
    repo_.git({"config", "factory.model", "acted/health"});
  }
  Ran health() { return factory({"feature", "--again", "--slug", "health", kHealth}); }
  [[nodiscard]] std::string done() const { return repo_.read("../done"); }
  [[nodiscard]] std::string refs(const std::string& below) const {
    return repo_.git({"for-each-ref", "--format=%(refname)", below});
  }
  void expect_nothing_asked_twice(const std::string& label) {
    std::set<std::string> seen;
    for (const std::string& one : asked()) EXPECT_TRUE(seen.insert(one).second) << label << one;
  }
};

TEST_F(MeanwhileTest, CleaningUpAndWorkingOnLosesNothing) {
  make_shop();
  // A repack leaves commits in the graph that it drops, which fsck complains of in any repository.
  repo_.git({"config", "gc.writeCommitGraph", "false"});
  struct Case {
    const char* label;
    const char* shell;
  };
  const std::string unlock =
      "for entry in .git/worktrees/*; do rm -f $entry/locked; done; git worktree prune "
      "--expire=now";
  for (const Case& one : {
           Case{"nothing", "true"},
           Case{"worktrees are pruned", "git worktree prune --expire=now"},
           Case{"they are unlocked, too", unlock.c_str()},
           Case{"what no ref leads to is thrown away",
                "git reflog expire --expire=now --expire-unreachable=now --all && git gc --quiet "
                "--prune=now"},
           Case{"the base's branch is deleted, and all that was of it alone",
                "git checkout -q -b mine && git branch -q -D main && git reflog expire "
                "--expire=now --expire-unreachable=now --all && git gc --quiet --prune=now"},
           Case{"packs and refs are packed anew",
                "git pack-refs --all --prune && git repack -adq && git prune-packed && git "
                "worktree repair"},
           Case{"the pool is swept", "git factory gc --all"},
           Case{"another branch, a commit and a stash",
                "git checkout -q -b other && echo x > x && git add x && git commit -q -m x && "
                "echo y > x && git stash -q"},
       }) {
    meanwhile(one.shell);
    Ran ran = health();
    ASSERT_EQ(ran.exit_code, 0) << one.label << "\n" << ran.err << done();
    EXPECT_THAT(done(), ::testing::Not(HasSubstr("failed"))) << one.label;
    expect_nothing_asked_twice(one.label);
    std::string branches = refs("refs/heads/factory");
    EXPECT_EQ(lines(branches).size(), 1U) << branches;
    EXPECT_EQ(repo_.git({"diff-tree", "-r", "--name-only", "refs/remotes/origin/main",
                         "refs/heads/factory/health"}),
              "CHANGELOG.md\napp/main.py\napp/routers/health.py\ntests/test_health.py\n")
        << one.label;
    EXPECT_EQ(refs("refs/factory/active") + refs("refs/factory-worktrees"), "") << one.label;
    EXPECT_EQ(repo_.git({"fsck", "--strict", "--no-dangling", "--no-progress"}), "") << one.label;
    EXPECT_EQ(repo_.git({"status", "--porcelain"}), "") << one.label;
    // As it was, for the next one.
    repo_.git({"checkout", "-q", "-B", "main", "origin/main"});
    repo_.git({"branch", "-q", "-D", "factory/health"});
    repo_.git({"push", "-q", "--delete", "origin", "factory/health"});
  }
  EXPECT_EQ(lines(repo_.git({"stash", "list"})).size(), 1U) << "the person's stash";
  EXPECT_EQ(repo_.git({"show", "other:x"}), "x\n");
}

TEST_F(MeanwhileTest, ARepositoryThatIsMovedIsToldAndTheRunGoesOnWhereItIsNow) {
  make_shop();
  std::string moved = repo_.folder() / "moved";
  meanwhile("mv '" + repo_.path() + "' '" + moved + "'");
  Ran ran = health();
  EXPECT_EQ(ran.exit_code, 128) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("fatal: "));
  copy_known(repo_, moved, true);
  Ran went_on = factory({"resume"}, moved);
  ASSERT_EQ(went_on.exit_code, 0) << went_on.err;
  EXPECT_EQ(run({"git", "fsck", "--strict", "--no-dangling"}, moved, environment()).exit_code, 0);
  EXPECT_EQ(run({"git", "rev-list", "--count", "main..factory/health"}, moved, environment()).out,
            "1\n");
}

}  // namespace
}  // namespace gf::test
