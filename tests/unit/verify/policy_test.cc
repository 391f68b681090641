// Which commits a repository wants covered, and who may say so.
#include <gtest/gtest.h>
#include <unistd.h>

#include "git/git_program.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"
#include "verify/verify.h"

namespace gf::verify {
namespace {

class PolicyTest : public ::testing::Test {
 protected:
  git::Program program() { return {test::plain_runner(repo_.environment()), repo_.path()}; }
  Result<Policy> policy(const Oid& target) {
    auto repo = git::Repo::open(repo_.path());
    if (!repo.ok()) return repo.error();
    return policy_of(*repo, program(), target);
  }
  test::TempRepo repo_;
};

TEST_F(PolicyTest, WithoutSettingsTheFactorysCommitsAreCovered) {
  Oid tip = repo_.commit("first");
  ASSERT_GIVES(Policy found, policy(tip));
  EXPECT_EQ(found.cover, Policy::Cover::kFactory);
  EXPECT_EQ(found.source, "default");
  EXPECT_FALSE(found.signature);
}

TEST_F(PolicyTest, TheTargetsFileSpeaksAndAnotherBranchsDoesNot) {
  repo_.write(".gitfactory", "[factory]\n verify = all\n[factory \"verify\"]\n signature = true\n");
  Oid strict = repo_.commit("strict");
  repo_.git("checkout -q -b relaxed");
  repo_.write(".gitfactory", "[factory]\n verify = off\n");
  Oid relaxed = repo_.commit("relaxed");

  ASSERT_GIVES(Policy of_main, policy(strict));
  EXPECT_EQ(of_main.cover, Policy::Cover::kAll);
  EXPECT_TRUE(of_main.signature);
  EXPECT_EQ(of_main.source, ".gitfactory of " + strict.short_hex());
  ASSERT_GIVES(Policy of_relaxed, policy(relaxed));
  EXPECT_EQ(of_relaxed.cover, Policy::Cover::kOff);
}

TEST_F(PolicyTest, TheRepositorysOwnSettingsBeatTheFileKeyByKey) {
  repo_.write(".gitfactory",
              "[factory]\n verify = off\n[factory \"verify\"]\n branch = main\n path = src\n");
  Oid tip = repo_.commit("first");
  repo_.git("config factory.verify all");
  repo_.git("config factory.verify.path secrets");
  ASSERT_GIVES(Policy found, policy(tip));
  EXPECT_EQ(found.cover, Policy::Cover::kAll);
  EXPECT_EQ(found.branches, std::vector<std::string>{"main"});
  EXPECT_EQ(found.paths, std::vector<std::string>{"secrets"});
}

TEST_F(PolicyTest, AWrongValueIsNamed) {
  Oid tip = repo_.commit("first");
  repo_.git("config factory.verify sometimes");
  auto found = policy(tip);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "factory.verify is 'sometimes'");
}

TEST_F(PolicyTest, NobodyWhoWantedToBeStricterIsLetDownByASlip) {
  repo_.write(".gitfactory", "[factory \"Verify\"]\n signature\n branch = main\n");
  Oid tip = repo_.commit("first");
  ASSERT_GIVES(Policy found, policy(tip));
  EXPECT_TRUE(found.signature);
  EXPECT_EQ(found.branches, std::vector<std::string>{"main"});
  for (const char* yes : {"on", "YES", "1", "2"}) {
    repo_.git({"config", "factory.verify.regate", yes});
    ASSERT_GIVES(Policy strict, policy(tip));
    EXPECT_TRUE(strict.regate) << yes;
  }
  for (const char* key : {"factory.verify", "factory.verify.regate"}) {
    repo_.git({"config", key, ""});
    EXPECT_FALSE(policy(tip).ok()) << key << " may have been meant either way";
    repo_.git({"config", "--unset", key});
  }
}

TEST_F(PolicyTest, TheGatesSettingsHaveOneIdWhoeverReadsThem) {
  auto gates = [this] {
    auto found = policy(Oid::parse(repo_.git("rev-parse HEAD").substr(0, 40)).value());
    EXPECT_DONE(found);
    return found.ok() ? found->gates : Oid();
  };
  repo_.commit("first");
  Oid none = gates();
  repo_.write(".gitfactory", "[factory-gate \"Unit\"]\n command = make check\n files = *.c\n");
  repo_.commit("gates");
  Oid tracked = gates();
  EXPECT_NE(tracked, none);
  repo_.write(".gitfactory",
              "[factory]\n base = main\n[factory-gate \"Unit\"]\n files = *.c\n"
              " command = make check\n");
  repo_.commit("the same gates, in another order");
  EXPECT_EQ(gates(), tracked);
  repo_.git({"config", "factory-gate.unit.command", "true"});
  EXPECT_NE(gates(), tracked) << "another gate, by the case of its name";
  repo_.git({"config", "--unset", "factory-gate.unit.command"});
  repo_.git({"config", "factory-gate.Unit.disabled", "true"});
  EXPECT_NE(gates(), tracked) << "this clone runs less than is asked for";
  repo_.git({"config", "--unset", "factory-gate.Unit.disabled"});
  repo_.git({"config", "factory-gate.Unit.command", "make check"});
  EXPECT_EQ(gates(), tracked) << "who says it does not matter";
}

TEST_F(PolicyTest, ALinkOrAFolderInPlaceOfTheFileIsNoPolicy) {
  repo_.git("config core.symlinks true");
  ASSERT_EQ(symlink("/etc/passwd", (repo_.path() + "/.gitfactory").c_str()), 0);
  Oid tip = repo_.commit("link");
  ASSERT_GIVES(Policy found, policy(tip));
  EXPECT_EQ(found.source, "default");
}

TEST_F(PolicyTest, NamesThatAFileSystemTakesForTheSameAreCovered) {
  Policy policy;
  policy.paths = {"src/auth/", "*.key"};
  EXPECT_TRUE(policy.covers_path("src/auth/login.py"));
  EXPECT_TRUE(policy.covers_path("SRC/Auth/login.py"));
  EXPECT_TRUE(policy.covers_path("src/au\xe2\x80\x8cth/login.py"));
  EXPECT_TRUE(policy.covers_path("deep/down/a.KEY"));
  EXPECT_FALSE(policy.covers_path("src/authority.py"));
  policy.paths = {"caf\xc3\xa9"};
  EXPECT_TRUE(policy.covers_path("cafe\xcc\x81"));
  EXPECT_FALSE(policy.covers_path("cafe"));
  policy.branches = {"main", "release/*"};
  EXPECT_TRUE(policy.covers_branch("refs/heads/Main"));
  EXPECT_TRUE(policy.covers_branch("refs/heads/release/1/2"));
  EXPECT_FALSE(policy.covers_branch("refs/heads/mainly"));
  EXPECT_FALSE(policy.covers_branch("refs/tags/main"));
}

}  // namespace
}  // namespace gf::verify
