// What a workspace reads from and writes to disk, judged by git itself.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "git/workspace.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;

void put(const std::string& file, const std::string& content) {
  fs::create_directories(fs::path(file).parent_path());
  std::ofstream(file, std::ios::binary) << content;
}
std::string get(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class WorkspaceFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    place_.write("src/main.py", "print(1)\n");
    place_.write("src/deep/er/x.py", "x\n");
    place_.write("run.sh", "#!/bin/sh\n");
    fs::permissions(place_.path() + "/run.sh", fs::perms::owner_all);
    fs::create_symlink("a.txt", place_.path() + "/link");
    place_.write(".gitignore", "*.pyc\nbuild/\n");
  }
  /// Commits what is there and takes a workspace at it.
  void begin() {
    base_ = place_.commit("base");
    base_tree_ = tree_of("HEAD");
    repo_.emplace(std::move(Repo::open(place_.path())).value());
    Program git(test::plain_runner(place_.environment()), place_.path());
    auto space = Workspace::acquire(*repo_, git, beside_ / "pool", RunId::make({}, 1), base_);
    ASSERT_DONE(space);
    space_.emplace(std::move(*space));
    at_ = space_->path() + "/";
  }
  Oid tree_of(const std::string& name) const {
    return Oid::parse(trim(place_.git("rev-parse " + name + "^{tree}"))).value();
  }
  /// The tree git itself makes of the workspace, by an index of its own.
  Oid tree_by_git(bool with_ignored = false) const {
    std::string index = beside_ / "index";
    auto environment = place_.environment();
    environment["GIT_INDEX_FILE"] = index;
    std::vector<std::string> add = {"git", "add", "-A", "."};
    if (with_ignored) add.insert(add.begin() + 2, "-f");
    test::run({"git", "read-tree", base_.hex()}, space_->path(), environment);
    EXPECT_EQ(test::run(add, space_->path(), environment).exit_code, 0);
    std::string id = test::run({"git", "write-tree"}, space_->path(), environment).out;
    fs::remove(index);
    return Oid::parse(trim(id)).value();
  }
  std::string status() const {
    return place_.git("-C " + space_->path() + " status --porcelain -uall");
  }
  /// Tells the workspace of every path that git, asked itself, finds changed since the last
  /// snapshot.
  void tell_what_git_sees() {
    std::string listing = place_.git({"diff-tree", "-r", "-z", "--name-only", "--no-renames",
                                      space_->tree().hex(), tree_by_git().hex()});
    for (const std::string& path : split(listing, '\0')) {
      if (!path.empty()) space_->touched(path);
    }
  }
  /// A snapshot of all that changed, and git's own opinion of the result.
  Oid taken() {
    tell_what_git_sees();
    auto tree = space_->snapshot();
    EXPECT_DONE(tree);
    if (!tree.ok()) return Oid();
    EXPECT_EQ(*tree, tree_by_git());
    EXPECT_EQ(*tree, space_->tree());
    return *tree;
  }
  /// To the base and back leaves what was there, and the base is clean in git's eyes.
  void there_and_back(const Oid& tree) {
    ASSERT_DONE(space_->materialise(base_tree_));
    EXPECT_EQ(status(), "");
    EXPECT_EQ(tree_by_git(), base_tree_);
    ASSERT_DONE(space_->materialise(tree));
    EXPECT_EQ(tree_by_git(), tree);
  }

  test::TempRepo place_;
  test::TempFolder beside_;
  std::optional<Repo> repo_;
  std::optional<Workspace> space_;
  std::string at_;
  Oid base_, base_tree_;
};

TEST_F(WorkspaceFilesTest, what_was_touched_is_stored_and_nothing_else) {
  begin();
  put(at_ + "a.txt", "two\n");
  put(at_ + "src/main.py", "print(2)\n");
  space_->touched("a.txt");
  ASSERT_GIVES(Oid tree, space_->snapshot());
  ASSERT_GIVES(auto deltas, repo_->diff(base_tree_, tree));
  ASSERT_EQ(deltas.size(), 1U);
  EXPECT_EQ(deltas[0].path, "a.txt");
}

TEST_F(WorkspaceFilesTest, nothing_touched_is_the_same_tree) {
  begin();
  ASSERT_GIVES(Oid tree, space_->snapshot());
  EXPECT_EQ(tree, base_tree_);
  space_->touched("never/was");
  ASSERT_GIVES(Oid again, space_->snapshot());
  EXPECT_EQ(again, base_tree_);
}

TEST_F(WorkspaceFilesTest, hostile_names_go_there_and_back) {
  place_.write("in the base \xe4\xf6", "not UTF-8\n");
  begin();
  for (const char* name : {"with space", "new\nline", "-leading", "--option",
                           "\xf0\x9f\x8c\xb3.txt", "tab\there", "quote\"d", "back\\slash", "cr\r",
                           ":(top)x", "*", "!neg", "#c", "no utf \xff\xfe", "d e/f\ng/-h"}) {
    put(at_ + name, std::string("in ") + name);
  }
  fs::remove(at_ + "in the base \xe4\xf6");
  there_and_back(taken());
}

TEST_F(WorkspaceFilesTest, hostile_names_pass_through_filters_too) {
  place_.write(".gitattributes", "* text=auto eol=crlf\n");
  begin();
  for (const char* name :
       {"with space", "new\nline", "-leading", "quote\"d", "back\\slash", "cr\r", "\xff"}) {
    put(at_ + name, "one\r\ntwo\r\n");
  }
  Oid tree = taken();
  EXPECT_EQ(place_.git({"show", tree.hex() + ":with space"}), "one\ntwo\n");
  there_and_back(tree);
  EXPECT_EQ(get(at_ + "new\nline"), "one\r\ntwo\r\n");
}

TEST_F(WorkspaceFilesTest, modes_and_links_are_kept) {
  begin();
  fs::permissions(at_ + "a.txt", fs::perms::owner_all);
  fs::permissions(at_ + "run.sh", fs::perms::owner_read | fs::perms::owner_write);
  fs::remove(at_ + "link");
  fs::create_symlink("src/../nowhere \xff", at_ + "link");
  fs::create_symlink("/etc/passwd", at_ + "outside");
  Oid tree = taken();
  there_and_back(tree);
  EXPECT_EQ(fs::read_symlink(at_ + "outside"), "/etc/passwd");
}

TEST_F(WorkspaceFilesTest, a_file_becomes_a_folder_a_link_a_file_and_back) {
  begin();
  fs::remove(at_ + "a.txt");
  put(at_ + "a.txt/inside/b", "b\n");
  fs::remove_all(at_ + "src");
  put(at_ + "src", "now a file\n");
  fs::remove(at_ + "link");
  put(at_ + "link", "no link\n");
  fs::remove(at_ + "run.sh");
  fs::create_symlink("src", at_ + "run.sh");
  there_and_back(taken());
}

TEST_F(WorkspaceFilesTest, a_folder_replaced_by_a_link_is_not_followed) {
  begin();
  put(beside_ / "victim/main.py", "theirs\n");
  fs::remove_all(at_ + "src");
  fs::create_symlink(beside_ / "victim", at_ + "src");
  space_->touched("src/main.py");
  ASSERT_GIVES(Oid tree, space_->snapshot());
  ASSERT_GIVES(auto entry, repo_->entry_at(tree, "src/main.py"));
  EXPECT_FALSE(entry.has_value()) << "nothing from beyond the link is stored";
  space_->touched("src/deep/er/x.py");
  ASSERT_DONE(space_->materialise(base_tree_));
  EXPECT_EQ(status(), "");
  EXPECT_EQ(get(beside_ / "victim/main.py"), "theirs\n");
}

TEST_F(WorkspaceFilesTest, pipes_nested_repositories_and_odd_names_are_not_stored) {
  begin();
  ASSERT_EQ(mkfifo((at_ + "pipe").c_str(), 0600), 0);
  fs::remove(at_ + "a.txt");
  ASSERT_EQ(mkfifo((at_ + "a.txt").c_str(), 0600), 0);
  place_.git("init -q " + at_ + "nested");
  put(at_ + "nested/file", "f\n");
  put(at_ + "x/.GIT/config", "c\n");
  for (const char* path : {"pipe", "a.txt", "nested"}) space_->touched(path);
  ASSERT_GIVES(Oid tree, space_->snapshot());
  ASSERT_GIVES(auto deltas, repo_->diff(base_tree_, tree));
  EXPECT_EQ(deltas.size(), 1U) << "a file is gone, and nothing came";
  ASSERT_GIVES(auto entry, repo_->entry_at(tree, "a.txt"));
  EXPECT_FALSE(entry.has_value());
  ASSERT_DONE(space_->release());
  begin();  // who takes the place next finds it clean
  EXPECT_FALSE(fs::exists(at_ + "nested"));
}

TEST_F(WorkspaceFilesTest, what_is_as_in_the_base_again_is_stored_so) {
  begin();
  put(at_ + "a.txt", "two\n");
  put(at_ + "new.py", "n\n");
  fs::remove(at_ + "src/deep/er/x.py");
  EXPECT_NE(taken(), base_tree_);
  put(at_ + "a.txt", "one\n");
  put(at_ + "src/deep/er/x.py", "x\n");
  fs::remove(at_ + "new.py");
  EXPECT_EQ(taken(), base_tree_);
}

TEST_F(WorkspaceFilesTest, an_ignored_file_counts_when_it_was_touched_and_no_other_does) {
  place_.write("build/kept", "k\n");
  place_.git("add -f build/kept");
  begin();
  put(at_ + "x.pyc", "junk");
  put(at_ + "build/kept", "changed\n");
  put(at_ + "forced.pyc", "wanted\n");
  space_->touched("build/kept");
  space_->touched("forced.pyc");
  ASSERT_GIVES(Oid tree, space_->snapshot());
  ASSERT_GIVES(auto deltas, repo_->diff(base_tree_, tree));
  ASSERT_EQ(deltas.size(), 2U);
  EXPECT_EQ(deltas[0].path, "build/kept");
  EXPECT_EQ(deltas[1].path, "forced.pyc");
}

TEST_F(WorkspaceFilesTest, materialise_drops_what_was_touched_and_not_stored) {
  begin();
  put(at_ + "a.txt", "draft\n");
  put(at_ + "draft/one", "d\n");
  space_->touched("a.txt");
  space_->touched("draft/one");
  space_->touched("src");  // a folder is no file: it stays
  ASSERT_DONE(space_->materialise(base_tree_));
  EXPECT_EQ(status(), "");
  EXPECT_FALSE(fs::exists(at_ + "draft"));
  EXPECT_EQ(get(at_ + "src/main.py"), "print(1)\n");
}

TEST_F(WorkspaceFilesTest, folders_that_become_empty_go_also_read_only_ones) {
  begin();
  fs::remove_all(at_ + "src");
  Oid without = taken();
  ASSERT_DONE(space_->materialise(base_tree_));
  fs::permissions(at_ + "src/deep/er", fs::perms::owner_read | fs::perms::owner_exec);
  ASSERT_DONE(space_->materialise(without));
  EXPECT_FALSE(fs::exists(at_ + "src"));
  ASSERT_DONE(space_->materialise(Oid()));
  EXPECT_FALSE(fs::exists(at_ + "a.txt"));
  ASSERT_DONE(space_->materialise(base_tree_));
  EXPECT_EQ(status(), "");
}

TEST_F(WorkspaceFilesTest, attributes_decide_how_files_are_on_disk) {
  place_.write(".gitattributes",
               "*.win text eol=crlf\n*.u16 working-tree-encoding=UTF-16LE\n*.id ident\n");
  place_.write("x.win", "one\r\ntwo\r\n");
  begin();
  EXPECT_EQ(get(at_ + "x.win"), "one\r\ntwo\r\n");
  put(at_ + "x.win", "three\r\n");
  put(at_ + "y.u16", std::string("h\0i\0\n\0", 6));
  put(at_ + "z.id", "$Id: old $\n");
  put(at_ + "plain", "kept\r\n");
  Oid tree = taken();
  EXPECT_EQ(place_.git("cat-file blob " + tree.hex() + ":x.win"), "three\n");
  EXPECT_EQ(place_.git("cat-file blob " + tree.hex() + ":y.u16"), "hi\n");
  EXPECT_EQ(place_.git("cat-file blob " + tree.hex() + ":plain"), "kept\r\n");
  there_and_back(tree);
  EXPECT_EQ(get(at_ + "x.win"), "three\r\n");
  EXPECT_EQ(get(at_ + "y.u16"), std::string("h\0i\0\n\0", 6));
  EXPECT_EQ(get(at_ + "z.id").substr(0, 5), "$Id: ");
}

TEST_F(WorkspaceFilesTest, filters_of_the_user_run_as_with_git_add_and_checkout) {
  place_.git({"config", "filter.up.clean", "tr A-Z a-z"});
  place_.git({"config", "filter.up.smudge", "tr a-z A-Z"});
  place_.git("config filter.up.required true");
  place_.write("sub/.gitattributes", "*.up filter=up\n");
  place_.write("sub/x.up", "HELLO\n");
  begin();
  EXPECT_EQ(get(at_ + "sub/x.up"), "HELLO\n");
  put(at_ + "sub/x.up", "GOOD BYE\n");
  put(at_ + "sub/new.up", "NEW\n");
  fs::permissions(at_ + "sub/new.up", fs::perms::owner_all);
  Oid tree = taken();
  EXPECT_EQ(place_.git("cat-file blob " + tree.hex() + ":sub/x.up"), "good bye\n");
  there_and_back(tree);
  EXPECT_EQ(get(at_ + "sub/x.up"), "GOOD BYE\n");
  EXPECT_FALSE(fs::exists(place_.path() + "/.git/worktrees/1/factory-index"));
}

TEST_F(WorkspaceFilesTest, attributes_that_come_and_go_with_a_tree_apply_with_it) {
  begin();
  put(at_ + ".gitattributes", "*.win text eol=crlf\n");
  put(at_ + "new.win", "one\r\n");
  Oid tree = taken();
  there_and_back(tree);
  EXPECT_EQ(get(at_ + "new.win"), "one\r\n");
  EXPECT_EQ(place_.git("cat-file blob " + tree.hex() + ":new.win"), "one\n");
}

TEST_F(WorkspaceFilesTest, autocrlf_converts_as_git_add_does_what_was_not_committed_otherwise) {
  place_.write("sub/odd \"name\"\n.txt", "one\r\n");
  place_.write("unix.txt", "one\n");
  place_.commit("line ends of Windows");
  for (const char* value : {"true", "input"}) {
    SCOPED_TRACE(value);
    place_.git({"config", "core.autocrlf", value});
    begin();
    put(at_ + "sub/odd \"name\"\n.txt", "one\r\ntwo\r\n");
    for (const char* name : {"unix.txt", "new.txt"}) put(at_ + name, "one\r\ntwo\r\n");
    Oid tree = taken();
    EXPECT_EQ(place_.git("cat-file blob " + tree.hex() + ":new.txt"), "one\ntwo\n");
    there_and_back(tree);
    ASSERT_DONE(space_->release());
  }
}

TEST_F(WorkspaceFilesTest, a_sparse_users_place_loses_no_file_of_a_tree) {
  place_.write("docs/deep/page", "p\n");
  place_.commit("all");
  place_.git("sparse-checkout set --cone src");
  ASSERT_FALSE(fs::exists(place_.path() + "/docs"));
  place_.write("src/more.py", "m\n");
  begin();
  EXPECT_EQ(get(at_ + "docs/deep/page"), "p\n");
  EXPECT_EQ(place_.git("config core.sparseCheckout"), "true\n");
  put(at_ + "src/main.py", "print(2)\n");
  space_->touched("src/main.py");
  ASSERT_GIVES(Oid tree, space_->snapshot());
  ASSERT_GIVES(auto deltas, repo_->diff(base_tree_, tree));
  EXPECT_EQ(deltas.size(), 1U);
  ASSERT_DONE(space_->materialise(base_tree_));
  ASSERT_DONE(space_->release());
}

TEST_F(WorkspaceFilesTest, submodules_stay_as_they_are) {
  test::TempRepo other;
  other.write("o", "o\n");
  Oid pinned = other.commit("other");
  place_.git({"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.path(),
              "vendor/sub"});
  begin();
  ASSERT_TRUE(fs::is_empty(at_ + "vendor/sub"));
  put(at_ + "a.txt", "two\n");
  space_->touched("vendor/sub");
  space_->touched("a.txt");
  ASSERT_GIVES(Oid tree, space_->snapshot());
  ASSERT_GIVES(auto entry, repo_->entry_at(tree, "vendor/sub"));
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->id, pinned);
  ASSERT_DONE(space_->materialise(Oid()));
  EXPECT_FALSE(fs::exists(at_ + "vendor"));
  ASSERT_DONE(space_->materialise(base_tree_));
  EXPECT_TRUE(fs::is_directory(at_ + "vendor/sub"));
  put(at_ + "vendor/sub/mine", "m\n");
  space_->touched("vendor/sub/mine");
  auto refused = space_->snapshot();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::kUser);
}

TEST_F(WorkspaceFilesTest, a_write_that_fails_half_way_is_made_good_later) {
  place_.write(".gitattributes", "*.up filter=up\n");
  place_.write("x.up", "x\n");
  begin();
  put(at_ + "x.up", "y\n");
  put(at_ + "a.txt", "two\n");
  Oid tree = taken();
  ASSERT_DONE(space_->materialise(base_tree_));
  place_.git({"config", "filter.up.smudge", "false"});
  place_.git("config filter.up.required true");
  EXPECT_FALSE(space_->materialise(tree).ok());
  place_.git("config filter.up.smudge cat");
  place_.git("config filter.up.clean cat");
  ASSERT_DONE(space_->materialise(base_tree_));
  EXPECT_EQ(status(), "");
  EXPECT_EQ(get(at_ + "a.txt"), "one\n");
}

TEST_F(WorkspaceFilesTest, big_files_do_not_pass_through_our_memory_limit) {
  begin();
  put(at_ + "big", std::string(40u << 20, 'x'));
  there_and_back(taken());
}

}  // namespace
}  // namespace gf::git
