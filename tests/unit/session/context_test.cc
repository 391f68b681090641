// What a run may begin in, where it starts from, and where it is pushed to.
#include "session/context.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/text.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::session {
namespace {

using ::testing::HasSubstr;

class ContextTest : public ::testing::Test {
 protected:
  session::Setup setup(const std::string& folder = {}) {
    session::Setup made;
    made.directory = folder.empty() ? place_.path() : folder;
    made.environment = place_.environment();
    made.clock = &clock_;
    made.cancel = &cancel_;
    return made;
  }
  Result<std::unique_ptr<Context>> open(bool for_run = true, const std::string& folder = {}) {
    return Context::open(setup(folder), for_run);
  }
  std::string remote(const std::string& base) {
    auto context = open(false);
    EXPECT_DONE(context);
    auto config = Config::load((*context)->repo, (*context)->git, Oid(), {});
    EXPECT_DONE(config);
    auto found = find_remote(**context, *config, base);
    if (!found.ok()) return "error: " + found.error().message;
    return found->value_or("none");
  }
  std::string base(const std::optional<std::string>& wanted = std::nullopt,
                   const Config::Settings& settings = {}) {
    auto context = open(false);
    EXPECT_DONE(context);
    auto found = find_base(**context, settings, wanted);
    return found.ok() ? found->name : "error: " + found.error().message;
  }

  test::TempRepo place_;
  test::StandingClock clock_;
  Cancel cancel_;
};

TEST_F(ContextTest, AReaderOpensWhatARunRefuses) {
  auto run = open(true);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().fault, Fault::kUser);
  EXPECT_THAT(run.error().message, HasSubstr("no commit yet"));
  EXPECT_DONE(open(false));
}

TEST_F(ContextTest, ItIsFoundFromASubfolderAndFromALinkedWorktree) {
  place_.write("deep/down/a.txt", "a\n");
  place_.commit("first");
  ASSERT_GIVES(auto deep, open(true, place_.path() + "/deep/down"));
  EXPECT_TRUE(std::filesystem::equivalent(*deep->repo.workdir(), place_.path()));
  place_.git({"worktree", "add", "-q", "--detach", "../linked"});
  ASSERT_GIVES(auto linked, open(true, place_.path() + "/../linked"));
  EXPECT_EQ(std::filesystem::canonical(linked->repo.common_dir()),
            std::filesystem::canonical(place_.path() + "/.git"));
}

TEST_F(ContextTest, NoRepositoryIsSaidSo) {
  test::TempFolder elsewhere;
  auto context = open(false, elsewhere.path());
  ASSERT_FALSE(context.ok());
  EXPECT_THAT(context.error().message, HasSubstr("not a git repository"));
}

TEST_F(ContextTest, TheBaseIsWhatIsAskedForElseConfiguredElseTheUsualOne) {
  place_.commit("first");
  EXPECT_EQ(base(), "main");
  place_.git("branch -m main trunk");
  EXPECT_EQ(base(), "trunk") << "the branch that is checked out";
  place_.git("branch master");
  EXPECT_EQ(base(), "master");
  place_.git("branch main");
  EXPECT_EQ(base(), "main");
  EXPECT_EQ(base(std::nullopt, {{"factory.base", "trunk"}}), "trunk");
  EXPECT_EQ(base("HEAD~0", {{"factory.base", "trunk"}}), "HEAD~0");
  EXPECT_THAT(base("nowhere"), HasSubstr("no commit named 'nowhere'"));
  EXPECT_THAT(base(std::nullopt, {{"factory.base", "gone"}}), HasSubstr("'gone'"));
}

TEST_F(ContextTest, TheRemotesOwnHeadComesBeforeTheUsualNames) {
  Oid commit = place_.commit("first");
  place_.git("branch develop");
  place_.git({"update-ref", "refs/remotes/origin/develop", commit.hex()});
  place_.git("symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/develop");
  EXPECT_EQ(base(), "develop");
}

TEST_F(ContextTest, ADetachedHeadStartsFromTheUsualBranchOrFromItself) {
  place_.commit("first");
  place_.git("checkout -q --detach");
  EXPECT_EQ(base(), "main");
  place_.git("branch -D main");
  EXPECT_EQ(base(), "HEAD");
}

TEST_F(ContextTest, NoNameCanActAsAnOptionOfGit) {
  place_.commit("first");
  EXPECT_THAT(base("--output=/tmp/x"), HasSubstr("no commit named"));
  EXPECT_THAT(base("-h"), HasSubstr("no commit named"));
}

TEST_F(ContextTest, TheRemoteIsConfiguredElseTheBranchesElseOriginElseTheOnlyOne) {
  place_.commit("first");
  EXPECT_EQ(remote("main"), "none");
  place_.git("remote add only /nowhere");
  EXPECT_EQ(remote("main"), "only");
  place_.git("remote add second /nowhere");
  EXPECT_EQ(remote("main"), "none") << "of two, neither is the one";
  place_.git("remote add origin /nowhere");
  EXPECT_EQ(remote("main"), "origin");
  place_.git("config branch.Main.remote only");
  EXPECT_EQ(remote("main"), "origin") << "two branches whose names differ in case only";
  place_.git("config branch.main.remote second");
  EXPECT_EQ(remote("main"), "second");
  place_.git("config factory.remote only");
  EXPECT_EQ(remote("main"), "only");
  place_.git("config factory.remote gone");
  EXPECT_THAT(remote("main"), HasSubstr("factory.remote names 'gone'"));
}

TEST_F(ContextTest, ACancelledRunAsksGitNothingMore) {
  place_.commit("first");
  ASSERT_GIVES(auto context, open(true));
  cancel_.request();
  auto answer = context->git.ask({"status"});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kCancelled);
}

TEST_F(ContextTest, TheAuthorIsWhoTheEnvironmentThatWasHandedInSays) {
  place_.commit("first");
  session::Setup other = setup();
  other.environment["GIT_AUTHOR_NAME"] = "Ada";
  other.environment["GIT_AUTHOR_EMAIL"] = "ada@example.com";
  ASSERT_GIVES(auto context, Context::open(other, true));
  ASSERT_GIVES(auto who, context->repo.identity(clock_.now()));
  EXPECT_EQ(who.name + " <" + who.email + ">", "Ada <ada@example.com>");
}

TEST_F(ContextTest, GatesKeepTheirThingsInTheCacheAndNowhereWithoutAHome) {
  place_.commit("first");
  session::Setup here = setup();
  here.environment["XDG_CACHE_HOME"] = "/c";
  ASSERT_GIVES(auto context, Context::open(here, true));
  EXPECT_THAT(gate_cache(*context).value(),
              ::testing::MatchesRegex("/c/git-factory/gates/[0-9a-f]{16}"));
  context->setup.environment.erase("XDG_CACHE_HOME");
  context->setup.environment.erase("HOME");
  auto nowhere = gate_cache(*context);
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().hint, HasSubstr("XDG_CACHE_HOME"));
}

TEST_F(ContextTest, WhatARunCannotWorkInIsRefusedWithTheWayOut) {
  place_.commit("first");
  place_.git({"clone", "-q", "--bare", place_.path(), place_.path() + "/../bare.git"});
  auto bare = open(true, place_.path() + "/../bare.git");
  ASSERT_FALSE(bare.ok());
  EXPECT_THAT(bare.error().message, HasSubstr("bare"));
  place_.commit("second");
  place_.git(
      {"clone", "-q", "--depth=1", "file://" + place_.path(), place_.path() + "/../shallow"});
  auto shallow = open(true, place_.path() + "/../shallow");
  ASSERT_FALSE(shallow.ok());
  EXPECT_THAT(shallow.error().hint, HasSubstr("--unshallow"));
  EXPECT_DONE(open(false, place_.path() + "/../shallow"));
}

TEST_F(ContextTest, ChildrenGetNoVariableThatPointsGitAtARepository) {
  place_.commit("first");
  session::Setup hostile = setup();
  hostile.environment["GIT_DIR"] = "/nowhere";
  hostile.environment["GIT_INDEX_FILE"] = "/nowhere/index";
  ASSERT_GIVES(auto context, Context::open(hostile, true));
  ASSERT_GIVES(auto answer, context->git.ask({"rev-parse", "--absolute-git-dir"}));
  EXPECT_EQ(trim(answer.out), place_.path() + "/.git");
}

}  // namespace
}  // namespace gf::session
