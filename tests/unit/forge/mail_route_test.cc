// To whom patches go and by what, what is told of that, and what a program says of a mail.
#include <gmock/gmock.h>

#include "forge/send_email.h"
#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MailRouteTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forge> mail(Settings more = {}) {
    Settings settings = {{"factory.forge", "mail"}};
    settings.add(more);
    auto chosen = choose_forge(here_.place(settings, {}));
    EXPECT_DONE(chosen);
    people_ = chosen.ok() ? chosen->people : "";
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  TestPlace here_;
  std::string people_;
};

TEST_F(MailRouteTest, AProgramsStatusSaysWhatBecameOfAMail) {
  struct Case {
    int status;
    Posted::End end;
  };
  Place place = here_.place({}, {});
  auto commands = place.git.run({"--list-cmds=main,others"});
  if (!commands.ok() || commands->find("send-email") == std::string::npos)
    GTEST_SKIP() << "no git send-email";
  here_.repo().write("0001-a.patch", "From: A <a@b.org>\nSubject: [PATCH] a\n\nwhy\n");
  for (const Case& one : {
           Case{0, Posted::End::kSent},
           Case{64, Posted::End::kRefused},
           Case{67, Posted::End::kRefused},
           Case{77, Posted::End::kRefused},
           Case{78, Posted::End::kRefused},
           Case{126, Posted::End::kRefused},
           Case{127, Posted::End::kRefused},
           Case{75, Posted::End::kUnknown},
           Case{1, Posted::End::kUnknown},
           Case{137, Posted::End::kUnknown},
       }) {
    std::string line = "cat > /dev/null; exit " + std::to_string(one.status) + " #";
    here_.repo().git({"config", "sendemail.sendmailCmd", line});
    git::Program git(test::plain_runner(here_.repo().environment()), here_.repo().path());
    MailRoute route{{"dev@example.org"}, {}, {}, line, true, {}, {}};
    ASSERT_GIVES(auto posted, send_mail(route, git, here_.repo().path() + "/0001-a.patch"));
    EXPECT_EQ(posted.end, one.end) << one.status;
    if (one.status != 0) {
      EXPECT_THAT(posted.words, HasSubstr("status " + std::to_string(one.status)));
    }
  }
}

TEST_F(MailRouteTest, OfACommandTheProgramIsNamedAndNothingElse) {
  for (auto [command, shown] : {
           std::pair{"/usr/bin/msmtp --passwordeval='echo secret'", "by msmtp"},
           std::pair{"PASS=secret msmtp", "by a program"},
           std::pair{"'/a b/secret' x", "by a program"},
       }) {
    here_.repo().git({"config", "sendemail.sendmailCmd", command});
    git::Program git(test::plain_runner(here_.repo().environment()), here_.repo().path());
    Place place = here_.place({{"factory.mail.to", "dev@example.org"}}, {});
    Place now{place.repo,        git,      place.remote, place.clock, place.cancel, place.settings,
              place.environment, place.say};
    ASSERT_GIVES(auto route, mail_route(now));
    EXPECT_THAT(to_text(route), HasSubstr(shown));
    EXPECT_THAT(to_text(route), Not(HasSubstr("secret")));
    EXPECT_EQ(counts_text(route), "patches go by mail to 1 address");
  }
}

TEST_F(MailRouteTest, WhereItGoesIsTheUsersOwnWhereTheFactoryNamesNobody) {
  here_.repo().git({"config", "sendemail.identity", "work"});
  here_.repo().git({"config", "sendemail.to", "other@example.org"});
  here_.repo().git({"config", "sendemail.work.to", "list@example.org"});
  here_.repo().git({"config", "sendemail.work.smtpServer", "smtp.example.org"});
  mail();
  EXPECT_THAT(people_, HasSubstr("patches go to list@example.org by smtp.example.org"));
  mail({{"factory.mail.to", "x@example.org"}, {"factory.mail.cc", "y@example.org"}});
  EXPECT_THAT(people_, HasSubstr("to x@example.org and y@example.org by"));
  mail({{"factory.mail.send", "never"}});
  EXPECT_THAT(people_, HasSubstr("not sent: factory.mail.send is 'never'"));
  auto wrong =
      choose_forge(here_.place({{"factory.forge", "mail"}, {"factory.mail.send", "x"}}, {}));
  ASSERT_FALSE(wrong.ok());
}

TEST_F(MailRouteTest, AnEmptyAddressIsNobody) {
  here_.repo().git({"config", "sendemail.smtpServer", "127.0.0.1"});
  here_.repo().git({"config", "sendemail.to", ""});
  mail();
  EXPECT_THAT(people_, HasSubstr("neither factory.mail.to nor sendemail.to"));
}

TEST_F(MailRouteTest, AgitIsNoWayOfMail) {
  auto forge = mail({{"factory.forge.push", "agit"}});
  auto ready = forge->ready();
  ASSERT_FALSE(ready.ok());
  EXPECT_THAT(ready.error().message, HasSubstr("AGit"));
  auto unknown =
      choose_forge(here_.place({{"factory.forge", "mail"}, {"factory.forge.push", "brnch"}}, {}));
  ASSERT_FALSE(unknown.ok());
}

TEST_F(MailRouteTest, WhoGetsThemIsSaidAlsoByBcc) {
  here_.repo().git({"config", "sendemail.smtpServer", "mail.example.org"});
  here_.repo().git({"config", "sendemail.bcc", "me@example.org"});
  mail({{"factory.mail.to", "dev@example.org"}, {"factory.mail.cc", "b@example.org"}});
  EXPECT_THAT(people_, HasSubstr("patches go to dev@example.org and b@example.org, by bcc to "
                                 "me@example.org by mail.example.org"));
}

TEST_F(MailRouteTest, WhoGetsThemIsSaidAlsoByACommand) {
  here_.repo().git({"config", "sendemail.smtpServer", "mail.example.org"});
  here_.repo().git({"config", "sendemail.toCmd", "scripts/people"});
  mail({{"factory.mail.to", "dev@example.org"}});
  EXPECT_THAT(people_, HasSubstr("patches go to dev@example.org and to whom sendemail.toCmd names "
                                 "by mail.example.org"));
  Place place =
      here_.place({{"factory.forge", "mail"}, {"factory.mail.to", "dev@example.org"}}, {});
  ASSERT_GIVES(auto route, mail_route(place));
  EXPECT_EQ(counts_text(route),
            "patches go by mail to 1 address and to whom sendemail.toCmd names");
}

}  // namespace
}  // namespace gf::forge
