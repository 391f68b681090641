// The repository door, judged by the git program.
#include <filesystem>

#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"

namespace gf::git {
namespace {

Signature tester() { return {"A Tester", "tester@example.com", Timestamp(Milliseconds(0)), 0}; }

class RepoByGit : public ::testing::Test {
 protected:
  Repo opened() const {
    auto repo = Repo::open(place_.path());
    EXPECT_DONE(repo);
    return std::move(repo).value();
  }
  Oid tree_of(const std::string& revision) const {
    return Oid::parse(place_.git({"rev-parse", revision + "^{tree}"}).substr(0, 40)).value();
  }
  std::string names(const Oid& tree) const {
    return place_.git({"ls-tree", "-r", "-z", "--name-only", tree.hex()});
  }
  test::TempRepo place_;
};

TEST_F(RepoByGit, a_folder_that_is_no_repository_is_the_users_to_mend) {
  test::TempFolder folder;
  for (auto result : {Repo::discover, Repo::open}) {
    auto none = result(folder.path());
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().fault, Fault::kUser);
    EXPECT_EQ(none.error().message, "not a git repository: '" + folder.path() + "'");
    EXPECT_FALSE(none.error().hint.empty());
  }
}

TEST_F(RepoByGit, is_found_from_below_and_told_by_its_folders) {
  place_.write("a/b/c.txt", "x");
  place_.commit("first");
  ASSERT_GIVES(auto repo, Repo::discover(place_.path() + "/a/b"));
  EXPECT_EQ(repo.git_dir(), place_.path() + "/.git");
  EXPECT_EQ(repo.common_dir(), repo.git_dir());
  EXPECT_EQ(repo.workdir(), place_.path());
}

TEST_F(RepoByGit, formats_that_cannot_be_read_name_the_extension_and_a_way_out) {
  place_.git("config core.repositoryFormatVersion 1");
  place_.git("config extensions.partialfuture true");
  auto repo = Repo::open(place_.path());
  ASSERT_FALSE(repo.ok());
  EXPECT_NE(repo.error().message.find("partialfuture"), std::string::npos) << repo.error().message;
  EXPECT_FALSE(repo.error().hint.empty());
}

TEST_F(RepoByGit, sha256_is_refused_with_a_hint) {
  test::TempFolder folder;
  place_.git({"init", "-q", "--object-format=sha256", folder / "big"});
  auto repo = Repo::open(folder / "big");
  ASSERT_FALSE(repo.ok());
  EXPECT_NE(repo.error().message.find("objectformat"), std::string::npos) << repo.error().message;
  EXPECT_NE(repo.error().hint.find("SHA-1"), std::string::npos);
}

TEST_F(RepoByGit, worktree_configuration_in_format_one_is_read) {
  place_.git("config core.repositoryFormatVersion 1");
  place_.git("config extensions.worktreeConfig true");
  EXPECT_DONE(Repo::open(place_.path()));
}

TEST_F(RepoByGit, shape_tells_what_is_unusual) {
  {
    ASSERT_GIVES(auto unborn, opened().shape());
    EXPECT_TRUE(unborn.unborn);
    EXPECT_FALSE(unborn.bare || unborn.shallow || unborn.sparse || unborn.partial);
  }
  place_.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  place_.write(".gitmodules", "");
  place_.commit("first");
  place_.git("config core.sparseCheckout true");
  place_.git("config remote.origin.promisor true");
  ASSERT_GIVES(auto on_branch, opened().shape());
  EXPECT_TRUE(on_branch.lfs && on_branch.has_submodules && on_branch.sparse && on_branch.partial);
  EXPECT_EQ(on_branch.head_branch, "main");
  place_.git("checkout -q --detach");
  ASSERT_GIVES(auto detached, opened().shape());
  EXPECT_TRUE(detached.detached);
  EXPECT_EQ(detached.head_branch, "");
}

TEST_F(RepoByGit, attributes_too_large_to_look_through_are_left_to_git) {
  place_.write(".gitattributes", "# " + std::string((1u << 20) + 1, 'x') + "\n");
  place_.commit("first");
  ASSERT_GIVES(auto shape, opened().shape());
  EXPECT_TRUE(shape.lfs);
}

TEST_F(RepoByGit, revisions_peel_to_commits_and_are_never_options) {
  place_.write("f", "x");
  Oid head = place_.commit("first");
  place_.git("tag -a -m annotated v1");
  Repo repo = opened();
  for (const char* name : {"HEAD", "main", "v1", "refs/tags/v1"}) {
    ASSERT_GIVES(auto found, repo.resolve_commit(name));
    EXPECT_EQ(found, head) << name;
  }
  const std::string longer(5000, 'x');  // than the name of any ref
  for (const std::string& name :
       {std::string(), std::string("nope"), std::string("--all"), std::string("-h"),
        std::string("a..b"), std::string("HEAD:f"), std::string("HEAD^{tree}"),
        std::string("\xff\xfe"), longer, "refs/heads/" + longer}) {
    ASSERT_GIVES(auto found, repo.resolve_commit(name));
    EXPECT_FALSE(found.has_value()) << name;
  }
  ASSERT_GIVES(auto there, repo.read_ref(RefName::known("refs/heads/" + longer)));
  EXPECT_EQ(there, std::nullopt);
}

TEST_F(RepoByGit, a_blob_beyond_the_limit_is_refused_before_it_is_read) {
  Repo repo = opened();
  ASSERT_GIVES(Oid blob, repo.write_blob(std::string(1000, 'x')));
  EXPECT_EQ(place_.git({"cat-file", "-s", blob.hex()}), "1000\n");
  EXPECT_DONE(repo.read_blob(blob, 1000));
  EXPECT_FALSE(repo.read_blob(blob, 999).ok());
  EXPECT_FALSE(repo.read_blob(Oid()).ok());
  ASSERT_GIVES(Oid nothing, repo.write_blob(""));
  ASSERT_GIVES(auto text, repo.read_blob(nothing));
  EXPECT_EQ(text, "");
}

TEST_F(RepoByGit, trees_are_changed_as_git_would) {
  place_.write("a", "1");
  place_.write("d/x", "2");
  place_.write("d/y/z", "3");
  place_.commit("first");
  Repo repo = opened();
  Oid start = tree_of("HEAD");
  ASSERT_GIVES(Oid blob, repo.write_blob("new"));
  auto changed = [&](std::vector<PathChange> changes) {
    auto made = repo.update_tree(start, changes);
    EXPECT_DONE(made);
    return made.ok() ? names(*made) : "";
  };
  auto list = [](std::initializer_list<const char*> paths) {
    std::string all;
    for (const char* path : paths) all += std::string(path) + '\0';
    return all;
  };
  EXPECT_EQ(changed({{"missing/deep", Oid()}, {"gone", Oid()}}), list({"a", "d/x", "d/y/z"}));
  EXPECT_EQ(changed({{"d/y/z", Oid()}}), list({"a", "d/x"}));
  EXPECT_EQ(changed({{"d/y/z", Oid()}, {"d/x", Oid()}}), list({"a"}));
  EXPECT_EQ(changed({{"d", blob}}), list({"a", "d"}));
  EXPECT_EQ(changed({{"a/b", blob}}), list({"a/b", "d/x", "d/y/z"}));
  EXPECT_EQ(changed({{"a", Oid()}, {"a/b", blob}}), list({"a/b", "d/x", "d/y/z"}));
  EXPECT_EQ(changed({{"d.c", blob}, {"d0", blob}}), list({"a", "d.c", "d/x", "d/y/z", "d0"}));
  EXPECT_EQ(changed({{"odd \n\xff name", blob}}), list({"a", "d/x", "d/y/z", "odd \n\xff name"}));
  ASSERT_GIVES(Oid none, repo.update_tree(start, {{"a", Oid()}, {"d", Oid()}}));
  EXPECT_EQ(none.hex(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  ASSERT_GIVES(Oid fresh, repo.update_tree(Oid(), {{"p/q", blob, EntryKind::kExecutable}}));
  EXPECT_EQ(place_.git({"ls-tree", "-r", fresh.hex()}).substr(0, 6), "100755");
  for (const char* path : {"", "/a", "a//b", "../a", "a/..", ".git/config", ".GIT/x", "a/"}) {
    EXPECT_FALSE(repo.update_tree(start, {{path, blob}}).ok()) << path;
  }
  EXPECT_EQ(place_.git_status({"fsck", "--strict"}), 0);
}

TEST_F(RepoByGit, files_are_walked_in_the_order_of_git) {
  for (const char* name : {"a.b", "a/x", "a0", "z", "a/y/q"}) place_.write(name, "x");
  place_.commit("first");
  std::string walked;
  ASSERT_DONE(opened().walk_files(tree_of("HEAD"), [&](const std::string& path, const TreeEntry&) {
    walked += path + '\0';
    return true;
  }));
  EXPECT_EQ(walked, names(tree_of("HEAD")));
}

TEST_F(RepoByGit, a_record_commit_is_one_that_git_accepts) {
  Repo repo = opened();
  ASSERT_GIVES(Oid tree, repo.write_tree({}));
  ASSERT_GIVES(Oid first, repo.write_commit(tree, {}, tester(), tester(), "first\n"));
  ASSERT_GIVES(Oid next, repo.write_commit(tree, {first}, tester(), tester(), "next\n\nbody\n"));
  ASSERT_GIVES(bool won, repo.compare_and_swap(RefName::known("refs/factory/x"), Oid(), next, "x"));
  EXPECT_TRUE(won);
  ASSERT_GIVES(auto info, repo.commit(next));
  EXPECT_EQ(info.parents, std::vector<Oid>{first});
  EXPECT_EQ(info.message, "next\n\nbody\n");
  EXPECT_EQ(place_.git({"log", "-1", "--format=%an %ae %at %s", next.hex()}),
            "A Tester tester@example.com 0 next\n");
  EXPECT_EQ(place_.git_status({"fsck", "--strict"}), 0);
}

TEST_F(RepoByGit, who_swaps_second_is_told_no) {
  place_.write("f", "1");
  Oid one = place_.commit("one");
  Oid two = place_.commit("two");
  Repo repo = opened();
  RefName ref = RefName::known("refs/factory/spec/x");
  auto swap = [&](const Oid& from, const Oid& to) {
    auto won = repo.compare_and_swap(ref, from, to, "test");
    EXPECT_DONE(won);
    return won.ok() && *won;
  };
  EXPECT_FALSE(swap(one, two)) << "there is no ref to move";
  EXPECT_TRUE(swap(Oid(), one));
  EXPECT_FALSE(swap(Oid(), two)) << "it exists";
  EXPECT_FALSE(swap(two, one)) << "it is elsewhere";
  EXPECT_TRUE(swap(one, two));
  place_.write(".git/refs/factory/spec/x.lock", "");
  EXPECT_FALSE(swap(two, one)) << "it is locked";
  std::filesystem::remove(place_.path() + "/.git/refs/factory/spec/x.lock");
  place_.git("pack-refs --all --prune");
  EXPECT_FALSE(swap(Oid(), one)) << "it exists, packed";
  EXPECT_TRUE(swap(two, one));
  EXPECT_FALSE(std::filesystem::exists(place_.path() + "/.git/logs/refs/factory"));
  auto below = repo.compare_and_swap(RefName::known("refs/factory/spec/x/y"), Oid(), one, "x");
  EXPECT_FALSE(below.ok()) << "a folder and a file of one name is no lost race";
  ASSERT_GIVES(bool wrong, repo.delete_ref(ref, two));
  EXPECT_FALSE(wrong);
  ASSERT_GIVES(bool right, repo.delete_ref(ref, one));
  EXPECT_TRUE(right);
  ASSERT_GIVES(auto gone, repo.read_ref(ref));
  EXPECT_FALSE(gone.has_value());
}

TEST_F(RepoByGit, refs_are_listed_below_a_prefix_in_order) {
  Oid head = place_.commit("one");
  for (const char* name : {"refs/factory/b", "refs/factory/a/c", "refs/factoryx/a"}) {
    place_.git({"update-ref", name, head.hex()});
  }
  ASSERT_GIVES(auto found, opened().refs("refs/factory/"));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].first.str(), "refs/factory/a/c");
  EXPECT_EQ(found[1].first.str(), "refs/factory/b");
}

// Not so yet: an empty file, a name with a space (text only) and a binary file (patch id only).
TEST_F(RepoByGit, differences_and_patch_ids_of_text_are_those_of_git) {
  place_.write("text", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
  place_.write("bare", "no newline");
  place_.write("gone", "old\n");
  place_.write("run.sh", "echo\n");
  place_.write("binary", std::string("a\0b", 3));
  place_.commit("one");
  std::vector<std::function<void()>> steps = {
      [&] { place_.write("text", "1\ntwo\n3\n4\n5\n6\n7\n8\n9\n10\neleven\n12\n"); },
      [&] { place_.write("bare", "no newline still"); },
      [&] { std::filesystem::remove(place_.path() + "/gone"); },
      [&] { place_.write("new/file", "fresh\n"); },
      [&] {
        place_.write("run.sh", "echo 2\n");
        std::filesystem::permissions(place_.path() + "/run.sh", std::filesystem::perms::owner_all);
      },
      [&] {
        place_.write("new/file", "fresh\nand more\n");
        place_.write("text", "1\n");
      },
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i]();
    place_.commit("step");
    Repo repo = opened();
    Oid from = tree_of("HEAD~1"), to = tree_of("HEAD");
    std::string expected = place_.git({"diff-tree", "-p", "--no-renames", "--full-index",
                                       "--no-indent-heuristic", from.hex(), to.hex()});
    ASSERT_GIVES(std::string text, repo.diff_text(from, to));
    EXPECT_EQ(text, expected) << "step " << i;
    ASSERT_GIVES(std::string id, repo.patch_id(from, to));
    EXPECT_EQ(id, place_.git({"patch-id", "--stable"}, expected).substr(0, 40)) << "step " << i;
  }
  ASSERT_GIVES(std::string none, opened().patch_id(tree_of("HEAD"), tree_of("HEAD")));
  EXPECT_EQ(none, "");
}

TEST_F(RepoByGit, a_binary_file_is_one_line_of_a_diff) {
  place_.write("binary", std::string("a\0b", 3));
  place_.commit("one");
  place_.write("binary", std::string("a\0c", 3));
  place_.commit("two");
  Oid from = tree_of("HEAD~1"), to = tree_of("HEAD");
  ASSERT_GIVES(std::string text, opened().diff_text(from, to));
  EXPECT_EQ(text, place_.git({"diff-tree", "-p", "--full-index", from.hex(), to.hex()}));
}

TEST_F(RepoByGit, settings_of_the_user_do_not_change_a_diff) {
  place_.write("f", "a\nb\n");
  place_.commit("one");
  place_.write("f", "a\nc\n");
  place_.commit("two");
  ASSERT_GIVES(std::string before, opened().diff_text(tree_of("HEAD~1"), tree_of("HEAD")));
  for (const char* setting : {"diff.noprefix true", "diff.mnemonicPrefix true", "diff.context 0",
                              "diff.algorithm patience", "core.abbrev 5"}) {
    place_.git(std::string("config ") + setting);
  }
  ASSERT_GIVES(std::string after, opened().diff_text(tree_of("HEAD~1"), tree_of("HEAD")));
  EXPECT_EQ(before, after);
  ASSERT_GIVES(auto hunks, opened().hunks(tree_of("HEAD~1"), tree_of("HEAD"), 0));
  ASSERT_EQ(hunks.size(), 1u);
  EXPECT_EQ(hunks[0].path, "f");
  EXPECT_EQ(hunks[0].old_start, 2);
  EXPECT_EQ(hunks[0].new_count, 1);
}

}  // namespace
}  // namespace gf::git
