// A delivery and a rework where patches go by mail: written alone, and through a real SMTP server,
// which tests/services/mail.py starts.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

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

/// GF_SMTP_PORT; what arrives is in GF_SMTP_FOLDER/in.
class SentMailE2eTest : public MailE2eTest {
 protected:
  void SetUp() override {
    const char* port = std::getenv("GF_SMTP_PORT");
    const char* folder = std::getenv("GF_SMTP_FOLDER");
    if (port == nullptr || folder == nullptr)
      GTEST_SKIP() << "no SMTP server: see tests/services/README.md";
    MailE2eTest::SetUp();
    in_ = std::string(folder) + "/in";
    for (const std::string& path : arrived()) std::filesystem::remove(path);
    for (auto [key, value] :
         {std::pair{"smtpServer", "127.0.0.1"}, std::pair{"smtpServerPort", port},
          std::pair{"from", "Ada <ada@example.org>"}, std::pair{"bcc", "me@example.org"}})
      repo_.git({"config", std::string("sendemail.") + key, value});
  }
  [[nodiscard]] std::vector<std::string> arrived() const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(in_)) {
      if (entry.path().extension() == ".eml") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  [[nodiscard]] static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// What git makes of the patches that arrived.
  std::string applied_tree() {
    std::string there = repo_.folder() / "applied";
    repo_.git({"worktree", "add", "-q", "--detach", there, "main"});
    for (const std::string& path : arrived()) {
      if (path != arrived().front()) repo_.git({"-C", there, "am", "-q", path});
    }
    std::string tree = repo_.git({"-C", there, "rev-parse", "HEAD^{tree}"});
    repo_.git({"worktree", "remove", "--force", there});
    return tree;
  }
  std::string in_;
};

TEST_F(SentMailE2eTest, WhatArrivesIsAppliedByGitAndGivesTheDeliveredTree) {
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("patches go by mail to 2 addresses"));
  EXPECT_THAT(ran.err, Not(HasSubstr("@example.org by "))) << "it is in the record too";
  EXPECT_THAT(factory({"doctor", "--no-gates"}).out,
              HasSubstr("dev@example.org, by bcc to me@example.org"));
  ASSERT_EQ(arrived().size(), 2u) << ran.err;
  EXPECT_THAT(text_of(arrived()[0]), HasSubstr("X-To: dev@example.org,me@example.org\n"));
  EXPECT_EQ(applied_tree(), repo_.git({"rev-parse", "factory/health^{tree}"}));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/heads/factory")));
}

TEST_F(SentMailE2eTest, ThePushedBranchIsNamedInTheCoverLetter) {
  repo_.git({"config", "factory.forge.push", "branch"});
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  ASSERT_EQ(arrived().size(), 2u) << ran.err;
  EXPECT_THAT(text_of(arrived()[0]), HasSubstr("are available in the Git repository at"));
  EXPECT_EQ(repo_.git({"ls-remote", "origin", "refs/heads/factory/health"}).substr(0, 40),
            repo_.git({"rev-parse", "factory/health"}).substr(0, 40));
  EXPECT_EQ(applied_tree(), repo_.git({"rev-parse", "factory/health^{tree}"}));
}

}  // namespace
}  // namespace gf::test
