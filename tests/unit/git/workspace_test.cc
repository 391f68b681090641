// Pooled worktrees: taking and giving back, with real processes that die, and a user's place that
// must not change.
#include "git/workspace.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.h"
#include "git/slot.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class WorkspaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    place_.write("src/main.py", "print(1)\n");
    place_.write("src/run.sh", "#!/bin/sh\n");
    fs::permissions(place_.path() + "/src/run.sh", fs::perms::owner_all);
    fs::create_symlink("a.txt", place_.path() + "/link");
    place_.write(".gitignore", "*.pyc\nbuild/\n");
    base_ = place_.commit("first");
    base_tree_ = tree_of("HEAD");
  }
  Oid tree_of(const std::string& name) const {
    return Oid::parse(trim(place_.git("rev-parse " + name + "^{tree}"))).value();
  }
  Program program() const {
    return Program(test::plain_runner(place_.environment()), place_.path());
  }
  Repo opened() const { return std::move(Repo::open(place_.path())).value(); }
  Result<Workspace> acquire(Repo& repo) const { return acquire(repo, base_); }
  Result<Workspace> acquire(Repo& repo, const Oid& base) const {
    return Workspace::acquire(repo, program(), pool_, RunId::make(Timestamp{}, 7), base);
  }
  /// git in the pooled worktree, as a person would use it there.
  std::string git_at(const std::string& path, const std::string& arguments) const {
    return place_.git("-C " + path + " " + arguments);
  }
  std::string status(const std::string& path) const {
    return git_at(path, "status --porcelain --ignored -uall");
  }
  static void put(const std::string& file, const std::string& content) {
    fs::create_directories(fs::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }
  static std::string get(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Everything of the user's that a run must not change.
  std::string users_state() const {
    std::string all;
    for (const char* name : {"HEAD", "index", "config", "logs/HEAD"}) {
      all += get(place_.path() + "/.git/" + name) + "|";
    }
    all += place_.git("for-each-ref") + place_.git("stash list");
    return all + place_.git("status --porcelain --ignored -uall");
  }

  test::TempRepo place_;
  test::TempFolder beside_;
  std::string pool_ = beside_ / "pool";
  Oid base_, base_tree_;
};

// --- Taking and giving back ---

TEST_F(WorkspaceTest, AFreePlaceSaysWhoseItIs) {
  Repo repo = opened();
  { ASSERT_GIVES(auto space, acquire(repo)); }
  EXPECT_THAT(place_.git("worktree list --porcelain"), HasSubstr("locked git-factory pool, free"));
  ASSERT_GIVES(auto again, acquire(repo));
  EXPECT_THAT(place_.git("worktree list --porcelain"), HasSubstr("locked git-factory run "));
}

TEST_F(WorkspaceTest, is_the_base_detached_locked_and_outside) {
  Repo repo = opened();
  ASSERT_GIVES(auto space, acquire(repo));
  EXPECT_EQ(space.tree(), base_tree_);
  EXPECT_EQ(status(space.path()), "");
  EXPECT_EQ(get(space.path() + "/src/main.py"), "print(1)\n");
  EXPECT_EQ(git_at(space.path(), "rev-parse HEAD"), base_.hex() + "\n");
  EXPECT_EQ(place_.git_status({"-C", space.path(), "symbolic-ref", "-q", "HEAD"}), 1);
  EXPECT_THAT(place_.git("worktree list --porcelain"),
              HasSubstr("locked git-factory run 19700101T000000Z-00000007"));
  struct stat info {};
  ASSERT_EQ(stat(pool_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
}

TEST_F(WorkspaceTest, leaves_the_users_place_as_it_was) {
  place_.write("stashed", "x");
  place_.git("stash push -q -u");
  place_.write("a.txt", "not committed\n");
  place_.write("untracked", "u");
  place_.git("add untracked");
  place_.write(".git/hooks/post-checkout", "#!/bin/sh\ntouch " + (beside_ / "hooked") + "\n");
  fs::permissions(place_.path() + "/.git/hooks/post-checkout", fs::perms::owner_all);
  place_.git("status");
  std::string before = users_state();
  Repo repo = opened();
  {
    ASSERT_GIVES(auto space, acquire(repo));
    put(space.path() + "/a.txt", "two\n");
    space.touched("a.txt");
    ASSERT_DONE(space.snapshot());
    ASSERT_DONE(space.release());
    ASSERT_GIVES(auto again, acquire(repo));
    ASSERT_DONE(sweep_pool(repo, program(), pool_, {}));
  }
  EXPECT_EQ(users_state(), before);
  EXPECT_FALSE(fs::exists(beside_ / "hooked"));
}

TEST_F(WorkspaceTest, one_place_is_never_given_to_two_and_is_used_again) {
  Repo repo = opened();
  ASSERT_GIVES(auto first, acquire(repo));
  ASSERT_GIVES(auto second, acquire(repo));
  EXPECT_NE(first.path(), second.path());
  std::string path = second.path();
  ASSERT_DONE(second.release());
  ASSERT_DONE(second.release());
  ASSERT_GIVES(auto third, acquire(repo));
  EXPECT_EQ(third.path(), path);
}

TEST_F(WorkspaceTest, processes_at_the_same_time_get_different_places) {
  constexpr int kMany = 6;
  int go[2], report[2];
  ASSERT_EQ(pipe(go) + pipe(report), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kMany; ++i) {
    pid_t child = fork();
    if (child == 0) {
      close(go[1]);
      Repo repo = opened();
      auto space = acquire(repo);
      std::string line = space.ok() ? space->path() + "\n"
                                    : space.error().message + " " +
                                          replace_all(space.error().detail, "\n", " ") + "\n";
      (void)!write(report[1], line.data(), line.size());
      char c = 0;
      (void)!read(go[0], &c, 1);  // holds it until all have one
      _exit(space.ok() ? 0 : 1);
    }
    children.push_back(child);
  }
  close(report[1]);
  std::string heard;
  char part[4096];
  while (std::count(heard.begin(), heard.end(), '\n') < kMany) {
    ssize_t n = read(report[0], part, sizeof part);
    ASSERT_GT(n, 0) << heard;
    heard.append(part, static_cast<size_t>(n));
  }
  close(go[1]);
  for (pid_t child : children) {
    int code = 0;
    waitpid(child, &code, 0);
    EXPECT_EQ(code, 0);
  }
  std::vector<std::string> paths = lines(heard);
  EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), size_t{kMany}) << heard;
  close(go[0]);
  close(report[0]);
}

TEST_F(WorkspaceTest, a_killed_holder_frees_its_place_and_its_mess_is_cleaned) {
  int report[2];
  ASSERT_EQ(pipe(report), 0);
  pid_t child = fork();
  if (child == 0) {
    Repo repo = opened();
    auto space = acquire(repo);
    if (!space.ok()) _exit(1);
    put(space->path() + "/a.txt", "half");
    put(space->path() + "/build/x.o", "junk");
    fs::create_directories(space->path() + "/empty/folder");
    put(place_.path() + "/.git/worktrees/1/index.lock", "");
    (void)!write(report[1], space->path().data(), space->path().size());
    while (true) pause();
  }
  close(report[1]);
  char part[4096];
  ssize_t n = read(report[0], part, sizeof part);
  close(report[0]);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_GT(n, 0);

  Repo repo = opened();
  ASSERT_GIVES(auto space, acquire(repo));
  EXPECT_EQ(space.path(), std::string(part, static_cast<size_t>(n)));
  EXPECT_EQ(status(space.path()), "");
  EXPECT_EQ(get(space.path() + "/a.txt"), "one\n");
  EXPECT_FALSE(fs::exists(space.path() + "/empty")) << "git does not see empty folders";
}

TEST_F(WorkspaceTest, a_place_left_dirty_is_repaired_even_when_it_says_it_is_clean) {
  Repo repo = opened();
  std::string path;
  {
    ASSERT_GIVES(auto space, acquire(repo));
    path = space.path();
    ASSERT_DONE(space.release());
  }
  put(path + "/a.txt", "changed by a person\n");
  fs::remove(path + "/src/main.py");
  put(path + "/new/file", "n");
  put(path + "/x.pyc", "ignored");
  place_.git("init -q " + path + "/nested");
  git_at(path, "add new/file");
  ASSERT_GIVES(auto space, acquire(repo));
  EXPECT_EQ(space.path(), path);
  EXPECT_EQ(status(path), "");
  EXPECT_EQ(get(path + "/a.txt"), "one\n");
  EXPECT_FALSE(fs::exists(path + "/nested"));
}

TEST_F(WorkspaceTest, another_base_is_checked_out_and_the_right_place_is_preferred) {
  place_.write("a.txt", "two\n");
  Oid next = place_.commit("second");
  Repo repo = opened();
  std::string first_path, second_path;
  {
    ASSERT_GIVES(auto first, acquire(repo, base_));
    ASSERT_GIVES(auto second, acquire(repo, next));
    first_path = first.path();
    second_path = second.path();
    EXPECT_EQ(get(second_path + "/a.txt"), "two\n");
    ASSERT_DONE(first.release());
    ASSERT_DONE(second.release());
  }
  {
    ASSERT_GIVES(auto space, acquire(repo, next));
    EXPECT_EQ(space.path(), second_path);
    ASSERT_GIVES(auto other, acquire(repo, next));
    EXPECT_EQ(other.path(), first_path);
    EXPECT_EQ(get(other.path() + "/a.txt"), "two\n");
    EXPECT_EQ(status(other.path()), "");
  }
}

TEST_F(WorkspaceTest, a_deleted_folder_and_a_pruned_entry_are_healed) {
  Repo repo = opened();
  for (bool prune : {false, true}) {
    std::string path;
    {
      ASSERT_GIVES(auto space, acquire(repo));
      path = space.path();
    }
    fs::remove_all(path);
    if (prune) place_.git("worktree prune --expire now");
    ASSERT_GIVES(auto space, acquire(repo));
    EXPECT_EQ(space.path(), path);
    EXPECT_EQ(status(path), "");
  }
  fs::remove_all(place_.path() + "/.git/worktrees");  // the folder stays, its entry is gone
  ASSERT_GIVES(auto space, acquire(repo));
  EXPECT_EQ(status(space.path()), "");
}

TEST_F(WorkspaceTest, a_broken_index_and_a_forged_link_are_healed) {
  test::TempRepo evil;
  evil.git("config core.fsmonitor " + (beside_ / "evil"));
  Repo repo = opened();
  std::string path;
  {
    ASSERT_GIVES(auto space, acquire(repo));
    path = space.path();
    ASSERT_DONE(space.release());
  }
  put(path + "/.git", "gitdir: " + evil.path() + "/.git\n");
  put(place_.path() + "/.git/worktrees/1/index", "nonsense");
  ASSERT_GIVES(auto space, acquire(repo));
  EXPECT_EQ(space.path(), path);
  EXPECT_EQ(status(path), "");
  EXPECT_EQ(trim(git_at(path, "rev-parse --git-dir")), place_.path() + "/.git/worktrees/1");
}

TEST_F(WorkspaceTest, a_pool_inside_the_repository_or_without_a_home_is_refused) {
  Repo repo = opened();
  for (const char* inside : {"/pool", "/.git/pool", ""}) {
    auto space =
        Workspace::acquire(repo, program(), place_.path() + inside, RunId::make({}, 1), base_);
    ASSERT_FALSE(space.ok());
    EXPECT_THAT(space.error().hint, HasSubstr("XDG_CACHE_HOME"));
  }
  EXPECT_FALSE(fs::exists(place_.path() + "/pool"));
  auto nowhere = default_pool_dir(repo, {});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().hint, HasSubstr("HOME"));
  ASSERT_GIVES(auto by_home, default_pool_dir(repo, {{"HOME", "/h"}, {"XDG_CACHE_HOME", "odd"}}));
  EXPECT_THAT(by_home, ::testing::MatchesRegex("/h/.cache/git-factory/worktrees/[0-9a-f]{16}"));
  ASSERT_GIVES(auto by_xdg, default_pool_dir(repo, {{"HOME", "/h"}, {"XDG_CACHE_HOME", "/c"}}));
  EXPECT_THAT(by_xdg, HasSubstr("/c/git-factory/worktrees/"));
}

TEST_F(WorkspaceTest, a_base_that_is_not_there_is_an_error_and_takes_no_place) {
  Repo repo = opened();
  EXPECT_FALSE(acquire(repo, Oid::parse(std::string(40, 'a')).value()).ok());
  EXPECT_FALSE(fs::exists(pool_ + "/1"));
}

TEST_F(WorkspaceTest, a_place_removed_during_the_run_is_told) {
  Repo repo = opened();
  ASSERT_GIVES(auto space, acquire(repo));
  fs::remove_all(pool_);
  space.touched("a.txt");
  auto shot = space.snapshot();
  ASSERT_FALSE(shot.ok());
  EXPECT_THAT(shot.error().message, HasSubstr("removed"));
}

TEST_F(WorkspaceTest, a_bare_repository_can_be_the_owner) {
  std::string bare = beside_ / "bare.git";
  place_.git({"clone", "-q", "--bare", place_.path(), bare});
  auto repo = Repo::open(bare);
  ASSERT_DONE(repo);
  Program git(test::plain_runner(place_.environment()), bare);
  ASSERT_GIVES(auto space, Workspace::acquire(*repo, git, pool_, RunId::make({}, 1), base_));
  put(space.path() + "/a.txt", "two\n");
  space.touched("a.txt");
  ASSERT_GIVES(Oid tree, space.snapshot());
  EXPECT_NE(tree, base_tree_);
  ASSERT_DONE(space.release());
  EXPECT_EQ(status(space.path()), "");
}

TEST_F(WorkspaceTest, sweeping_removes_free_places_and_leaves_held_ones_and_hand_made_commits) {
  Repo repo = opened();
  ASSERT_GIVES(auto held, acquire(repo));
  std::string freed, worked;
  {
    ASSERT_GIVES(auto second, acquire(repo));
    ASSERT_GIVES(auto third, acquire(repo));
    freed = second.path();
    worked = third.path();
  }
  put(worked + "/a.txt", "work\n");
  git_at(worked, "commit -q -a -m work");
  ASSERT_GIVES(auto places, sweep_pool(repo, program(), pool_, {}));
  auto went = [](const PoolPlace& one) { return one.fate == PoolPlace::Fate::kRemoved; };
  EXPECT_EQ(std::count_if(places.begin(), places.end(), went), 1);
  EXPECT_FALSE(fs::exists(freed));
  EXPECT_TRUE(fs::exists(worked));
  EXPECT_EQ(status(held.path()), "");
  EXPECT_EQ(lines(place_.git("worktree list")).size(), 3U);
  fs::remove_all(worked);
  ASSERT_DONE(sweep_pool(repo, program(), pool_, {}));
  EXPECT_EQ(lines(place_.git("worktree list")).size(), 2U) << "git's entry of it went";
  EXPECT_THAT(sweep_pool(repo, program(), beside_ / "never-made", {}).value(), IsEmpty());
}

TEST_F(WorkspaceTest, AChangedFileGetsATimeThatItsPathHasNotHad) {
  Repo repo = opened();
  ASSERT_GIVES(auto workspace, acquire(repo));
  std::string file = workspace.path() + "/a.txt";
  auto time_of = [&] {
    struct stat info {};
    EXPECT_EQ(stat(file.c_str(), &info), 0);
    return info.st_mtime;
  };
  std::set<time_t> times = {time_of()};
  Oid base = workspace.tree();
  // All within a second, and all of the same size.
  for (const char* text : {"two\n", "six\n", "ten\n"}) {
    put(file, text);
    workspace.touched("a.txt");
    ASSERT_DONE(workspace.snapshot());
    EXPECT_TRUE(times.insert(time_of()).second) << text;
  }
  Oid last = workspace.tree();
  ASSERT_DONE(workspace.materialise(base));
  EXPECT_TRUE(times.insert(time_of()).second);
  ASSERT_DONE(workspace.materialise(last));
  EXPECT_TRUE(times.insert(time_of()).second);
}

}  // namespace
}  // namespace gf::git
