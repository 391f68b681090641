// A delivery to Bitbucket Cloud: the branch by git, the request by its REST service.
#include <gmock/gmock.h>

#include "e2e/factory.h"
#include "support/fake_bitbucket.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BitbucketE2eTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    repo_.git({"config", "factory.forge", "bitbucket"});
    repo_.git({"config", "factory.forge.api", server_.url()});
    repo_.git({"config", "factory.forge.repository", "acme/shop"});
  }
  Ran with_token(std::vector<std::string> arguments) {
    return factory_with({{"BITBUCKET_TOKEN", FakeBitbucket::kToken}}, std::move(arguments));
  }

  FakeBitbucket server_;
};

TEST_F(BitbucketE2eTest, ADeliveryWhoseAnswerIsLostIsOpenedOnceAndHandled) {
  server_.next("POST /repositories/acme/shop/pullrequests",
               answers("502 Bad Gateway", "<html>bad gateway</html>"), FakeBitbucket::When::kAfter);
  Ran ran = with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("https://bitbucket.test/acme/shop/pull-requests/1"));
  ASSERT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(server_.pulls()[0].get_string("description"), HasSubstr("Factory-Run: 2"));
  std::string there = repo_.git({"ls-remote", "origin", "refs/heads/factory/health"});
  EXPECT_EQ(server_.statuses().at(0).get_string("sha"), there.substr(0, 40));
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(FakeBitbucket::kToken)));
  EXPECT_THAT(with_token({"pr", "list"}).out, HasSubstr("#1"));
  EXPECT_THAT(with_token({"pr", "show", "1"}).out, HasSubstr("Health endpoint"));
  EXPECT_THAT(with_token({"doctor", "--no-gates"}).out, HasSubstr("bitbucket"));
  EXPECT_THAT(with_token({"pr", "close", "1"}).out, HasSubstr("is closed"));
  EXPECT_EQ(server_.pulls()[0].get_string("state"), "DECLINED");
}

}  // namespace
}  // namespace gf::test
