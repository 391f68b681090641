// What a person does with git beside the pool: what they committed in a free place stays theirs,
// and what they clean up takes nothing away from a run.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "base/files.h"
#include "base/text.h"
#include "git/workspace.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

class WorkspaceByHandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    base_ = place_.commit("base");
  }
  Result<Workspace> acquire(Repo& repo) {
    Program git(test::plain_runner(place_.environment()), place_.path());
    return Workspace::acquire(repo, git, beside_ / "pool", RunId::make({}, 1), base_);
  }
  /// The signal that ended a process which does `work` with a git that kills it as soon as it is
  /// asked for `word`.
  int die_at(const std::string& word, const std::function<void(const Program&)>& work) const {
    pid_t child = fork();
    if (child == 0) {
      Runner plain = test::plain_runner(place_.environment());
      Runner deadly = [&](const Command& command) -> Result<Answer> {
        if (std::find(command.argv.begin(), command.argv.end(), word) != command.argv.end())
          kill(getpid(), SIGKILL);
        return plain(command);
      };
      work(Program(deadly, place_.path()));
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  /// What `git worktree add` has made of a place when it is killed early.
  void forge_new_entry(const std::string& pool) const {
    namespace fs = std::filesystem;
    std::string entry = place_.path() + "/.git/worktrees/half";
    fs::create_directories(entry);
    fs::create_directories(pool + "/1");
    std::ofstream(pool + "/1/.git") << "gitdir: " << entry << "\n";
    std::ofstream(entry + "/gitdir") << pool << "/1/.git\n";
    std::ofstream(entry + "/commondir") << "../..\n";
    std::ofstream(entry + "/HEAD") << std::string(40, '0') << "\n";
  }
  std::string at(const std::string& path, std::vector<std::string> words) const {
    words.insert(words.begin(), {"-C", path});
    return place_.git(words);
  }

  test::TempRepo place_;
  test::TempFolder beside_;
  Oid base_;
};

TEST_F(WorkspaceByHandTest, ACommitThatNoRefLeadsToKeepsItsPlaceAndABranchStaysWhereItIs) {
  ASSERT_GIVES(Repo repo, Repo::open(place_.path()));
  struct Case {
    std::string branch;  ///< checked out there; empty: none
    bool used_again;
  };
  for (const Case& one : {Case{"", false}, Case{"theirs", true}}) {
    std::string path;
    {
      ASSERT_GIVES(auto space, acquire(repo));
      path = space.path();
    }
    if (!one.branch.empty()) at(path, {"checkout", "-q", "-b", one.branch});
    std::ofstream(path + "/a.txt") << "by hand\n";
    // The clock stands still: another message is another commit.
    at(path, {"commit", "-q", "-a", "-m", "work on '" + one.branch + "'"});
    std::string tip = at(path, {"rev-parse", "HEAD"});
    {
      ASSERT_GIVES(auto space, acquire(repo));
      EXPECT_EQ(space.path() == path, one.used_again) << one.branch;
      EXPECT_EQ(read_file(space.path() + "/a.txt"), "one\n") << one.branch;
      EXPECT_EQ(at(space.path(), {"rev-parse", "HEAD"}), base_.hex() + "\n");
    }
    if (one.used_again) {
      EXPECT_EQ(place_.git({"rev-parse", one.branch}), tip);
    } else {
      EXPECT_EQ(at(path, {"rev-parse", "HEAD"}), tip);
      EXPECT_EQ(read_file(path + "/a.txt"), "by hand\n");
    }
  }
}

/// A process that is killed while it puts a place at another base. Where the place stood by then is
/// nobody's work, though no ref leads there any more.
TEST_F(WorkspaceByHandTest, APlaceOfWhoWasKilledOnTheWayToAnotherBaseIsUsedAgain) {
  ASSERT_GIVES(Repo repo, Repo::open(place_.path()));
  struct Case {
    const char* killed_at;  ///< the git that the process does not outlive
    bool is_new;            ///< the place has never been before
    bool sweeps;            ///< what comes next: gc, or a run
  };
  size_t number = 0;
  for (const Case& one : {Case{"reset", false, false}, Case{"reset", false, true},
                          Case{"worktree", true, false}, Case{"worktree", true, true}}) {
    SCOPED_TRACE(std::to_string(number));
    std::string pool = beside_ / ("pool" + std::to_string(number++));
    Program git(test::plain_runner(place_.environment()), place_.path());
    auto acquire_by = [&](const Program& by, const Oid& base) {
      return Workspace::acquire(repo, by, pool, RunId::make({}, 1), base);
    };
    if (!one.is_new) {
      ASSERT_GIVES(auto before, acquire_by(git, base_));
      ASSERT_DONE(before.release());
    }
    place_.write("a.txt", "other " + std::to_string(number) + "\n");
    place_.git("add -A");
    place_.git({"commit", "-q", "--amend", "-m", "base " + std::to_string(number)});
    Oid next = Oid::parse(trim(place_.git("rev-parse HEAD"))).value();
    EXPECT_EQ(die_at(one.killed_at, [&](const Program& by) { (void)acquire_by(by, next); }),
              SIGKILL);
    // As git writes it first where it adds one.
    if (one.is_new) forge_new_entry(pool);

    if (one.sweeps) {
      ASSERT_GIVES(auto places, sweep_pool(repo, git, pool, {}));
      ASSERT_EQ(places.size(), 1U);
      EXPECT_EQ(places[0].fate, PoolPlace::Fate::kRemoved);
    } else {
      ASSERT_GIVES(auto space, acquire_by(git, next));
      EXPECT_EQ(space.path(), pool + "/1");
      EXPECT_EQ(read_file(space.path() + "/a.txt"), "other " + std::to_string(number) + "\n");
    }
    base_ = next;
  }
}

TEST_F(WorkspaceByHandTest, ACommitByHandAfterSuchAKillIsKept) {
  ASSERT_GIVES(Repo repo, Repo::open(place_.path()));
  {
    ASSERT_GIVES(auto before, acquire(repo));
    ASSERT_DONE(before.release());
  }
  std::string path = beside_ / "pool/1";
  place_.write("a.txt", "other\n");
  base_ = place_.commit("next");
  die_at("reset", [&](const Program& by) {
    (void)Workspace::acquire(repo, by, beside_ / "pool", RunId::make({}, 1), base_);
  });
  std::ofstream(path + "/a.txt") << "by hand\n";
  at(path, {"commit", "-q", "-a", "-m", "work"});

  ASSERT_GIVES(auto space, acquire(repo));
  EXPECT_NE(space.path(), path);
  EXPECT_EQ(read_file(path + "/a.txt"), "by hand\n");
}

TEST_F(WorkspaceByHandTest, ATreeThatNoRefOfTheRunHasYetOutlivesAGc) {
  ASSERT_GIVES(Repo repo, Repo::open(place_.path()));
  auto clean_up = [&] {
    place_.git({"reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"});
    place_.git({"gc", "--quiet", "--prune=now"});
    place_.git({"worktree", "prune", "--expire=now"});
  };
  auto pins = [&] { return place_.git({"for-each-ref", "refs/factory-worktrees"}); };
  std::string path;
  {
    ASSERT_GIVES(auto space, acquire(repo));
    path = space.path();
    std::ofstream(path + "/a.txt") << "first\n";
    space.touched("a.txt");
    ASSERT_GIVES(Oid first, space.snapshot());
    std::ofstream(path + "/b.txt") << "second\n";
    space.touched("b.txt");
    ASSERT_GIVES(Oid second, space.snapshot());
    clean_up();
    ASSERT_DONE(space.materialise(first));
    EXPECT_FALSE(std::filesystem::exists(path + "/b.txt"));
    clean_up();
    ASSERT_DONE(space.materialise(second));
    EXPECT_EQ(read_file(path + "/b.txt"), "second\n");
    EXPECT_EQ(place_.git({"fsck", "--strict", "--no-dangling", "--no-progress"}), "");
    ASSERT_DONE(space.release());
    EXPECT_EQ(pins(), "") << "nothing is held that nobody needs";
  }
  {
    ASSERT_GIVES(auto stopped, acquire(repo));
    std::ofstream(path + "/a.txt") << "third\n";
    stopped.touched("a.txt");
    ASSERT_DONE(stopped.snapshot());
    EXPECT_NE(pins(), "");
  }
  EXPECT_EQ(pins(), "") << "nor by one that was not released";
}

TEST_F(WorkspaceByHandTest, WhatAKilledProcessHeldGoesWithItsPlace) {
  ASSERT_GIVES(Repo repo, Repo::open(place_.path()));
  Program git(test::plain_runner(place_.environment()), place_.path());
  { ASSERT_GIVES(auto space, acquire(repo)); }
  place_.git({"update-ref", "refs/factory-worktrees/1", base_.hex()});
  place_.git({"update-ref", "refs/factory-worktrees/9", base_.hex()});
  ASSERT_DONE(sweep_pool(repo, git, beside_ / "pool", {std::nullopt, true}));
  EXPECT_NE(place_.git({"for-each-ref", "refs/factory-worktrees"}), "") << "it was only asked";
  ASSERT_DONE(sweep_pool(repo, git, beside_ / "pool", {}));
  EXPECT_EQ(place_.git({"for-each-ref", "refs/factory-worktrees"}), "");
}

}  // namespace
}  // namespace gf::git
