// A commit about to be made, in a repository of its own: what a hook sees there, and that nothing
// of what it does comes out.
#include "git/staging.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "git/workspace.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class StagingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    place_.write("gone.txt", "one\n");
    place_.write(".gitignore", "*.o\n");
    base_ = place_.commit("first");
    place_.git("branch other");
    place_.git({"config", "user.name", "Ada"});
    reopen();
    auto workspace =
        Workspace::acquire(*repo_, *git_, folder_ / "pool", RunId::make(Timestamp{}, 9), base_);
    ASSERT_DONE(workspace);
    workspace_.emplace(std::move(workspace).value());
    write("a.txt", "two\n");
    write("new name.txt", "new\n");
    std::filesystem::remove(workspace_->path() + "/gone.txt");
    workspace_->touched("gone.txt");
    ASSERT_DONE(workspace_->snapshot());
  }
  void reopen() {
    auto repo = Repo::open(place_.path());
    ASSERT_DONE(repo);
    repo_.emplace(std::move(repo).value());

    git_.emplace(test::plain_runner(place_.environment()), place_.path());
  }
  void write(const std::string& path, const std::string& text) {
    std::ofstream(workspace_->path() + "/" + path) << text;
    workspace_->touched(path);
  }
  Staging make(const Oid& head) {
    auto made = Staging::make(*repo_, *git_,
                              {folder_ / "git", workspace_->path(), head, workspace_->tree(),
                               RefName::known("refs/heads/factory/two"), folder_ / "hooks"});
    EXPECT_DONE(made);
    return std::move(made).value();
  }
  /// git as a hook would call it, in the worktree.
  std::string git(const Staging& staging, std::vector<std::string> words) const {
    auto environment = place_.environment();
    for (const auto& [name, value] : staging.variables()) environment[name] = value;
    words.insert(words.begin(), "git");
    test::Ran ran = test::run(words, workspace_->path(), environment);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.out;
  }
  test::TempRepo place_;
  test::TempFolder folder_;
  Oid base_;
  std::optional<Repo> repo_;
  std::optional<Program> git_;
  std::optional<Workspace> workspace_;
};

TEST_F(StagingTest, AHookSeesTheChangeStagedOnTheBaseAndTheBranchOfTheRun) {
  Staging staging = make(base_);

  EXPECT_THAT(staging.staged(), UnorderedElementsAre("a.txt", "gone.txt", "new name.txt"));
  EXPECT_EQ(git(staging, {"diff", "--cached", "--name-status"}),
            "M\ta.txt\nD\tgone.txt\nA\tnew name.txt\n");
  EXPECT_EQ(git(staging, {"status", "--porcelain"}), "M  a.txt\nD  gone.txt\nA  \"new name.txt\"\n")
      << "nothing is left unstaged";
  EXPECT_EQ(git(staging, {"symbolic-ref", "HEAD"}), "refs/heads/factory/two\n");
  EXPECT_EQ(git(staging, {"rev-parse", "HEAD", "other"}), base_.hex() + "\n" + base_.hex() + "\n");
  EXPECT_EQ(git(staging, {"config", "user.name"}), "Ada\n");
  EXPECT_EQ(git(staging, {"config", "core.hooksPath"}), folder_ / "hooks\n");
  EXPECT_EQ(git(staging, {"rev-parse", "--show-toplevel"}), workspace_->path() + "\n");
  EXPECT_THAT(*staging.modified(), IsEmpty());
}

TEST_F(StagingTest, WhatAHookDoesToTheRepositoryStaysThere) {
  Staging staging = make(base_);
  std::string before = place_.git("for-each-ref") + place_.git("status --porcelain") +
                       place_.git("config --list --local");

  git(staging, {"commit", "-qm", "made by a hook"});
  git(staging, {"branch", "of-a-hook"});
  git(staging, {"config", "hook.was", "here"});
  write("a.txt", "three\n");
  git(staging, {"stash", "-q"});
  git(staging, {"update-ref", "-d", "refs/heads/other"});

  EXPECT_EQ(place_.git("for-each-ref") + place_.git("status --porcelain") +
                place_.git("config --list --local"),
            before);
}

TEST_F(StagingTest, FilesThatAreOtherwiseThanStagedAreFoundWhateverIsInTheIndex) {
  write("left.txt", "an earlier gate left it\n");
  Staging staging = make(base_);

  write("a.txt", "2wo\n");
  git(staging, {"add", "a.txt"});
  write("new.txt", "new\n");
  write("built.o", "ignored\n");
  std::filesystem::remove(workspace_->path() + "/new name.txt");

  EXPECT_THAT(*staging.modified(), UnorderedElementsAre("a.txt", "new.txt", "new name.txt"));
}

TEST_F(StagingTest, TheHookIsTheOneThatGitWouldRun) {
  struct Case {
    const char* what;
    const char* hooks_path;  ///< null: not set
    const char* file;
    bool executable, found;
  };
  const Case kCases[] = {
      {"the repository's own", nullptr, ".git/hooks/pre-commit", true, true},
      {"not executable", nullptr, ".git/hooks/pre-commit", false, true},
      {"none", nullptr, ".git/hooks/pre-commit.sample", true, false},
      {"a folder of the work tree", ".husky/_", ".husky/_/pre-commit", true, true},
      {"not in the folder that counts", ".husky/_", ".git/hooks/pre-commit", true, false},
      {"hooks are off", "/dev/null", ".git/hooks/pre-commit", true, false},
  };
  for (const Case& one : kCases) {
    std::filesystem::remove_all(place_.path() + "/.git/hooks");
    std::filesystem::remove_all(place_.path() + "/.husky");
    std::string path = place_.write(one.file, "#!/bin/sh\n");
    using std::filesystem::perms;
    std::filesystem::permissions(place_.path() + "/" + one.file,
                                 one.executable ? perms::owner_all : perms::owner_read);
    if (one.hooks_path != nullptr) place_.git({"config", "core.hooksPath", one.hooks_path});
    reopen();

    ASSERT_GIVES(auto hook, find_hook(*repo_, *git_, "pre-commit"));

    EXPECT_EQ(hook.has_value(), one.found) << one.what;
    if (hook) {
      EXPECT_EQ(hook->executable, one.executable) << one.what;
      EXPECT_EQ(hook->path, place_.path() + "/" + one.file) << one.what;
    }
    if (one.hooks_path != nullptr) place_.git({"config", "--unset", "core.hooksPath"});
  }
}

}  // namespace
}  // namespace gf::git
