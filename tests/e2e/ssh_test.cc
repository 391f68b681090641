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
  SshServer ssh_{hub()};
};

TEST_F(SshE2eTest, WhatSshRefusesIsALineAndTheRunGoesOnFromThere) {
  Ran unknown = with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  EXPECT_EQ(unknown.exit_code, 128) << unknown.out;
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("Host key verification failed"), HasSubstr("hint: "),
                                 HasSubstr("known_hosts")));
  ssh_.be_taken_for_another();
  Ran changed = with_token({"resume"});
  EXPECT_EQ(changed.exit_code, 128) << changed.out;
  EXPECT_THAT(changed.err, HasSubstr("another key than the one that is known"));
  ssh_.become_known();
  Ran refused = with_token({"resume"});
  EXPECT_EQ(refused.exit_code, 128) << refused.out;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("Permission denied (publickey)"), HasSubstr("ssh-add")));
  EXPECT_TRUE(server_.pulls().empty());
  ssh_.let_in();

  Ran delivered = with_token({"resume"});

  ASSERT_EQ(delivered.exit_code, 0) << delivered.err;
  EXPECT_THAT(delivered.out, HasSubstr("https://github.test/acme/shop/pull/1"));
  ASSERT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(server_.pulls()[0].get_string("body"), HasSubstr("## Evidence"));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), AllOf(HasSubstr(head() + "\trefs/pull/1/head"),
                                                        Not(HasSubstr("refs/heads/factory"))));
}

}  // namespace
}  // namespace gf::test
