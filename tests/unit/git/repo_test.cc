#include "git/repo.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "git/notes.h"
#include "git/settings.h"
#include "support/assertions.h"
#include "support/repo.h"

namespace gf::git {
namespace {

class RepoTest : public ::testing::Test {
 protected:
  Repo open() { return Repo::open(repo_.path()).value(); }
  Signature who() {
    return {"Tester", "tester@example.com", Timestamp(Milliseconds(1767322000000)), 0};
  }
  Oid tree_of(Repo& repo, const Oid& commit) { return repo.commit(commit).value().tree; }
  test::TempRepo repo_;
};

TEST_F(RepoTest, WhatIsNoRepositoryIsSaidSo) {
  test::TempFolder folder;
  auto opened = Repo::discover(folder.path());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().fault, Fault::kUser);
  EXPECT_NE(opened.error().message.find("not a git repository"), std::string::npos);
}

TEST_F(RepoTest, AFormatThatCannotBeReadIsNamedWithTheWayOut) {
  test::TempFolder folder;
  auto made = test::run({"git", "init", "-q", "--object-format=sha256", "x"}, folder.path(),
                        repo_.environment());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  auto opened = Repo::discover(folder / "x");
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().hint.find("SHA-1"), std::string::npos) << opened.error().message;
}

TEST_F(RepoTest, ARefMovesOnlyFromTheValueThatWasRead) {
  Oid first = repo_.commit("first"), second = repo_.commit("second");
  Repo repo = open();
  RefName ref = RefName::known("refs/factory/test");
  EXPECT_TRUE(repo.compare_and_swap(ref, Oid(), first, "make").value());
  EXPECT_FALSE(repo.compare_and_swap(ref, Oid(), second, "make again").value());
  EXPECT_FALSE(repo.compare_and_swap(ref, second, first, "from elsewhere").value());
  EXPECT_TRUE(repo.compare_and_swap(ref, first, second, "on").value());
  EXPECT_FALSE(repo.delete_ref(ref, first).value());
  EXPECT_TRUE(repo.delete_ref(ref, second).value());
  EXPECT_FALSE(repo.read_ref(ref).value().has_value());
}

TEST_F(RepoTest, UpdateTreeMakesTheTreeThatGitWouldMake) {
  repo_.write("a/b/c.txt", "1");
  repo_.write("a/d.txt", "2");
  repo_.write("e", "3");
  Oid base = repo_.commit("base");
  Repo repo = open();
  Oid blob = repo.write_blob("new").value();
  // A folder becomes a file, a file becomes a folder, a folder becomes empty, a missing path is
  // removed.
  Oid tree = repo.update_tree(tree_of(repo, base), {{"a/b/c.txt", Oid(), EntryKind::kBlob},
                                                    {"a/d.txt", Oid(), EntryKind::kBlob},
                                                    {"e", Oid(), EntryKind::kBlob},
                                                    {"e/f g/ü.sh", blob, EntryKind::kExecutable},
                                                    {"a", blob, EntryKind::kBlob},
                                                    {"nowhere/x", Oid(), EntryKind::kBlob}})
                 .value();
  std::filesystem::remove_all(repo_.path() + "/a");
  std::filesystem::remove(repo_.path() + "/e");
  repo_.write("a", "new");
  repo_.write("e/f g/ü.sh", "new");
  std::filesystem::permissions(repo_.path() + "/e/f g/ü.sh", std::filesystem::perms::owner_all);
  Oid wanted = tree_of(repo, repo_.commit("wanted"));
  EXPECT_EQ(tree.hex(), wanted.hex());
  repo_.git({"fsck", "--strict"});
}

TEST_F(RepoTest, ATreeNamesOnlyWhatIsThere) {
  repo_.write("kept.txt", "kept");
  Oid base = repo_.commit("base");
  Repo repo = open();
  Oid nowhere = Oid::parse(std::string(40, 'a')).value();
  auto changed = repo.update_tree(tree_of(repo, base), {{"x", nowhere, EntryKind::kBlob}});
  ASSERT_FALSE(changed.ok());
  EXPECT_NE(changed.error().message.find("there is no object"), std::string::npos);
  EXPECT_FALSE(repo.write_tree({{"x", EntryKind::kTree, nowhere}}).ok());
  // A submodule's commit is in another repository.
  ASSERT_DONE(repo.update_tree(tree_of(repo, base), {{"lib", nowhere, EntryKind::kSubmodule}}));
  // What stays is not asked for: in a partial clone it need not be there.
  std::string blob = repo_.git({"rev-parse", base.hex() + ":kept.txt"}).substr(0, 40);
  std::filesystem::remove(repo_.path() + "/.git/objects/" + blob.substr(0, 2) + "/" +
                          blob.substr(2));
  Oid fresh = repo.write_blob("fresh").value();
  ASSERT_DONE(repo.update_tree(tree_of(repo, base), {{"new", fresh, EntryKind::kBlob}}));
}

TEST_F(RepoTest, PatchIdIsGits) {
  repo_.write("a.txt", "1\n2\n3\n");
  repo_.write("gone", "x\n");
  Oid before = repo_.commit("before");
  repo_.write("a.txt", "1\ntwo\n3");
  repo_.write("new.txt", "n\n");
  std::filesystem::remove(repo_.path() + "/gone");
  Oid after = repo_.commit("after");
  Repo repo = open();
  auto ran = test::run(
      {"sh", "-c", "git diff " + before.hex() + " " + after.hex() + " | git patch-id --stable"},
      repo_.path(), repo_.environment());
  EXPECT_EQ(repo.patch_id(tree_of(repo, before), tree_of(repo, after)).value(),
            ran.out.substr(0, 40));
}

TEST_F(RepoTest, ThatThereIsNoSettingIsCertain) {
  test::TempFolder prefix;
  std::filesystem::create_directories(prefix / "etc");
  struct {
    Environment environment;
    std::vector<std::string> config;  ///< what `git config` is given, if anything
    bool beside, may;
  } cases[] = {
      {{}, {}, false, false},
      {{{"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_CONFIG_NOSYSTEM", "1"}}, {}, false, false},
      {{{"GIT_CONFIG_GLOBAL", "/home/me/other"}}, {}, false, true},
      {{{"GIT_CONFIG_SYSTEM", "/opt/gitconfig"}}, {}, false, true},
      {{{"GIT_CONFIG_COUNT", "1"}}, {}, false, true},
      {{{"GIT_CONFIG_PARAMETERS", "'color.ui'='always'"}}, {}, false, true},
      {{}, {}, true, true},
      {{}, {"colors.ui", "always"}, false, false},
      {{}, {"includeIf.hasconfig:remote.*.url:x.path", "other"}, false, true},
      {{}, {"extensions.worktreeConfig", "true"}, false, true},
      {{}, {"color.ui", "always"}, false, true}};
  for (const auto& [environment, config, beside, may] : cases) {
    if (!config.empty()) repo_.git({"config", config[0], config[1]});
    if (beside) std::ofstream(prefix / "etc/gitconfig") << "[color]\nui = always\n";
    Repo repo = open();
    repo.set_environment(environment);
    for (const char* program : {"bin/git", "libexec/git-core/git"}) {
      EXPECT_EQ(may_have_settings(repo, "color", prefix / program), may)
          << program << (config.empty() ? "" : config[0])
          << (environment.empty() ? "" : environment.begin()->first);
    }
    std::filesystem::remove(prefix / "etc/gitconfig");
    if (!config.empty()) repo_.git({"config", "--unset", config[0]});
  }
}

TEST_F(RepoTest, WhatIsPackedIsNotWrittenAgainAndWhatIsNewIsThereForGit) {
  repo_.write("a.txt", "packed\n");
  Oid base = repo_.commit("base");
  repo_.git({"repack", "-adq"});
  Repo repo = open();
  ASSERT_GIVES(Oid old_blob, repo.write_blob("packed\n"));
  EXPECT_EQ(repo_.git({"count-objects"}).substr(0, 2), "0 ");
  ASSERT_GIVES(Oid blob, repo.write_blob("new\n"));
  ASSERT_GIVES(Oid tree,
               repo.update_tree(tree_of(repo, base), {{"a.txt", blob, EntryKind::kBlob},
                                                      {"b.txt", old_blob, EntryKind::kBlob}}));
  ASSERT_GIVES(Oid commit, repo.write_commit(tree, {base}, who(), who(), "second\n"));
  EXPECT_EQ(repo_.git({"count-objects"}).substr(0, 2), "3 ");
  EXPECT_EQ(repo_.git({"show", commit.hex() + ":a.txt"}), "new\n");
  EXPECT_EQ(repo_.git({"show", commit.hex() + ":b.txt"}), "packed\n");
  EXPECT_EQ(repo.read_blob(blob, 100).value(), "new\n");
}

TEST_F(RepoTest, ABlobOverTheLimitIsNotRead) {
  repo_.commit("x");
  Repo repo = open();
  Oid blob = repo.write_blob(std::string(1000, 'x')).value();
  EXPECT_FALSE(repo.read_blob(blob, 999).ok());
  EXPECT_EQ(repo.read_blob(blob, 1000).value().size(), 1000u);
}

TEST_F(RepoTest, NotesAreWhatGitShowsAndTheOtherWayRound) {
  Oid commit = repo_.commit("first"), other = repo_.commit("second");
  Repo repo = open();
  Notes notes(repo, RefName::known("refs/notes/factory/trace"));
  ASSERT_DONE(notes.add_lines({{commit, "b\na\n"}}, who(), "one"));
  EXPECT_EQ(repo_.git({"notes", "--ref=factory/trace", "show", commit.hex()}), "a\nb\n");
  repo_.git({"notes", "--ref=factory/trace", "add", "-m", "by git", other.hex()});
  EXPECT_EQ(notes.read(other).value().value(), "by git\n");
  ASSERT_DONE(notes.add_lines({{other, "by us\n"}, {commit, "a\n"}}, who(), "two"));
  EXPECT_EQ(repo_.git({"notes", "--ref=factory/trace", "show", other.hex()}), "by git\nby us\n");
  EXPECT_EQ(notes.targets().value().size(), 2u);
  repo_.git({"fsck", "--strict"});
}

TEST_F(RepoTest, EightWritersLoseNoNote) {
  std::vector<Oid> commits;
  for (int i = 0; i < 40; ++i) commits.push_back(repo_.commit("c" + std::to_string(i)));
  RefName ref = RefName::known("refs/notes/factory/trace");
  std::vector<pid_t> writers;
  for (int writer = 0; writer < 8; ++writer) {
    pid_t pid = fork();
    if (pid == 0) {
      Repo repo = open();
      Notes notes(repo, ref);
      bool good = true;
      for (int i = 0; i < 5; ++i) {
        std::string line = "writer " + std::to_string(writer) + "\n";
        good = notes
                   .add_lines(
                       {{commits[static_cast<size_t>(writer * 5 + i)], line}, {commits[0], line}},
                       who(), "note")
                   .ok() &&
               good;
      }
      _exit(good ? 0 : 1);
    }
    writers.push_back(pid);
  }
  for (pid_t pid : writers) {
    int status = 0;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  Repo repo = open();
  Notes notes(repo, ref);
  EXPECT_EQ(notes.targets().value().size(), 40u);
  for (int writer = 0; writer < 8; ++writer) {
    EXPECT_NE(notes.read(commits[0]).value().value().find("writer " + std::to_string(writer)),
              std::string::npos);
  }
}

}  // namespace
}  // namespace gf::git
