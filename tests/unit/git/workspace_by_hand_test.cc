// What a person does with git beside the pool: what they committed in a free place stays theirs,
// and what they clean up takes nothing away from a run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

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
