// Requests as patches: what git makes of them is applied by git again.

#include "forge/mail.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
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
    people_ = chosen.ok() ? chosen->people : "";
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
  /// What the script of a version says, "-unsure" for that of those that may have gone out.
  std::string script(const PullRequest& of, const std::string& name) {
    std::string path = folder(of, 1);
    return text_of(path.substr(0, path.rfind('/') + 1) + name);
  }
  static std::string text_of(const std::string& path) { return read_file(path).value_or(""); }
  /// The tree that `git am` makes of the patches of the first version, on the base.
  std::string applied(const PullRequest& of) {
    here_.repo().git({"switch", "-q", "--detach", of.base.hex()});
    auto written = files(of, 1);
    for (size_t i = 1; i < written.size(); ++i)
      here_.repo().git({"-c", "am.threeWay=false", "am", "-q", written[i]});
    return here_.repo().git({"rev-parse", "HEAD^{tree}"});
  }

  TestPlace here_;
  std::string why_, people_;
};

TEST_F(MailTest, WithoutAServerTheFilesAreWrittenAndTheCommandIsTold) {
  PullRequest wanted = grown("hello\n");
  auto forge = mail({{"factory.mail.to", "Dev <dev@example.org>"}});
  ASSERT_DONE(forge->ready());
  EXPECT_THAT(here_.said, ElementsAre(HasSubstr("not sent: sendemail.smtpServer is not set")));
  EXPECT_THAT(people_, HasSubstr("to Dev <dev@example.org>"));
  ASSERT_GIVES(auto opened, forge->open_with_branch(wanted, "refs/heads/factory/thing"));

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->url, "#1");
  EXPECT_THAT(opened->unsent, HasSubstr("/factory/mail/" + wanted.run.id8() + "/send-v1\""));
  auto written = files(wanted, 1);
  ASSERT_THAT(written, SizeIs(2));
  std::string sends = script(wanted, "send-v1");
  EXPECT_THAT(sends, HasSubstr("'--to=Dev <dev@example.org>'"));
  for (const std::string& path : written)
    EXPECT_THAT(sends, HasSubstr("\"$here\"/'v1'/'" + path.substr(path.rfind('/') + 1) + "'"));
  // What goes into the record names nobody and no folder of this machine.
  for (const std::string& words : {opened->unsent, here_.said[0], why_}) {
    EXPECT_THAT(words, Not(HasSubstr("dev@example.org")));
    EXPECT_THAT(words, Not(HasSubstr(here_.repo().path())));
  }
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
  EXPECT_EQ(applied(wanted), here_.repo().git({"rev-parse", wanted.head.hex() + "^{tree}"}));
}

TEST_F(MailTest, WhereTheBranchStandsHereIsNothingToIt) {
  PullRequest wanted = grown("hello\n");
  here_.repo().git({"switch", "-q", "factory/thing"});
  for (const char* elsewhere : {"checked out and left behind", "gone"}) {
    here_.repo().git({"reset", "-q", "--hard", wanted.base.hex()});
    if (std::string(elsewhere) == "gone") {
      here_.repo().git({"switch", "-q", "--detach"});
      here_.repo().git({"branch", "-q", "-D", "factory/thing"});
    }
    ASSERT_GIVES(auto opened, mail()->open(wanted));
    EXPECT_THAT(text_of(files(wanted, 1)[0]), HasSubstr("\nwhy ü\n")) << elsewhere;
  }
}

TEST_F(MailTest, WhatTheUserHasSetForHisEyesChangesNoPatch) {
  PullRequest wanted = grown("hello\n");
  here_.repo().git({"notes", "add", "-m", "a secret note", wanted.head.hex()});
  for (auto [key, value] : {
           std::pair{"diff.noprefix", "true"},
           std::pair{"diff.mnemonicPrefix", "true"},
           std::pair{"diff.context", "0"},
           std::pair{"diff.relative", "true"},
           std::pair{"diff.external", "false"},
           std::pair{"color.ui", "always"},
           std::pair{"format.attach", "true"},
           std::pair{"format.notes", "true"},
           std::pair{"notes.displayRef", "refs/notes/*"},
           std::pair{"format.signOff", "true"},
           std::pair{"format.headers", "To: stranger@example.org"},
           std::pair{"format.to", "stranger@example.org"},
           std::pair{"format.cc", "stranger@example.org"},
           std::pair{"format.thread", "deep"},
           std::pair{"format.numbered", "false"},
           std::pair{"format.suffix", ".txt"},
           std::pair{"format.coverFromDescription", "auto"},
           std::pair{"format.outputDirectory", "/nowhere"},
           std::pair{"diff.submodule", "log"},
           std::pair{"log.showSignature", "true"},
       }) {
    here_.repo().git({"config", key, value});
    ASSERT_DONE(mail()->open(wanted)) << key;
    auto written = files(wanted, 1);
    ASSERT_THAT(written, SizeIs(2)) << key;
    for (const std::string& path : written) {
      std::string text = text_of(path);
      EXPECT_THAT(text, Not(HasSubstr("stranger"))) << key;
      EXPECT_THAT(text, Not(HasSubstr("a secret note"))) << key;
      EXPECT_THAT(text, Not(HasSubstr("Signed-off-by"))) << key;
      EXPECT_THAT(text, Not(HasSubstr("\nContent-Disposition"))) << key;
      EXPECT_THAT(text, HasSubstr("Subject: [PATCH ")) << key;
      EXPECT_THAT(text, HasSubstr("/1] ")) << key;
    }
    EXPECT_THAT(text_of(written[1]), HasSubstr("\n--- /dev/null\n+++ ")) << key;
    EXPECT_THAT(text_of(written[1]), HasSubstr("diff --git \"a/")) << key;
    here_.repo().git({"config", "--unset-all", key});
    EXPECT_EQ(applied(wanted), here_.repo().git({"rev-parse", wanted.head.hex() + "^{tree}"}))
        << key;
  }
}

TEST_F(MailTest, LettersThatAreNotAsciiAreSaidToBe) {
  here_.repo().git({"config", "format.subjectPrefix", "ÄNDERUNG"});
  here_.repo().git({"config", "user.email", "ada@exämple.org"});
  here_.repo().git({"switch", "-q", "-c", "factory/thing"});
  here_.repo().write("plain.txt", "plain\n");
  PullRequest wanted = here_.wanted();
  wanted.head = here_.repo().commit("feat: plain");
  wanted.title = "feat: grüße";
  wanted.body = "why ü\n";
  ASSERT_GIVES(auto opened, mail()->open(wanted));
  EXPECT_THAT(opened.mailings[0].ids[0], HasSubstr("@localhost>"));
  std::string cover = text_of(files(wanted, 1)[0]);
  EXPECT_THAT(cover, HasSubstr("\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"));
  EXPECT_THAT(cover, HasSubstr("\n\nwhy ü\n"));
  for (const std::string& path : files(wanted, 1)) {
    std::string text = text_of(path);
    for (const std::string& line : lines(text.substr(0, text.find("\n\n")))) {
      // No word can stand for an address; it stays what the user has set.
      bool ascii = std::all_of(line.begin(), line.end(), [](char c) { return c > 0; });
      EXPECT_TRUE(ascii || line.starts_with("From: ")) << line;
    }
    EXPECT_THAT(text, HasSubstr("Subject: =?UTF-8?q?=5B=C3=84NDERUNG"));
  }
  EXPECT_EQ(applied(wanted), here_.repo().git({"rev-parse", wanted.head.hex() + "^{tree}"}));
  EXPECT_EQ(here_.repo().git({"log", "-1", "--format=%s"}), "feat: plain\n");
}

TEST_F(MailTest, AnotherCountOfMailsIsAnotherVersionOnceOneHasGoneOut) {
  PullRequest wanted = grown("hello\n");
  PullRequest before = wanted;
  before.mailings = {
      {1, wanted.head, {"<a.v1.0@x>", "<a.v1.1@x>", "<a.v1.2@x>"}, 1, false, {}, {}}};
  Place place = here_.place({}, {});
  for (int i : {1, 2}) {
    (void)i;  // the second time the request is there
    ASSERT_DONE(local_forge(place.repo, place.git, {}, place.clock)->open(before));
  }
  ASSERT_GIVES(auto opened, mail()->open(wanted));
  ASSERT_THAT(opened.mailings, SizeIs(2));
  EXPECT_THAT(opened.mailings[0].ids, SizeIs(3));
  EXPECT_EQ(opened.mailings[1].version, 2);
  EXPECT_EQ(opened.mailings[1].sent, 0);
  EXPECT_THAT(opened.mailings[1].ids, SizeIs(2));
}

TEST_F(MailTest, NumbersThatTheRecordCannotMeanAreTakenForOnesThatItCan) {
  struct Case {
    const char* json;
    int version, sent;
    bool begun;
    size_t unsure;
  };
  for (const Case& one : {
           Case{R"({"version":1,"sent":1,"begun":true,"unsure":[0]})", 1, 1, true, 1},
           Case{R"({"version":-3,"sent":-1})", 1, 0, false, 0},
           Case{R"({"version":99999999999,"sent":99999999999,"begun":true})", 1000000, 2, false, 0},
           Case{R"({"sent":1,"unsure":[-1,1,"x",0]})", 1, 1, false, 1},
       }) {
    PullRequest wanted = here_.wanted();
    record::Json json = to_json(wanted);
    ASSERT_GIVES(auto mail, record::Json::parse(one.json));
    mail.set("head", wanted.head.hex());
    mail.set("ids", record::Json::strings({"<a@x>", "<b@x>"}));
    json.set("mail", record::Json::array({mail}));
    ASSERT_GIVES(auto read, pull_request_from_json(json));
    ASSERT_THAT(read.mailings, SizeIs(1));
    const Mailing& mailing = read.mailings[0];
    EXPECT_EQ(mailing.version, one.version) << one.json;
    EXPECT_EQ(mailing.sent, one.sent) << one.json;
    EXPECT_EQ(mailing.begun, one.begun) << one.json;
    EXPECT_EQ(mailing.unsure.size(), one.unsure) << one.json;
    ASSERT_GIVES(auto again, pull_request_from_json(to_json(read)));
    EXPECT_EQ(again.mailings[0].unsure, mailing.unsure);
  }
}

TEST_F(MailTest, AMailThatWasNotHandedOverIsLeftAndOneThatMayHaveBeenIsPassed) {
  here_.repo().git({"config", "sendemail.smtpServer", "127.0.0.1"});
  struct Case {
    Fault fault;
    bool ok;
    bool begun;
  };
  uint32_t random = 100;
  for (const Case& one : {
           Case{Fault::kEnvironment, false, false},  // it could not be started
           Case{Fault::kTransient, true, false},     // its time was over
           Case{Fault::kCancelled, false, true},
       }) {
    auto plain = test::plain_runner(here_.repo().environment());
    git::Program git(
        [&](const git::Command& command) -> Result<git::Answer> {
          if (command.argv.at(1) != "send-email") return plain(command);
          return Error{one.fault, "no", {}, {}};
        },
        here_.repo().path());
    Place own = here_.place({{"factory.mail.to", "dev@example.org"}}, {});
    Place place{own.repo,   git,          own.remote,      own.clock,
                own.cancel, own.settings, own.environment, own.say};
    PullRequest wanted = grown("hello " + std::to_string(random) + "\n");
    wanted.run = here_.wanted(++random).run;
    EXPECT_EQ(mail_forge(place, "auto")->open(wanted).ok(), one.ok) << static_cast<int>(one.fault);
    ASSERT_GIVES(auto all, mail()->list());
    const Mailing& mailing = all.back().mailings.at(0);
    EXPECT_EQ(mailing.begun, one.begun) << static_cast<int>(one.fault);
    EXPECT_EQ(mailing.unsure.size(), one.ok ? mailing.ids.size() : 0);
    EXPECT_EQ(mailing.sent, one.ok ? static_cast<int>(mailing.ids.size()) : 0);
  }
}

TEST_F(MailTest, WhatCannotBeWrittenIsNoEmptyMail) {
  PullRequest wanted = grown("hello\n");
  here_.repo().write(".git/factory/mail/" + wanted.run.id8(), "in the way");
  auto opened = mail()->open(wanted);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("cannot make room in"));
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
  EXPECT_THAT(text_of(written[0]), HasSubstr("\nSince v1:\n\n  feat: grüße\n\n"));
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
  Mailing begun{1, wanted.head, {"<a.v1.0@x>", "<a.v1.1@x>"}, 1, true, {}, {}};
  PullRequest stopped = wanted;
  stopped.mailings = {begun};
  Place place = here_.place({}, {});
  ASSERT_DONE(local_forge(place.repo, place.git, {}, place.clock)->open(stopped));
  ASSERT_DONE(local_forge(place.repo, place.git, {}, place.clock)->open(stopped));
  here_.repo().git({"config", "sendemail.smtpServer", "127.0.0.1"});
  ASSERT_GIVES(auto opened, mail({{"factory.mail.to", "dev@example.org"}})->open(wanted));
  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("mail 2 of 2 of v1 went out is not known")));
  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("<a.v1.1@x>")));
  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("only if it did not arrive: sh ")));
  EXPECT_EQ(opened.mailings[0].sent, 2);
  EXPECT_THAT(opened.mailings[0].unsure, ElementsAre(1));
  EXPECT_THAT(script(wanted, "send-v1-unsure"), HasSubstr("0001-"));
  EXPECT_THAT(script(wanted, "send-v1-unsure"), Not(HasSubstr("0000-")));
  EXPECT_EQ(script(wanted, "send-v1"), "") << "nothing is left";
}

}  // namespace
}  // namespace gf::forge
