// Servers whose own pre-receive hook lets in what has its record alone: deliveries that are no push
// of a branch, by AGit and by GitLab's push options, bring it along.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "e2e/on_agit.h"
#include "e2e/own_answers.h"

namespace gf::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class GuardedAgitTest : public OnAgitTest {
 protected:
  void SetUp() override {
    OnAgitTest::SetUp();
    server_.set_permission("ada", "write");
    answers_.use();
    ASSERT_EQ(factory({"hooks", "install", "pre-receive"}, hub() + "/acme/shop.git").exit_code, 0);
  }
  OwnAnswers answers_{repo_};
};

TEST_F(GuardedAgitTest, ADeliveryAndItsReworkBringTheirRecordAlong) {
  Ran ran = with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  std::string before = head();
  EXPECT_EQ(before.size(), 40u);
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}),
              AllOf(HasSubstr("refs/factory/ledger/"), Not(HasSubstr("refs/factory/evidence/"))));
  answers_.will_reword();
  server_.add_comment_by("ada", 1, "Say when it is ok.");

  Ran again = with_token({"rework"});

  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(head(), before);
  EXPECT_THAT(server_.comments(1), Contains(HasSubstr("Done in " + head().substr(0, 10))));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/heads/factory")));
}

TEST_F(GuardedAgitTest, WhatAPersonMadeOfItIsRefusedAsEver) {
  Ran ran = with_token({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  std::string before = head();
  repo_.git({"fetch", "-q", "origin", "refs/pull/1/head"});
  repo_.git({"switch", "-q", "-c", "mine", "FETCH_HEAD"});
  repo_.write("app/main.py", repo_.read("app/main.py") + "# mine\n");
  repo_.git({"commit", "-q", "--all", "--amend", "--no-edit"});

  Ran pushed = run({"git", "push", "-o", "topic=factory/health", "-o", "force-push=true", "origin",
                    "mine:refs/for/main"},
                   repo_.path(), environment());

  EXPECT_NE(pushed.exit_code, 0);
  EXPECT_THAT(pushed.err, HasSubstr("app/main.py differs"));
  EXPECT_EQ(head(), before);
}

class GuardedGitLabTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    std::filesystem::create_directories(hub() + "/acme");
    std::filesystem::rename(repo_.folder() / "origin.git", bare());
    git_ = std::make_unique<GitServer>(hub());
    repo_.git({"remote", "set-url", "origin", git_->url("acme/shop")});
    repo_.git({"config", "factory.forge", "gitlab"});
    ASSERT_EQ(factory({"hooks", "install", "pre-receive"}, bare()).exit_code, 0);
  }
  [[nodiscard]] std::string hub() const { return repo_.folder() / "hub"; }
  [[nodiscard]] std::string bare() const { return hub() + "/acme/shop.git"; }
  [[nodiscard]] std::vector<record::Json> requests() const {
    std::ifstream in(bare() + "/requests.json");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return record::Json::parse(text).value_or(record::Json()).items();
  }
  std::unique_ptr<GitServer> git_;
};

TEST_F(GuardedGitLabTest, APushThatOpensAMergeRequestBringsItsRecordAlong) {
  Ran ran = feature("health", kHealth);

  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("/acme/shop/-/merge_requests/1"));
  ASSERT_EQ(requests().size(), 1u);
  EXPECT_THAT(requests()[0].get("options").dump(), HasSubstr("## Evidence"));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}),
              AllOf(HasSubstr(repo_.git({"rev-parse", "factory/health"}).substr(0, 40) +
                              "\trefs/heads/factory/health"),
                    HasSubstr("refs/factory/ledger/"), Not(HasSubstr("refs/factory/evidence/"))));
}

}  // namespace
}  // namespace gf::test
