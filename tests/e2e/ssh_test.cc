// A delivery whose commits go by SSH, to an sshd that at first nobody knows and that knows nobody.
#include <gmock/gmock.h>

#include <filesystem>

#include "e2e/on_agit.h"
#include "support/ssh_server.h"

namespace gf::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SshE2eTest : public OnAgitTest {
 protected:
  void SetUp() override {
    if (!ssh_.up()) GTEST_SKIP() << "there is no sshd here (Debian's openssh-server)";
    OnAgitTest::SetUp();
    repo_.git({"remote", "set-url", "origin", ssh_.url("acme/shop")});
    repo_.git({"config", "core.sshCommand", ssh_.command()});
  }
  Ran ask_for_health() {
    return with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  }
  SshServer ssh_{hub()};
};

TEST_F(SshE2eTest, WhatSshRefusesIsALineBeforeAModelIsAsked) {
  auto ask = [&] {
    Ran ran = ask_for_health();
    EXPECT_TRUE(server_.pulls().empty());
    return ran;
  };
  auto expect_refused = [&](const Ran& ran, const char* said, const char* hint) {
    EXPECT_EQ(ran.exit_code, 128) << ran.out;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("'origin' would refuse the push: "), HasSubstr(said),
                               HasSubstr("hint: "), HasSubstr(hint), HasSubstr("--no-pr"),
                               Not(HasSubstr("scripted"))));
  };
  expect_refused(ask(), "Host key verification failed", "known_hosts");
  ssh_.be_taken_for_another();
  expect_refused(ask(), "another key than the one that is known", "ssh-keygen -R");
  ssh_.become_known();
  expect_refused(ask(), "Permission denied (publickey)", "ssh-add");
  ssh_.let_in();
  ssh_.let_write(false);
  expect_refused(ask(), "marked as read only", "write access");
  ssh_.let_write(true);
  std::filesystem::rename(hub() + "/acme/shop.git", hub() + "/acme/gone.git");
  expect_refused(ask(), "does not appear to be a git repository", "git remote -v");
  std::filesystem::rename(hub() + "/acme/gone.git", hub() + "/acme/shop.git");

  Ran delivered = ask_for_health();

  ASSERT_EQ(delivered.exit_code, 0) << delivered.err;
  EXPECT_THAT(delivered.out, HasSubstr("https://github.test/acme/shop/pull/1"));
  ASSERT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(server_.pulls()[0].get_string("body"), HasSubstr("## Evidence"));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), AllOf(HasSubstr(head() + "\trefs/pull/1/head"),
                                                        Not(HasSubstr("refs/heads/factory"))));
}

TEST_F(SshE2eTest, WhoIsNotLetInWorksWithoutARequest) {
  Ran kept =
      with_token({"feature", "--no-pr", "--slug", "health", "--model", "scripted/health", kHealth});

  EXPECT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_THAT(kept.err, HasSubstr("Host key verification failed"))
      << "what was not fetched is told";
  EXPECT_EQ(repo_.git({"branch", "--list", "factory/health"}), "  factory/health\n");
}

}  // namespace
}  // namespace gf::test
