// A delivery and a rework where no branch may be made: both by a push to refs/for/main.
#include <gmock/gmock.h>

#include "e2e/killed.h"
#include "e2e/on_agit.h"
#include "e2e/own_answers.h"

namespace gf::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class AgitE2eTest : public Killable<OnAgitTest> {
 protected:
  void SetUp() override {
    OnAgitTest::SetUp();
    server_.set_permission("ada", "write");
    answers_.use();
  }
  OwnAnswers answers_{repo_};
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

TEST_F(AgitE2eTest, KilledWhileThePushIsTakenItGoesOnAndDoublesNothing) {
  // The server asks its request twice: for what is there, and to make it.
  server_.next("POST /agit", answers("200 OK", R"({"number":0})"));
  server_.next("POST /agit", kills(), FakeGitHub::When::kAfter);
  Ran killed = killable({{"GITEA_TOKEN", FakeGitHub::kToken}},
                        {"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(killed.exit_code, -SIGKILL) << killed.err;
  ASSERT_EQ(server_.pulls().size(), 1u) << "the server has made it, and nobody heard of it";

  Ran resumed = with_token({"resume"});

  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("https://github.test/acme/shop/pull/1"));
  ASSERT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(server_.pulls()[0].get_string("body"), HasSubstr("## Evidence"));
  EXPECT_EQ(server_.statuses().size(), 1u);
  EXPECT_EQ(server_.statuses().back().get_string("sha"), head());
}

}  // namespace
}  // namespace gf::test
