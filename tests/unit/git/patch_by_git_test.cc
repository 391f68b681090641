// Diffs and patch ids, judged by the git program on the same trees.
#include <unistd.h>

#include <filesystem>
#include <random>

#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"

namespace gf::git {
namespace {

class PatchByGit : public ::testing::Test {
 protected:
  Oid tree_of(const std::string& revision) const {
    return Oid::parse(place_.git({"rev-parse", revision + "^{tree}"}).substr(0, 40)).value();
  }
  /// Without --text, so that git tells binary files as it does for people.
  std::string gits_plain_diff(const std::string& from, const std::string& to) const {
    return place_.git({"diff-tree", "-p", "--full-index", "--no-renames", from, to});
  }
  std::string gits_id(const std::string& diff) const {
    std::string line = place_.git({"patch-id", "--stable"}, diff);
    return line.substr(0, line.find(' '));
  }
  void expect_as_git(const std::string& from, const std::string& to) {
    auto repo = Repo::open(place_.path());
    ASSERT_DONE(repo);
    std::string diff = gits_plain_diff(from, to);
    ASSERT_GIVES(auto text, repo->diff_text(tree_of(from), tree_of(to)));
    // Which function a hunk is in is told by rules of their own.
    EXPECT_EQ(without_functions(text), without_functions(diff));
    ASSERT_GIVES(auto id, repo->patch_id(tree_of(from), tree_of(to)));
    EXPECT_EQ(id, gits_id(diff)) << diff;
    EXPECT_EQ(id.empty(), tree_of(from) == tree_of(to));
  }
  static std::string without_functions(const std::string& diff) {
    std::string kept;
    for (size_t at = 0; at < diff.size();) {
      size_t end = std::min(diff.find('\n', at), diff.size() - 1) + 1;
      std::string line = diff.substr(at, end - at);
      size_t tail = line.starts_with("@@ -") ? line.find(" @@") : std::string::npos;
      kept += tail == std::string::npos ? line : line.substr(0, tail + 3) + "\n";
      at = end;
    }
    return kept;
  }
  test::TempRepo place_;
};

TEST_F(PatchByGit, texts_with_and_without_a_last_newline) {
  place_.write("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  place_.write("gone", "x\ny");
  place_.commit("one");
  place_.write("a", "1\n2\n3\nfour\n5\n6\n7\n8\n9");
  std::filesystem::remove(place_.path() + "/gone");
  place_.write("come", "--- not a header\n+++ neither\n@@ -1 +1 @@\ndiff --git a/x b/x\n");
  place_.commit("two");
  expect_as_git("HEAD~", "HEAD");
  expect_as_git("HEAD", "HEAD~");
  expect_as_git("HEAD", "HEAD");
}

TEST_F(PatchByGit, empty_files_modes_links_and_changed_types) {
  place_.write("empty_gone", "");
  place_.write("script", "#!/bin/sh\n");
  place_.write("both", "1\n");
  place_.write("turns", "text\n");
  place_.write("z", "z\n");
  place_.commit("one");
  namespace fs = std::filesystem;
  fs::remove(place_.path() + "/empty_gone");
  place_.write("empty_new", "");
  fs::permissions(place_.path() + "/script", fs::perms::owner_all);
  place_.write("both", "2\n");
  fs::permissions(place_.path() + "/both", fs::perms::owner_all);
  fs::remove(place_.path() + "/turns");
  ASSERT_EQ(symlink("script", (place_.path() + "/turns").c_str()), 0);
  ASSERT_EQ(symlink("nowhere", (place_.path() + "/link").c_str()), 0);
  place_.write("z", "zz\n");
  place_.commit("two");
  expect_as_git("HEAD~", "HEAD");
  expect_as_git("HEAD", "HEAD~");
}

TEST_F(PatchByGit, binary_files_are_told_by_their_ids) {
  place_.write("a.bin", std::string("a\0b", 3));
  place_.write("b.txt", "text\n");
  place_.commit("one");
  place_.write("a.bin", std::string("a\0c", 3));
  place_.write("b.txt", "other\n");
  place_.write("new.bin", std::string("\0", 1));
  place_.write("late.txt", std::string(9000, 'x') + std::string("\0end\n", 5));
  place_.commit("two");
  expect_as_git("HEAD~", "HEAD");
  place_.write("a.bin", std::string("a\0d", 3));
  place_.commit("three");
  expect_as_git("HEAD~", "HEAD");
  auto repo = Repo::open(place_.path());
  ASSERT_GIVES(auto once, repo->patch_id(tree_of("HEAD~2"), tree_of("HEAD~")));
  ASSERT_GIVES(auto twice, repo->patch_id(tree_of("HEAD~2"), tree_of("HEAD")));
  EXPECT_NE(once, twice);
}

TEST_F(PatchByGit, names_of_every_kind) {
  place_.write("plain", "1\n");
  place_.commit("one");
  for (const char* name : {"with blank", "tab\tin", "new\nline", "quo\"te", "back\\slash",
                           "caf\xc3\xa9", "\xff\xfe", " lead", "d ir/f ile", "-dash", "a-b", "a/b"})
    place_.write(name, "x\n");
  place_.write("plain", "2\n");
  place_.commit("two");
  expect_as_git("HEAD~", "HEAD");
  expect_as_git("HEAD", "HEAD~");
}

TEST_F(PatchByGit, submodules_whatever_is_to_be_ignored) {
  place_.write(".gitmodules",
               "[submodule \"s\"]\n\tpath = s\n\turl = ./s\n\tignore = all\n[submodule \"t\"]\n"
               "\tpath = t\n\turl = ./t\n");
  Oid one = place_.commit("one");
  place_.git({"update-index", "--add", "--cacheinfo", "160000," + one.hex() + ",s"});
  place_.git({"commit", "-q", "-m", "two"});
  Oid two = Oid::parse(place_.git("rev-parse HEAD").substr(0, 40)).value();
  place_.git({"update-index", "--cacheinfo", "160000," + two.hex() + ",s"});
  place_.git({"commit", "-q", "-m", "three"});
  place_.git("config diff.ignoreSubmodules all");
  auto repo = Repo::open(place_.path());
  ASSERT_GIVES(auto id, repo->patch_id(tree_of("HEAD~"), tree_of("HEAD")));
  place_.git("config --unset diff.ignoreSubmodules");
  EXPECT_EQ(id, gits_id(place_.git({"diff-tree", "-p", "--full-index", "--no-renames",
                                    "--ignore-submodules=none", "HEAD~", "HEAD"})));
}

TEST_F(PatchByGit, attributes_and_settings_hide_nothing) {
  place_.write("a.py", "if x:\n    y()\nz()\n");
  place_.commit("one");
  place_.write("a.py", "if x:\n    y()\n    z()\n");
  place_.commit("two");
  auto repo = Repo::open(place_.path());
  ASSERT_GIVES(auto before, repo->diff_text(tree_of("HEAD~"), tree_of("HEAD")));
  place_.write(".gitattributes", "*.py -diff\n* binary\n*.py diff=odd\n");
  place_.write(".git/info/attributes", "*.py -diff\n");
  place_.git("config diff.odd.binary true");
  place_.git("config diff.noprefix true");
  place_.git("config diff.context 0");
  auto again = Repo::open(place_.path());
  ASSERT_GIVES(auto after, again->diff_text(tree_of("HEAD~"), tree_of("HEAD")));
  EXPECT_EQ(after, before);
  EXPECT_NE(before.find("+    z()"), std::string::npos) << before;
}

TEST_F(PatchByGit, many_changes_at_random) {
  std::minstd_rand die(7);
  std::string text;
  auto line = [&] { return std::string(die() % 5 * 2, ' ') + "w" + std::to_string(die() % 9); };
  std::vector<std::string> all;
  for (int i = 0; i < 120; ++i) all.push_back(line());
  auto write = [&] {
    std::string joined;
    for (const std::string& one : all) joined += one + "\n";
    place_.write("f", joined);
    place_.commit("next");
  };
  write();
  for (int round = 0; round < 25; ++round) {
    for (int edits = 0; edits < 6; ++edits) {
      size_t at = die() % all.size();
      if (die() % 3 == 0) {
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
      } else if (die() % 2 == 0) {
        all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), line());
      } else {
        all[at] = line();
      }
    }
    write();
    expect_as_git("HEAD~", "HEAD");
  }
}

}  // namespace
}  // namespace gf::git
