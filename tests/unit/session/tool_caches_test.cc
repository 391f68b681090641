// The copy of what tools keep, what a killed process may leave, and what is swept.
#include "session/tool_caches.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "base/folder_copy.h"
#include "support/opened.h"

namespace gf::session {
namespace {

namespace fs = std::filesystem;

class ToolCachesTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "a\n");
    ASSERT_NO_FATAL_FAILURE(open());
    fs::create_directories(worktree());
    change_ = context_->repo.write_blob("change").value();
  }
  [[nodiscard]] std::string worktree() const { return folder_ / "worktree"; }
  [[nodiscard]] std::string parent() const { return folder_ / "caches"; }
  ToolCaches of(const std::string& run) {
    return ToolCaches(context_->repo, parent(), worktree(), {run, base_, tree_});
  }
  /// A program that keeps this, on that tree.
  void keep(ToolCaches& caches, const Oid& tree, const std::string& text) {
    ASSERT_DONE(caches.use(tree));
    ASSERT_DONE(write_file(caches.folder() + "/cargo/kept", text));
  }
  /// What a run of that name finds there when it looks at its base.
  std::string found_by(const std::string& run) {
    ToolCaches caches = of(run);
    EXPECT_TRUE(caches.use(tree_).ok());
    return read_file(caches.folder() + "/cargo/kept").value_or("nothing");
  }
  Oid change_;
};

TEST_F(ToolCachesTest, WhateverIsMissingAfterAKillNothingOfAChangeIsBelieved) {
  for (const char* lost : {"", "tools.of", "seed.of", "seed", "tools"}) {
    fs::remove_all(parent());
    ToolCaches first = of("first");
    ASSERT_NO_FATAL_FAILURE(keep(first, tree_, "base"));
    ASSERT_NO_FATAL_FAILURE(keep(first, change_, "evil"));
    for (const auto& entry : fs::directory_iterator(parent())) {
      std::string name = entry.path().filename();
      name = name.substr(0, name.find('-')) + entry.path().extension().string();
      if (name == lost) fs::remove_all(entry.path());
    }
    bool has_seed = !std::string(lost).starts_with("seed");
    EXPECT_EQ(found_by("second"), has_seed ? "base" : "nothing") << lost;
  }
}

TEST_F(ToolCachesTest, TheSeedIsNotWhatALaterWriteReaches) {
  ToolCaches first = of("first");
  ASSERT_NO_FATAL_FAILURE(keep(first, tree_, "base"));
  ASSERT_DONE(first.use(change_));
  std::ofstream(first.folder() + "/cargo/kept", std::ios::in) << "evil";
  EXPECT_EQ(found_by("second"), "base");
}

TEST_F(ToolCachesTest, WhatWasForgottenComesNotBack) {
  ToolCaches first = of("first");
  ASSERT_NO_FATAL_FAILURE(keep(first, tree_, "base"));
  ASSERT_DONE(first.use(change_));
  first.forget();
  EXPECT_EQ(found_by("second"), "nothing");
}

TEST_F(ToolCachesTest, ThoseOfAWorktreeThatIsGoneAreSwept) {
  ToolCaches first = of("first");
  ASSERT_NO_FATAL_FAILURE(keep(first, tree_, "base"));
  ASSERT_DONE(first.use(change_));
  EXPECT_TRUE(sweep_tool_caches(parent(), {}, false).empty());
  EXPECT_EQ(sweep_tool_caches(parent(), {worktree()}, true).size(), 2u) << "only said";
  fs::remove_all(worktree());
  EXPECT_EQ(sweep_tool_caches(parent(), {}, false).size(), 2u);
  EXPECT_TRUE(fs::is_empty(parent()));
}

TEST_F(ToolCachesTest, ACopyHasTimesRightsAndLinks) {
  const std::string from = folder_ / "from", to = folder_ / "to";
  ASSERT_DONE(write_file(from + "/in/a", "a"));
  fs::create_hard_link(from + "/in/a", from + "/in/b");
  fs::create_symlink("/nowhere", from + "/link");
  fs::permissions(from + "/in/a", fs::perms::owner_read | fs::perms::owner_exec);
  fs::permissions(from + "/in", fs::perms::owner_read | fs::perms::owner_exec);
  auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const char* path : {"/in/a", "/in"}) fs::last_write_time(from + path, long_ago);

  ASSERT_TRUE(copy_folder(from, to));

  for (const char* path : {"/in/a", "/in"}) {
    EXPECT_EQ(fs::last_write_time(to + path), fs::last_write_time(from + path)) << path;
    EXPECT_EQ(fs::status(to + path).permissions(), fs::status(from + path).permissions()) << path;
  }
  EXPECT_TRUE(fs::equivalent(to + "/in/a", to + "/in/b"));
  EXPECT_FALSE(fs::equivalent(to + "/in/a", from + "/in/a"));
  EXPECT_EQ(fs::read_symlink(to + "/link"), "/nowhere");
  EXPECT_EQ(size_of_folder(to, 100), 2u);
  for (const std::string& one : {from, to}) fs::permissions(one + "/in", fs::perms::owner_all);
}

}  // namespace
}  // namespace gf::session
