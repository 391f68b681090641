// The door in real pushes: hooks on both sides, stock git, bare remotes.
#include <gmock/gmock.h>

#include <filesystem>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kLogger =
    "#!/bin/sh\n{ echo \"args: $*\"; echo \"folder: $(pwd)\"; cat; } > \"$HOOK_LOG\"\nexit 3\n";

class HooksTest : public FactoryTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(repo_.folder() / "home");
    log_ = repo_.folder() / "hook.log";
  }
  Ran git(std::vector<std::string> arguments, const std::string& folder = {}) {
    arguments.insert(arguments.begin(), "git");
    std::map<std::string, std::string> all = environment();
    all["HOOK_LOG"] = log_;
    return run(arguments, folder.empty() ? repo_.path() : folder, all);
  }
  /// A small repository with a bare remote whose policy is to cover everything.
  void make_guarded(const std::string& hook = "pre-receive") {
    repo_.write("a.txt", "one\n");
    repo_.commit("first");
    remote_ = repo_.add_remote();
    git({"config", "factory.verify", "all"}, remote_);
    Ran ran = factory({"hooks", "install", hook}, remote_);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  void change(const std::string& content) {
    repo_.write("a.txt", content);
    repo_.commit("change");
  }
  void write_hook(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::string name = path.substr((repo_.folder() / "").size());
    repo_.folder().write(name, text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::string hook(const std::string& name) { return repo_.path() + "/.git/hooks/" + name; }

  std::string remote_, log_;
};

TEST_F(HooksTest, ApprovedPassesEditedDoesNotNotEvenWithNoVerify) {
  make_shop();
  remote_ = repo_.folder() / "origin.git";
  ASSERT_EQ(factory({"hooks", "install"}).exit_code, 0);
  ASSERT_EQ(factory({"hooks", "install"}, remote_).exit_code, 0);
  Ran ran = feature("health", kHealth);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(git({"rev-parse", "factory/health"}).out,
            git({"rev-parse", "factory/health"}, remote_).out);

  repo_.git({"checkout", "-q", "factory/health"});
  repo_.write("app/main.py", repo_.read("app/main.py") + "# mine\n");
  repo_.git({"commit", "-q", "--all", "--amend", "--no-edit"});
  ran = git({"push", "--force", "origin", "factory/health"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("app/main.py differs"));
  EXPECT_THAT(ran.err, HasSubstr("hint: go back to the approved commit"));
  EXPECT_THAT(ran.err, Not(HasSubstr("remote:")));
  ran = git({"push", "--force", "--no-verify", "origin", "factory/health"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("remote: no "));
  EXPECT_THAT(ran.err, HasSubstr("pre-receive hook declined"));
  // The approved commit again, squashed onto main by a person.
  repo_.git({"reset", "-q", "--hard", "origin/factory/health"});
  repo_.git({"checkout", "-q", "main"});
  repo_.git({"merge", "-q", "--squash", "factory/health"});
  repo_.git({"commit", "-q", "--no-edit"});
  ran = git({"push", "origin", "main"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(factory({"verify", "--all", "main"}).exit_code, 0);
  // The record alone.
  std::string records = git({"for-each-ref", "refs/factory"}, remote_).out;
  EXPECT_THAT(records, HasSubstr("refs/factory/ledger/"));
  EXPECT_THAT(records, Not(HasSubstr("refs/factory/evidence/")));
  for (const char* refs : {"refs/factory/ledger/*:refs/factory/ledger/*",
                           "refs/notes/factory/*:refs/notes/factory/*"}) {
    EXPECT_EQ(git({"push", "origin", refs}).exit_code, 0);
  }
  repo_.git({"update-ref", "-d", "refs/heads/factory/health"});
  EXPECT_EQ(git({"push", "origin", "--delete", "factory/health"}).exit_code, 0);
  // Rewriting the record is refused on both sides.
  std::string ledger = repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory/ledger"});
  ledger.pop_back();
  std::string forged = repo_.git({"commit-tree", "-m", "nothing happened", "HEAD^{tree}"});
  forged.pop_back();
  EXPECT_EQ(git({"push", "--force", "origin", forged + ":" + ledger}).exit_code, 1);
  ran = git({"push", "--force", "--no-verify", "origin", forged + ":" + ledger});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("would be lost"));
}

TEST_F(HooksTest, AServerKeepsNothingOfWhatItRefuses) {
  make_guarded();
  change("two\n");
  std::string commit = git({"rev-parse", "HEAD"}).out;
  commit.pop_back();
  Ran ran = git({"push", "origin", "main"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no verdict is about this change"));
  EXPECT_NE(git({"cat-file", "-e", commit}, remote_).exit_code, 0);
  EXPECT_EQ(git({"push", "origin", "HEAD:refs/tags/loose"}).exit_code, 1);
  repo_.git({"tag", "-a", "-m", "tag", "v1"});
  EXPECT_EQ(git({"push", "origin", "v1"}).exit_code, 1) << "a tag brings its commit";
  repo_.git({"tag", "-f", "-a", "-m", "tag", "v1", "HEAD~1"});
  EXPECT_EQ(git({"push", "origin", "v1"}).exit_code, 0) << "nothing that was not there";
  EXPECT_EQ(git({"push", "origin", ":refs/tags/v1"}).exit_code, 0);
  EXPECT_EQ(git({"push", "origin", "HEAD~1:refs/heads/old"}).exit_code, 0);
  EXPECT_EQ(git({"push", "origin", ":old"}).exit_code, 0);
}

TEST_F(HooksTest, ThePolicyIsTheTargetBranchsAndNotThePushedOne) {
  repo_.write(".gitfactory", "[factory]\n\tverify = all\n");
  repo_.commit("first");
  remote_ = repo_.add_remote();
  ASSERT_EQ(factory({"hooks", "install"}, remote_).exit_code, 0);
  repo_.write(".gitfactory", "[factory]\n\tverify = off\n");
  repo_.commit("relax");
  Ran ran = git({"push", "origin", "main"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("by the verdict policy (.gitfactory of "));
  EXPECT_EQ(git({"push", "origin", "main:refs/heads/side"}).exit_code, 1);
  EXPECT_EQ(git({"push", "origin", "main:main", "main:refs/heads/a"}).exit_code, 1);
  // Whoever runs the server may.
  git({"config", "factory.verify", "off"}, remote_);
  EXPECT_EQ(git({"push", "origin", "main"}).exit_code, 0);
}

TEST_F(HooksTest, ListedBranchesAndPathsAreCoveredAndOthersAreNot) {
  repo_.write("docs/a.md", "one\n");
  repo_.write("src/pay/a.py", "one = 1\n");
  repo_.write(".gitfactory",
              "[factory \"verify\"]\n\tbranch = release/*\n\tpath = src/pay\n\tpath = *.sql\n");
  repo_.commit("first");
  remote_ = repo_.add_remote();
  ASSERT_EQ(factory({"hooks", "install"}, remote_).exit_code, 0);
  Ran ran = factory({"verify", "--policy"});
  EXPECT_THAT(ran.out, HasSubstr("branches release/*; what changes src/pay, *.sql"));
  EXPECT_THAT(ran.out, HasSubstr(".gitfactory of "));
  ran = factory({"--json", "verify", "--policy"});
  auto policy = record::Json::parse(ran.out);
  ASSERT_TRUE(policy.ok()) << ran.out;
  EXPECT_EQ(policy->get_string("cover"), "factory");
  EXPECT_EQ(policy->get("paths").items().size(), 2u);

  auto commit = [this](const std::string& path) {
    repo_.write(path, path + " is changed\n");
    repo_.commit("change " + path);
  };
  commit("docs/a.md");
  ran = factory({"verify", "HEAD"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("skipped "));
  for (const char* release : {"release/1", "refs/heads/Release/2"}) {
    ran = factory({"verify", std::string("--ref=") + release, "HEAD"});
    EXPECT_EQ(ran.exit_code, 1) << release;
    EXPECT_THAT(ran.out, HasSubstr("no-run: "));
  }
  EXPECT_EQ(factory({"verify", "--all", "HEAD"}).exit_code, 1);
  EXPECT_EQ(git({"push", "origin", "main"}).exit_code, 0) << "neither listed";
  ran = git({"push", "origin", "main:refs/heads/release/1"});
  EXPECT_EQ(ran.exit_code, 0) << "nothing that main has not let in";
  commit("docs/b.md");
  ran = git({"push", "origin", "HEAD:refs/heads/release/1"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("(refs/heads/release/1)"));
  EXPECT_EQ(git({"push", "origin", "HEAD:refs/heads/topic"}).exit_code, 0);
  for (const char* path : {"src/pay/a.py", "SRC/Pay/b.py", "deep/down/x.sql"}) {
    commit(path);
    EXPECT_EQ(factory({"verify", "HEAD"}).exit_code, 1) << path;
    EXPECT_EQ(factory({"verify", "main~1..main"}).exit_code, 1) << path;
    ran = git({"push", "origin", "main"});
    EXPECT_EQ(ran.exit_code, 1) << path;
    EXPECT_EQ(git({"push", "origin", "HEAD:refs/heads/topic"}).exit_code, 1) << path;
    repo_.git({"reset", "-q", "--hard", "HEAD~1"});
  }
  // Whoever runs the server has the last word, key by key.
  git({"config", "factory.verify.path", "nothing-such"}, remote_);
  commit("src/pay/a.py");
  EXPECT_EQ(git({"push", "origin", "main"}).exit_code, 0);
  EXPECT_EQ(git({"push", "origin", "HEAD~1:refs/heads/release/1"}).exit_code, 0);
  git({"config", "factory.verify", "off"}, remote_);
  commit("docs/c.md");
  EXPECT_EQ(git({"push", "origin", "HEAD:refs/heads/release/1"}).exit_code, 0);
  git({"config", "factory.verify", "all"}, remote_);
  commit("docs/d.md");
  ran = git({"push", "origin", "HEAD:refs/heads/topic"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("and configuration)"));
}

TEST_F(HooksTest, ThousandsOfRefsAreOneQuestion) {
  make_guarded();
  ASSERT_EQ(factory({"hooks", "install"}).exit_code, 0);
  std::string base = git({"rev-parse", "HEAD"}).out, updates;
  base.pop_back();
  for (int i = 0; i < 3000; ++i)
    updates += "create refs/heads/many/" + std::to_string(i) + " " + base + "\n";
  ASSERT_EQ(run({"git", "update-ref", "--stdin"}, repo_.path(), environment(), updates).exit_code,
            0);
  Ran ran = git({"push", "-q", "origin", "refs/heads/many/*:refs/heads/many/*"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  change("two\n");
  repo_.git({"update-ref", "refs/heads/many/2999", "HEAD"});
  for (int i = 0; i < 3000; i += 2)
    repo_.git({"update-ref", "-d", "refs/heads/many/" + std::to_string(i)});
  ran = git(
      {"push", "-q", "--no-verify", "--prune", "origin", "refs/heads/many/*:refs/heads/many/*"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("refs/heads/many/2999"));
}

TEST_F(HooksTest, TheUpdateHookAsksRefByRef) {
  make_guarded("update");
  change("two\n");
  Ran ran = git({"push", "origin", "main", "HEAD~1:refs/heads/old"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("hook declined"));
  EXPECT_EQ(git({"rev-parse", "--verify", "-q", "old"}, remote_).exit_code, 0);
}

TEST_F(HooksTest, AHookThatWasThereGetsItsInputAndDecides) {
  repo_.write("a.txt", "one\n");
  repo_.commit("first");
  remote_ = repo_.add_remote();
  write_hook(hook("pre-push"), kLogger);
  change("two\n");
  git({"push", "origin", "main"});
  std::string alone = repo_.folder().read("hook.log");
  Ran ran = factory({"hooks", "install"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("pre-push.before-factory"));
  repo_.folder().write("hook.log", "");
  EXPECT_EQ(git({"push", "origin", "main"}).exit_code, 1);
  EXPECT_EQ(repo_.folder().read("hook.log"), alone) << "as if we were not there";
  EXPECT_THAT(alone, HasSubstr("args: origin "));
  EXPECT_THAT(alone, HasSubstr("refs/heads/main"));
  // What we refuse it does not see.
  repo_.git({"config", "factory.verify", "all"});
  repo_.folder().write("hook.log", "");
  EXPECT_EQ(git({"push", "origin", "main"}).exit_code, 1);
  EXPECT_EQ(repo_.folder().read("hook.log"), "");
  // And the exit status is its own.
  write_hook(hook("pre-push.before-factory"), "cat >/dev/null\nexit 0\n");
  repo_.git({"config", "factory.verify", "off"});
  EXPECT_EQ(git({"push", "origin", "main"}).exit_code, 0) << "no '#!' line: a shell reads it";
  ran = run({hook("pre-push"), "origin", "url"}, repo_.path(), environment(), "");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  write_hook(hook("pre-push.before-factory"), "#!/bin/sh\nexit 42\n");
  ran = run({hook("pre-push"), "origin", "url"}, repo_.path(), environment(), "");
  EXPECT_EQ(ran.exit_code, 42);

  ASSERT_EQ(factory({"hooks", "uninstall"}).exit_code, 0);
  EXPECT_EQ(repo_.read(".git/hooks/pre-push"), "#!/bin/sh\nexit 42\n");
  EXPECT_FALSE(std::filesystem::exists(hook("pre-push.before-factory")));
}

TEST_F(HooksTest, TheHookKnowsItsRepositoryWhereverItIsPushedFrom) {
  repo_.write("a.txt", "one\n");
  repo_.commit("first");
  remote_ = repo_.add_remote();
  ASSERT_EQ(factory({"hooks", "install"}).exit_code, 0);
  repo_.git({"config", "factory.verify", "all"});
  std::string linked = repo_.folder() / "linked";
  repo_.git({"worktree", "add", "-q", "-b", "side", linked});
  run({"sh", "-c", "echo two >a.txt && git commit -qam two"}, linked, environment());
  Ran ran = git({"push", "origin", "side"}, linked);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no verdict is about this change"));
  ran = git(
      {"--git-dir", repo_.path() + "/.git", "--work-tree", repo_.path(), "push", "origin", "side"},
      repo_.folder() / "home");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no verdict is about this change"));
  EXPECT_EQ(factory({"hooks", "status"}, linked).exit_code, 0);
  EXPECT_EQ(git({"push", "origin", "main"}, linked).exit_code, 0) << "nothing to push";
  EXPECT_EQ(git({"push", remote_, "main:refs/heads/copy"}).exit_code, 0) << "a remote by its path";
  EXPECT_EQ(git({"push", "-c", "x"}).exit_code, 129);
}

TEST_F(HooksTest, StatusTellsWhatStandsAndScriptsCanReadIt) {
  repo_.write("a.txt", "one\n");
  repo_.commit("first");
  Ran ran = factory({"hooks", "status"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("git factory hooks install"));
  ASSERT_EQ(factory({"hooks", "install"}).exit_code, 0);
  EXPECT_THAT(factory({"hooks", "install"}).out, HasSubstr("there already"));
  ran = factory({"--json", "hooks", "status"});
  EXPECT_EQ(ran.exit_code, 0);
  auto json = record::Json::parse(ran.out);
  ASSERT_TRUE(json.ok()) << ran.out;
  EXPECT_EQ(json->get_string("state"), "installed");
  std::filesystem::permissions(hook("pre-push"), std::filesystem::perms::owner_read);
  ran = factory({"hooks", "status"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("not executable"));
  EXPECT_EQ(factory({"hook", "post-merge"}).exit_code, 129);
  EXPECT_EQ(factory({"hook", "update", "one"}).exit_code, 129);
  EXPECT_EQ(factory({"hook", "pre-receive"}, {}, "gibberish\n").exit_code, 129);
}

// The repository's own hooks, as an ordinary user has them: what is delivered is what they let
// through, and a clone that has none of them replays it.
TEST_F(HooksTest, WhatIsDeliveredPassedTheRepositorysOwnHooksAndReplaysInAClone) {
  make_shop();
  write_hook(hook("pre-commit"),
             "#!/bin/sh\n"
             "for f in $(git diff --cached --name-only --diff-filter=AM -- '*.py'); do\n"
             "  grep -q '^# checked$' $f || { sed -i '1i # checked' $f; git add $f; }\n"
             "done\n"
             "git stash list; git commit --no-verify -qm 'mine' || true\n"
             "git branch made-by-a-hook\n");
  write_hook(hook("commit-msg"),
             "#!/bin/sh\nhead -1 $1 | grep -q '^feat: [a-z]' || { "
             "echo 'subject in lower case, please'; exit 1; }\n");
  std::string before = users_place();

  Ran ran = feature("health", kHealth);

  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(users_place(), before);
  EXPECT_THAT(git({"show", "factory/health:app/main.py"}).out, HasSubstr("# checked\n"));
  EXPECT_THAT(git({"log", "-1", "--format=%s", "factory/health"}).out,
              ::testing::MatchesRegex("feat: [a-z].*\n"));
  EXPECT_THAT(git({"branch", "--list", "made-by-a-hook"}).out, ::testing::IsEmpty());

  std::string clone = repo_.folder() / "clone";
  git({"clone", "-q", repo_.folder() / "origin.git", clone});
  git({"config", "factory.python", std::getenv("GF_TEST_PYTHON")}, clone);
  ASSERT_EQ(factory({"sync"}, clone).exit_code, 0);
  ASSERT_EQ(factory({"trust", "--yes"}, clone).exit_code, 0);
  ran = factory({"replay", "--gates=recorded", "--all"}, clone);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  ran = factory({"replay", "--all"}, clone);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
}

}  // namespace
}  // namespace gf::test
