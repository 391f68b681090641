// A delivery and a rework where no branch may be made: both by a push to refs/for/main.
#include <gmock/gmock.h>

#include <filesystem>

#include "e2e/factory.h"
#include "e2e/own_answers.h"
#include "support/fake_github.h"
#include "support/git_server.h"

namespace gf::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class AgitE2eTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    std::string hub = repo_.folder() / "hub";
    std::filesystem::create_directories(hub + "/acme");
    std::filesystem::rename(repo_.folder() / "origin.git", hub + "/acme/shop.git");
    git_ = std::make_unique<GitServer>(hub, server_.url());
    repo_.git({"remote", "set-url", "origin", git_->url("acme/shop")});
    repo_.git({"config", "factory.forge", "gitea"});
    repo_.git({"config", "factory.forge.api", server_.url()});
    server_.change_repository("permissions",
                              record::Json::object({{"push", false}, {"pull", true}}));
    server_.set_permission("ada", "write");
    answers_.use();
  }
  Ran with_token(std::vector<std::string> arguments) {
    return factory_with({{"GITEA_TOKEN", FakeGitHub::kToken}}, std::move(arguments));
  }
  [[nodiscard]] std::string head() const {
    return repo_.git({"ls-remote", "origin", "refs/pull/1/head"}).substr(0, 40);
  }

  OwnAnswers answers_{repo_};
  FakeGitHub server_{FakeGitHub::As::kGitea};
  std::unique_ptr<GitServer> git_;
};

TEST_F(AgitE2eTest, ADeliveryAndAReworkMakeNoBranchThere) {
  Ran ran = with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("https://github.test/acme/shop/pull/1"));
  ASSERT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(server_.pulls()[0].get_string("body"), HasSubstr("## Evidence"));
  EXPECT_EQ(server_.statuses().back().get_string("sha"), head());
  std::string before = head();

  answers_.will_reword();
  server_.add_comment_by("ada", 1, "Say when it is ok.");
  Ran again = with_token({"rework"});

  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  EXPECT_EQ(server_.pulls().size(), 1u);
  EXPECT_NE(head(), before);
  EXPECT_THAT(server_.comments(1), Contains(HasSubstr("Done in " + head().substr(0, 10))));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/heads/factory")));
}

}  // namespace
}  // namespace gf::test
