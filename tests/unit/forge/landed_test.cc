// What became of a pull request, by every way in which a branch gets into another; and the ways of
// merge_here(), which are those.
#include "forge/landed.h"

#include <gmock/gmock.h>

#include <functional>

#include "forge/merge_here.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::forge {
namespace {

using ::testing::HasSubstr;

class LandedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    program_ =
        std::make_unique<git::Program>(test::plain_runner(repo_.environment()), repo_.path());
    repo_.write("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    base_ = repo_.commit("first");
    repo_.git({"switch", "-q", "-c", "factory/x"});
    repo_.write("b.txt", "new\n");
    repo_.write("a.txt", "1\n2\n3\nfour\n5\n6\n7\n8\n9\n");
    head_ = repo_.commit("feat: x");
    handle_ = std::make_unique<git::Repo>(git::Repo::open(repo_.path()).value());
  }
  PullRequest pull() const {
    PullRequest made;
    made.number = 3;
    made.url = "#3";
    made.title = "feat: x";
    made.body = "why\n";
    made.head_branch = "factory/x";
    made.base_branch = "main";
    made.base = base_;
    made.head = head_;
    return made;
  }
  Standing standing(const std::optional<std::string>& remote = {}) {
    auto found = standing_of(*handle_, *program_, pull(), remote);
    EXPECT_TRUE(found.ok());
    return found.ok() ? *found : Standing();
  }
  /// A commit of somebody else's on main, far from the change.
  void main_moves() {
    repo_.git({"switch", "-q", "main"});
    repo_.write("c.txt", "other\n");
    repo_.commit("other");
  }
  void second_commit() {
    repo_.write("b.txt", "newer\n");
    head_ = repo_.commit("feat: more of x");
  }

  test::TempRepo repo_;
  std::unique_ptr<git::Program> program_;
  std::unique_ptr<git::Repo> handle_;
  Oid base_, head_;
};

TEST_F(LandedTest, AnOpenOneIsOpenWhateverElseHappens) {
  EXPECT_EQ(standing().state, "open");
  main_moves();
  EXPECT_EQ(standing().state, "open");
  EXPECT_EQ(standing().ref, "refs/heads/factory/x");

  repo_.git({"branch", "-q", "-D", "factory/x"});

  Standing gone = standing();
  EXPECT_EQ(gone.state, "open");
  EXPECT_EQ(gone.why, "its branch is gone");
  EXPECT_EQ(gone.head, head_);
}

TEST_F(LandedTest, EveryWayIntoTheBaseIsSeen) {
  struct Case {
    const char* about;
    bool two_commits;
    std::vector<std::vector<std::string>> does;
    const char* why;
  };
  for (const Case& one : {
           Case{"merge",
                false,
                {{"merge", "-q", "--no-ff", "-m", "m", "factory/x"}},
                "its commits are in 'main'"},
           Case{"squash of two",
                true,
                {{"merge", "-q", "--squash", "factory/x"}, {"commit", "-q", "-m", "s"}},
                "'main' has the same change in "},
           Case{"rebase of one",
                false,
                {{"cherry-pick", "factory/x"}},
                "'main' has the same change in "},
           Case{
               "rebase of two", true, {{"cherry-pick", "main..factory/x"}}, "'main' has all of it"},
           Case{"squash, and the branch is deleted",
                false,
                {{"merge", "-q", "--squash", "factory/x"},
                 {"commit", "-q", "-m", "s"},
                 {"branch", "-q", "-D", "factory/x"}},
                "'main' has the same change in "},
       }) {
    repo_.git({"switch", "-q", "-C", "factory/x", base_.hex()});
    repo_.write("b.txt", "new\n");
    head_ = repo_.commit("feat: x");
    if (one.two_commits) second_commit();
    repo_.git({"switch", "-q", "-C", "main", base_.hex()});
    main_moves();
    ASSERT_EQ(standing().state, "open") << one.about;

    for (const std::vector<std::string>& words : one.does) repo_.git(words);

    Standing found = standing();
    EXPECT_EQ(found.state, "merged") << one.about;
    EXPECT_THAT(found.why, HasSubstr(one.why)) << one.about;
    repo_.write("b.txt", "changed afterwards\n");
    repo_.commit("later work on the same lines");
    bool by_content = std::string(one.why) == "'main' has all of it";
    EXPECT_EQ(standing().state, by_content ? "open" : "merged") << one.about;
  }
}

TEST_F(LandedTest, AFastForwardIsAMerge) {
  repo_.git({"switch", "-q", "main"});
  repo_.git({"merge", "-q", "--ff-only", "factory/x"});

  EXPECT_EQ(standing().state, "merged");
}

TEST_F(LandedTest, TheRemotesBranchesCountBeforeOurs) {
  repo_.git({"update-ref", "refs/remotes/origin/factory/x", head_.hex()});
  repo_.git({"update-ref", "refs/remotes/origin/main", head_.hex()});

  Standing found = standing("origin");

  EXPECT_EQ(found.ref, "refs/remotes/origin/factory/x");
  EXPECT_EQ(found.state, "merged");
  EXPECT_EQ(standing().state, "open") << "our own main has not moved";
}

TEST_F(LandedTest, WhatIsNotInThisCloneIsSaidAndEndsNothing) {
  PullRequest strange = pull();
  strange.head_branch = "factory/other";
  strange.head = Oid::parse(std::string(40, '1')).value();

  ASSERT_GIVES(auto found, standing_of(*handle_, *program_, strange, {}));

  EXPECT_EQ(found.state, "open");
  EXPECT_EQ(found.why, "its commits are not in this clone");
}

TEST_F(LandedTest, EachWayOfMergingLandsIt) {
  for (const char* word : {"merge", "squash", "rebase"}) {
    repo_.git({"switch", "-q", "-C", "main", base_.hex()});
    main_moves();

    ASSERT_GIVES(auto tip, merge_here(*handle_, *program_, pull(), standing(), *merge_way(word)));

    EXPECT_EQ(tip.hex() + "\n", repo_.git({"rev-parse", "main"})) << word;
    EXPECT_EQ(standing().state, "merged") << word;
    EXPECT_EQ(repo_.git({"status", "--porcelain"}), "") << word;
  }
  EXPECT_FALSE(merge_way("octopus"));
}

TEST_F(LandedTest, WhatCannotBeMergedLeavesEverythingAsItWas) {
  repo_.git({"switch", "-q", "main"});
  repo_.write("a.txt", "1\n2\n3\nvier\n5\n6\n7\n8\n9\n");
  std::string before = repo_.commit("the same line").hex();
  for (const char* word : {"merge", "squash", "rebase", "ff-only"}) {
    auto merged = merge_here(*handle_, *program_, pull(), standing(), *merge_way(word));

    ASSERT_FALSE(merged.ok()) << word;
    if (std::string(word) != "ff-only") {
      EXPECT_THAT(merged.error().message, HasSubstr("conflicts in a.txt")) << word;
    }
    EXPECT_EQ(repo_.git({"rev-parse", "main"}), before + "\n") << word;
    EXPECT_EQ(repo_.git({"status", "--porcelain"}), "") << word;
  }
}

TEST_F(LandedTest, TheBaseHasToBeHereAndClean) {
  auto refused = [&] {
    auto merged = merge_here(*handle_, *program_, pull(), standing(), MergeWay::kMerge);
    return merged.ok() ? "" : merged.error().message + " | " + merged.error().hint;
  };
  EXPECT_EQ(refused(), "'main' is not checked out here | 'git switch main' first");
  repo_.git({"switch", "-q", "main"});
  repo_.write("a.txt", "mine\n");
  EXPECT_THAT(refused(), HasSubstr("not committed"));
}

TEST_F(LandedTest, CheckoutFindsTheBranchWhereverItIs) {
  repo_.git({"switch", "-q", "main"});
  ASSERT_GIVES(auto branch, checkout_here(*handle_, *program_, pull(), standing()));
  EXPECT_EQ(branch, "factory/x");
  EXPECT_EQ(repo_.git({"branch", "--show-current"}), "factory/x\n");

  repo_.git({"switch", "-q", "main"});
  repo_.git({"branch", "-q", "-D", "factory/x"});
  ASSERT_DONE(checkout_here(*handle_, *program_, pull(), standing()));
  EXPECT_EQ(repo_.git({"rev-parse", "factory/x"}), head_.hex() + "\n");

  PullRequest hostile = pull();
  hostile.head_branch = "--orphan";
  EXPECT_FALSE(checkout_here(*handle_, *program_, hostile, standing()).ok());
}

TEST_F(LandedTest, WhatAServerKeepsIsFetchedAndItsChangeBeginsWhereItLeftTheBase) {
  main_moves();
  std::string server = repo_.path() + "-server.git";
  repo_.git({"init", "-q", "--bare", server});
  repo_.git({"push", "-q", server, "main"});
  repo_.git({"push", "-q", server, "factory/x:refs/pull/3/head"});
  test::TempRepo clone;
  clone.git({"remote", "add", "origin", server});
  clone.git({"fetch", "-q", "origin"});
  auto handle = git::Repo::open(clone.path()).value();
  git::Program program(
      [&](const git::Command& command) -> Result<git::Answer> {
        test::Ran ran = test::run(command.argv, clone.path(), clone.environment(), command.input);
        return git::Answer{ran.exit_code, ran.out, ran.err};
      },
      clone.path());
  PullRequest theirs = pull();
  theirs.base = Oid();
  theirs.fetch_ref = "refs/pull/3/head";
  ASSERT_FALSE(handle.exists(head_));

  ASSERT_DONE(bring_here(handle, program, theirs, "origin"));

  EXPECT_TRUE(handle.exists(head_));
  ASSERT_GIVES(auto standing, standing_of(handle, program, theirs, "origin"));
  ASSERT_GIVES(auto start, start_of(handle, theirs, standing, "origin"));
  EXPECT_EQ(start, base_);
  theirs.base_branch = "nowhere";
  EXPECT_THAT(start_of(handle, theirs, standing, "origin").error().message, HasSubstr("'nowhere'"));
}

}  // namespace
}  // namespace gf::forge
