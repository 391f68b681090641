// A delivery and a rework where patches go by mail: written alone.
#include <gmock/gmock.h>

#include "e2e/factory.h"
#include "e2e/own_answers.h"
#include "record/json.h"

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
  /// As the request's record has it.
  std::string id_of_last_run() {
    std::string json = repo_.git({"cat-file", "blob", "refs/factory/pulls:1/pull.json"});
    auto parsed = record::Json::parse(json);
    return parsed.ok() ? parsed->get_string("run") : "no record";
  }
  OwnAnswers answers_{repo_};
};

TEST_F(MailE2eTest, ADeliveryAndAReworkAreTwoVersionsAndNoBranchThere) {
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("not sent: sendemail.smtpServer is not set"));
  EXPECT_THAT(ran.err, HasSubstr("/send-v1\""));
  EXPECT_THAT(ran.err, Not(HasSubstr("dev@example.org"))) << "it is in the record too";
  std::string cover =
      repo_.git({"cat-file", "blob", "refs/factory/pulls:1/mail/v1/0000-cover-letter.patch"});
  EXPECT_THAT(cover, HasSubstr("## Evidence"));
  EXPECT_THAT(cover, HasSubstr("Factory-Run: " + id_of_last_run()));
  EXPECT_THAT(factory({"pr", "list"}).out, HasSubstr("#1"));
  EXPECT_THAT(factory({"pr", "diff", "1"}).out, HasSubstr("+"));

  answers_.will_reword();
  ASSERT_EQ(factory({"pr", "comment", "1", "-m", "Say when it is ok."}).exit_code, 0);
  Ran again = factory({"rework"});

  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  std::string second =
      repo_.git({"cat-file", "blob", "refs/factory/pulls:1/mail/v2/v2-0000-cover-letter.patch"});
  EXPECT_THAT(second, HasSubstr("[PATCH v2 0/2]"));
  EXPECT_THAT(second, HasSubstr("In-Reply-To: <" + id_of_last_run() + ".v1.0@"));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/heads/factory")));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/factory/pulls")));
}

TEST_F(MailE2eTest, DoctorInitAndALinkedWorkTreeSayWhereThePatchesGo) {
  EXPECT_THAT(factory({"doctor", "--no-gates"}).out,
              HasSubstr("mail (factory.forge says so; patches to dev@example.org are written to "
                        ".git/factory/mail and not sent"));
  Ran init = factory({"init", "--dry-run"});
  EXPECT_THAT(init.out, HasSubstr("mail (factory.forge says so"));
  EXPECT_THAT(init.out, Not(HasSubstr("dev@example.org"))) << "nor has the file that is tracked";
  std::string linked = repo_.folder() / "linked";
  repo_.git({"worktree", "add", "-q", "--detach", linked});
  EXPECT_THAT(factory({"doctor", "--no-gates"}, linked).out,
              HasSubstr("/.git/factory/mail and not sent"));
}

/// The request's record says what the next version stands on.
TEST_F(MailE2eTest, AReworkWhoseBranchIsMissingHereMakesItAgain) {
  ASSERT_EQ(
      factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth}).exit_code, 0);
  std::string delivered = repo_.git({"rev-parse", "factory/health"});
  repo_.git({"branch", "-q", "-D", "factory/health"});
  answers_.will_reword();
  ASSERT_EQ(factory({"pr", "comment", "1", "-m", "Say when it is ok."}).exit_code, 0);
  Ran again = factory({"rework"});

  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  EXPECT_EQ(repo_.git({"rev-parse", "factory/health~1"}), delivered);
}

/// A person has the branch under his hands: it stays, and the next version goes out all the same,
/// twice.
TEST_F(MailE2eTest, ABranchThatIsCheckedOutHoldsNoReworkUp) {
  ASSERT_EQ(
      factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth}).exit_code, 0);
  std::string delivered = repo_.git({"rev-parse", "factory/health"});
  ASSERT_EQ(factory({"pr", "checkout", "1"}).exit_code, 0);
  answers_.will_reword();
  ASSERT_EQ(factory({"pr", "comment", "1", "-m", "Say when it is ok."}).exit_code, 0);
  Ran again = factory({"rework"});
  ASSERT_EQ(again.exit_code, 0) << again.err << again.out;
  EXPECT_THAT(again.err, HasSubstr("is checked out and stays where it is"));
  EXPECT_EQ(repo_.git({"rev-parse", "factory/health"}), delivered);
  EXPECT_THAT(
      repo_.git({"cat-file", "blob", "refs/factory/pulls:1/mail/v2/v2-0000-cover-letter.patch"}),
      HasSubstr("[PATCH v2 0/2]"));

  // The branch that stayed behind is nobody's push.
  ASSERT_EQ(factory({"pr", "comment", "1", "-m", "And once more."}).exit_code, 0);
  Ran third = factory({"rework"});
  EXPECT_THAT(third.err, Not(HasSubstr("somebody has pushed")));
  EXPECT_THAT(third.err, Not(HasSubstr("no more at")));
}

}  // namespace
}  // namespace gf::test
