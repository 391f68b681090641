// A delivery to a server: the branch by git, the request by its REST service.
#include <gmock/gmock.h>

#include "e2e/killed.h"
#include "e2e/on_github.h"
#include "support/real_gh.h"

namespace gf::test {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kOpen = "POST /repos/acme/shop/pulls";

class ForgeTest : public Killable<OnGitHubTest> {
 protected:
  Ran ask() {
    return with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  }
  /// Everything that was ever written into the repository.
  [[nodiscard]] std::string all_objects() const {
    return repo_.git({"cat-file", "--batch", "--batch-all-objects", "--buffer"});
  }
};

TEST_F(ForgeTest, TheRequestIsOpenedThereAndItsAddressIsTheAnswer) {
  Ran ran = ask();

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("https://github.test/acme/shop/pull/1"));
  ASSERT_EQ(server_.pulls().size(), 1u);
  record::Json pull = server_.pulls()[0];
  EXPECT_EQ(pull.get("head").get_string("ref"), "factory/health");
  EXPECT_EQ(pull.get("base").get_string("ref"), "main");
  EXPECT_THAT(pull.get_string("body"), HasSubstr("Factory-Run: 2"));
  EXPECT_EQ(server_.statuses().size(), 1u);
  std::string there = repo_.git({"ls-remote", "origin"});
  EXPECT_THAT(there, HasSubstr("refs/heads/factory/health"));
  EXPECT_THAT(there, Not(HasSubstr("refs/factory/pulls"))) << "that is the other forge's";
  EXPECT_THAT(ran.out + ran.err + all_objects(), Not(HasSubstr(FakeGitHub::kToken)));
  EXPECT_THAT(with_token({"pr", "list"}).out, HasSubstr("#1"));
  EXPECT_THAT(with_token({"pr", "show", "1"}).out, HasSubstr("Health endpoint"));
  EXPECT_THAT(with_token({"pr", "show", "https://github.test/acme/shop/pull/1"}).out,
              HasSubstr("Health endpoint"));
  EXPECT_EQ(with_token({"pr", "show", "https://github.test/acme/other/pull/1"}).exit_code, 128);
  EXPECT_THAT(with_token({"pr", "close", "1", "-m", "not now"}).out, HasSubstr("is closed"));
  EXPECT_EQ(server_.pulls()[0].get_string("state"), "closed");
}

TEST_F(ForgeTest, WhoIsLoggedInWithGhDeliversWithoutATokenOfOurs) {
  if (!has_gh()) GTEST_SKIP() << "there is no gh here";
  RealGh gh(server_);
  repo_.git({"config", "factory.forge", "gh"});
  repo_.git({"config", "--unset", "factory.forge.api"});
  server_.next(
      kOpen,
      [](const Asked&, Peer& peer) {
        peer.send(http_answer("502 Bad Gateway", "<html>bad gateway</html>"));
      },
      FakeGitHub::When::kAfter);

  Ran ran = factory_with(gh.environment(),
                         {"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  Ran doctor = factory_with(gh.environment(), {"doctor", "--no-gates"});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("https://github.test/acme/shop/pull/1"));
  ASSERT_EQ(server_.pulls().size(), 1u) << "the answer that was lost is found";
  EXPECT_EQ(server_.statuses().size(), 1u);
  EXPECT_THAT(doctor.out, HasSubstr("through 'gh'"));
  EXPECT_THAT(ran.out + ran.err + doctor.out + all_objects(), Not(HasSubstr(FakeGitHub::kToken)));
}

TEST_F(ForgeTest, WhatIsWrongThereIsSaidBeforeAModelIsAsked) {
  server_.change_repository("archived", true);
  Ran archived = ask();
  Ran nobody = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  EXPECT_EQ(archived.exit_code, 128);
  EXPECT_THAT(archived.err, HasSubstr("'acme/shop' is archived"));
  EXPECT_EQ(nobody.exit_code, 128);
  EXPECT_THAT(nobody.err, HasSubstr("there is no token for '127.0.0.1"));
  EXPECT_THAT(archived.err + nobody.err, Not(HasSubstr("scripted")));
}

TEST_F(ForgeTest, CutOffBetweenThePushAndTheAnswerItGoesOnAndDoublesNothing) {
  for (FakeGitHub::When when : {FakeGitHub::When::kInstead, FakeGitHub::When::kAfter}) {
    std::string slug = when == FakeGitHub::When::kAfter ? "products" : "health";
    std::string request =
        when == FakeGitHub::When::kAfter
            ? "Add GET /products returning a static list of three products as JSON."
            : kHealth;
    size_t before = server_.pulls().size();
    server_.next(kOpen, kills(), when);
    Ran killed = killable({{"GH_ENTERPRISE_TOKEN", FakeGitHub::kToken}},
                          {"feature", "--slug", slug, "--model", "scripted/" + slug, request});
    ASSERT_EQ(killed.exit_code, -SIGKILL) << killed.err;
    ASSERT_THAT(repo_.git({"ls-remote", "origin"}), HasSubstr("refs/heads/factory/" + slug));

    Ran resumed = with_token({"resume", slug});

    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(server_.pulls().size(), before + 1);
    EXPECT_THAT(resumed.out, HasSubstr("/pull/" + std::to_string(before + 1)));
  }
}

}  // namespace
}  // namespace gf::test
