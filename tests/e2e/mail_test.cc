// A delivery and a rework where patches go by mail: written alone.
#include <gmock/gmock.h>

#include "e2e/factory.h"
#include "e2e/own_answers.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MailE2eTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    repo_.git({"config", "factory.forge", "mail"});
    repo_.git({"config", "factory.mail.to", "dev@example.org"});
    answers_.use();
  }
  OwnAnswers answers_{repo_};
};

TEST_F(MailE2eTest, ADeliveryAndAReworkAreTwoVersionsAndNoBranchThere) {
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("not sent: sendemail.smtpServer is not set"));
  EXPECT_THAT(ran.err, HasSubstr("--to=dev@example.org"));
  std::string cover =
      repo_.git({"cat-file", "blob", "refs/factory/pulls:1/mail/v1/0000-cover-letter.patch"});
  EXPECT_THAT(cover, HasSubstr("## Evidence"));
  EXPECT_THAT(cover, HasSubstr("Factory-Run: 2"));
  EXPECT_THAT(factory({"pr", "list"}).out, HasSubstr("#1"));
  EXPECT_THAT(factory({"pr", "diff", "1"}).out, HasSubstr("+"));

  answers_.will_reword();
  ASSERT_EQ(factory({"pr", "comment", "1", "-m", "Say when it is ok."}).exit_code, 0);
  Ran again = factory({"rework"});

  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  std::string second =
      repo_.git({"cat-file", "blob", "refs/factory/pulls:1/mail/v2/v2-0000-cover-letter.patch"});
  EXPECT_THAT(second, HasSubstr("[PATCH v2 0/2]"));
  EXPECT_THAT(second, HasSubstr("In-Reply-To: <2"));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/heads/factory")));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/factory/pulls")));
}

TEST_F(MailE2eTest, DoctorInitAndALinkedWorkTreeSayWhereThePatchesGo) {
  EXPECT_THAT(factory({"doctor", "--no-gates"}).out,
              HasSubstr("mail (factory.forge says so; patches to dev@example.org are written to "
                        ".git/factory/mail and not sent"));
  EXPECT_THAT(factory({"init", "--dry-run"}).out,
              HasSubstr("mail (factory.forge says so; patches to dev@example.org"));
  std::string linked = repo_.folder() / "linked";
  repo_.git({"worktree", "add", "-q", "--detach", linked});
  EXPECT_THAT(factory({"doctor", "--no-gates"}, linked).out,
              HasSubstr("/.git/factory/mail and not sent"));
}

}  // namespace
}  // namespace gf::test
