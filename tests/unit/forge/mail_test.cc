// Requests as patches: what git makes of them is applied by git again.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class MailTest : public ::testing::Test {
 protected:
  /// The branch with one commit more; the request that it wants.
  PullRequest grown(const std::string& text) {
    bool first = here_.repo().git({"branch", "--list", "factory/thing"}).empty();
    if (first) here_.repo().git({"branch", "factory/thing"});
    here_.repo().git({"switch", "-q", "factory/thing"});
    here_.repo().write("grüße.txt", text);
    PullRequest wanted = here_.wanted();
    wanted.title = "feat: grüße an alle";
    wanted.body = "why ü\n\n---\n- a list\n\nFactory-Run: " + wanted.run.str() + "\n";
    wanted.head = here_.repo().commit("feat: grüße");
    return wanted;
  }
  std::unique_ptr<Forge> mail(Settings more = {}) {
    Settings settings = {{"factory.forge", "mail"}};
    settings.add(more);
    auto chosen = choose_forge(here_.place(settings, {}));
    EXPECT_DONE(chosen);
    why_ = chosen.ok() ? chosen->why : "";
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }
  /// Names of the files of a version.
  std::vector<std::string> files(const PullRequest& of, int version) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder(of, version)))
      found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  std::string folder(const PullRequest& of, int version) {
    return here_.repo().path() + "/.git/factory/mail/" + of.run.id8() + "/v" +
           std::to_string(version);
  }
  std::string text_of(const std::string& path) {
    return here_.repo().git({"hash-object", "-w", path}).empty()
               ? ""
               : here_.repo().git({"cat-file", "blob",
                                   std::string(here_.repo().git({"hash-object", path}), 0, 40)});
  }

  TestPlace here_;
  std::string why_;
};

TEST_F(MailTest, WhoGetsThemIsSaidAlsoByBcc) {
  here_.repo().git({"config", "sendemail.smtpServer", "mail.example.org"});
  here_.repo().git({"config", "sendemail.bcc", "me@example.org"});
  mail({{"factory.mail.to", "dev@example.org"}, {"factory.mail.cc", "b@example.org"}});
  EXPECT_THAT(why_, HasSubstr("patches go to dev@example.org and b@example.org, by bcc to "
                              "me@example.org by mail.example.org"));
}

TEST_F(MailTest, WithoutAServerTheFilesAreWrittenAndTheCommandIsTold) {
  PullRequest wanted = grown("hello\n");
  auto forge = mail({{"factory.mail.to", "Dev <dev@example.org>"}});
  ASSERT_DONE(forge->ready());
  EXPECT_THAT(here_.said, ElementsAre(HasSubstr("not sent: sendemail.smtpServer is not set")));
  EXPECT_THAT(why_, HasSubstr("to Dev <dev@example.org>"));
  ASSERT_GIVES(auto opened, forge->open_with_branch(wanted, "refs/heads/factory/thing"));

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->url, "#1");
  EXPECT_THAT(opened->unsent, HasSubstr("'--to=Dev <dev@example.org>' " + folder(wanted, 1)));
  auto written = files(wanted, 1);
  ASSERT_THAT(written, SizeIs(2));
  std::string cover = text_of(written[0]);
  EXPECT_THAT(cover, HasSubstr("\nMessage-Id: <" + wanted.run.str() + ".v1.0@"));
  EXPECT_THAT(
      cover, HasSubstr("Subject: [PATCH 0/1] =?UTF-8?q?feat=3A=20gr=C3=BC=C3=9Fe=20an=20alle?=\n"));
  EXPECT_THAT(cover, HasSubstr("\nwhy ü\n"));
  EXPECT_THAT(cover, HasSubstr("base-commit: " + wanted.base.hex()));
  EXPECT_THAT(cover, Not(HasSubstr("In-Reply-To")));
  EXPECT_THAT(text_of(written[1]), HasSubstr("In-Reply-To: <" + wanted.run.str() + ".v1.0@"));
}

TEST_F(MailTest, GitAppliesWhatWasWritten) {
  PullRequest wanted = grown("hello\n");
  ASSERT_DONE(mail()->open(wanted));
  here_.repo().git({"switch", "-q", "--detach", wanted.base.hex()});
  here_.repo().git({"am", "-q", files(wanted, 1)[1]});
  EXPECT_EQ(here_.repo().git({"rev-parse", "HEAD^{tree}"}),
            here_.repo().git({"rev-parse", wanted.head.hex() + "^{tree}"}));
}

TEST_F(MailTest, TheSameHeadIsOneVersionAndTheNextAnswersTheFirst) {
  PullRequest wanted = grown("hello\n");
  auto forge = mail();
  ASSERT_GIVES(auto first, forge->open(wanted));
  ASSERT_GIVES(auto again, mail()->open(wanted));
  EXPECT_EQ(again.number, first.number);
  EXPECT_THAT(again.mailings, SizeIs(1));
  EXPECT_EQ(again.mailings[0].ids, first.mailings[0].ids);

  ASSERT_GIVES(auto next, mail()->open(grown("hello you\n")));
  ASSERT_THAT(next.mailings, SizeIs(2));
  auto written = files(wanted, 2);
  ASSERT_THAT(written, SizeIs(3));
  const std::string& thread = first.mailings[0].ids[0];
  EXPECT_THAT(text_of(written[0]), HasSubstr("In-Reply-To: " + thread));
  EXPECT_THAT(text_of(written[0]), HasSubstr("[PATCH v2 0/2]"));
  EXPECT_THAT(text_of(written[2]),
              HasSubstr("References: " + thread + "\n " + next.mailings[1].ids[0] + "\n"));
}

TEST_F(MailTest, TheRecordHasTheFilesAndListsTheRequestAsALocalOne) {
  PullRequest wanted = grown("hello\n");
  ASSERT_DONE(mail()->open(wanted));
  EXPECT_THAT(here_.repo().git({"ls-tree", "-r", "--name-only", "refs/factory/pulls"}),
              HasSubstr("1/mail/v1/0000-cover-letter.patch\n"));
  ASSERT_GIVES(auto all, mail()->list());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_TRUE(all[0].branchless) << "no branch was pushed";
  EXPECT_EQ(all[0].head, wanted.head);
  ASSERT_GIVES(auto pushing, mail({{"factory.forge.push", "branch"}})->list());
  EXPECT_FALSE(pushing[0].branchless);
}

TEST_F(MailTest, ADraftIsAnRfcAndAClosedOneIsNotSentAgain) {
  PullRequest wanted = grown("hello\n");
  wanted.draft = true;
  auto forge = mail();
  ASSERT_GIVES(auto opened, forge->open(wanted));
  EXPECT_THAT(text_of(files(wanted, 1)[0]), HasSubstr("[RFC PATCH 0/1]"));
  ASSERT_DONE(forge->close(opened));
  ASSERT_GIVES(auto after, mail()->open(grown("more\n")));
  EXPECT_EQ(after.state, "closed");
  EXPECT_THAT(after.mailings, SizeIs(1));
}

TEST_F(MailTest, OneThatMayHaveGoneOutIsNotSentAgain) {
  PullRequest wanted = grown("hello\n");
  Mailing begun{1, wanted.head, {"<a.v1.0@x>", "<a.v1.1@x>"}, 1, true, {}};
  PullRequest stopped = wanted;
  stopped.mailings = {begun};
  Place place = here_.place({}, {});
  ASSERT_DONE(local_forge(place.repo, place.git, {}, place.clock)->open(stopped));
  ASSERT_DONE(local_forge(place.repo, place.git, {}, place.clock)->open(stopped));
  here_.repo().git({"config", "sendemail.smtpServer", "127.0.0.1"});
  ASSERT_GIVES(auto opened, mail({{"factory.mail.to", "dev@example.org"}})->open(wanted));
  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("mail 2 of 2 of v1 went out is not known")));
  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("<a.v1.1@x>")));
}

TEST_F(MailTest, WhereItGoesIsTheUsersOwnWhereTheFactoryNamesNobody) {
  here_.repo().git({"config", "sendemail.identity", "work"});
  here_.repo().git({"config", "sendemail.to", "other@example.org"});
  here_.repo().git({"config", "sendemail.work.to", "list@example.org"});
  here_.repo().git({"config", "sendemail.work.smtpServer", "smtp.example.org"});
  mail();
  EXPECT_THAT(why_, HasSubstr("patches go to list@example.org by smtp.example.org"));
  mail({{"factory.mail.to", "x@example.org"}, {"factory.mail.cc", "y@example.org"}});
  EXPECT_THAT(why_, HasSubstr("to x@example.org and y@example.org by"));
  mail({{"factory.mail.send", "never"}});
  EXPECT_THAT(why_, HasSubstr("not sent: factory.mail.send is 'never'"));
  auto wrong =
      choose_forge(here_.place({{"factory.forge", "mail"}, {"factory.mail.send", "x"}}, {}));
  ASSERT_FALSE(wrong.ok());
}

}  // namespace
}  // namespace gf::forge
