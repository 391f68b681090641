// Patches through a real SMTP server, which tests/services/mail.py starts; skipped without it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// GF_SMTP_PORT; GF_SMTP_FOLDER: what arrives is in "in", what is done next in "do".
class RealMailTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* port = std::getenv("GF_SMTP_PORT");
    const char* folder = std::getenv("GF_SMTP_FOLDER");
    if (port == nullptr || folder == nullptr)
      GTEST_SKIP() << "no SMTP server: see tests/services/README.md";
    folder_ = folder;
    for (const std::string& path : arrived()) std::filesystem::remove(path);
    for (auto [key, value] :
         {std::pair{"smtpServer", "127.0.0.1"}, std::pair{"smtpServerPort", port},
          std::pair{"from", "Ada <ada@example.org>"}})
      here_.repo().git({"config", std::string("sendemail.") + key, value});
  }
  [[nodiscard]] std::vector<std::string> arrived() const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/in")) {
      if (entry.path().extension() == ".eml") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  [[nodiscard]] std::string mail(size_t index) const {
    return read_file(arrived().at(index)).value_or("");
  }
  void next_time(const std::string& what) { std::ofstream(folder_ + "/do") << what; }
  PullRequest grown(const std::string& text) {
    if (here_.repo().git({"branch", "--list", "factory/thing"}).empty())
      here_.repo().git({"branch", "factory/thing"});
    here_.repo().git({"switch", "-q", "factory/thing"});
    here_.repo().write("grüße.txt", text);
    PullRequest wanted = here_.wanted();
    wanted.title = "feat: grüße an alle";
    wanted.head =
        here_.repo().commit("feat: grüße\n\nCc: stranger@example.org\nSigned-off-by: B <b@c.org>");
    return wanted;
  }
  void run_script(const PullRequest& of, const std::string& name) {
    std::string line =
        "sh \"$(git rev-parse --git-common-dir)/factory/mail/" + of.run.id8() + "/" + name + "\"";
    auto ran = test::plain_runner(here_.repo().environment())(
        {{"sh", "-c", line}, here_.repo().path(), {}, {}, Milliseconds(60000), false});
    ASSERT_DONE(ran);
    EXPECT_EQ(ran->exit_code, 0) << ran->err;
  }
  std::unique_ptr<Forge> forge() {
    auto chosen = choose_ready_forge(
        here_.place({{"factory.forge", "mail"}, {"factory.mail.to", "dev@example.org"}}, {}));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  std::string folder_;
  TestPlace here_;
};

TEST_F(RealMailTest, WhatArrivesIsAppliedByGitAndGoesToNobodyElse) {
  // A line that no mail may have, what is no text, and letters.
  std::string odd = "ü\r\n" + std::string(3000, 'x') + "\nFrom here\n.\n";
  PullRequest wanted = grown(odd);
  ASSERT_GIVES(auto opened, forge()->open(wanted));

  EXPECT_EQ(opened.unsent, "");
  EXPECT_THAT(opened.notes, IsEmpty());
  EXPECT_THAT(here_.said, Contains(HasSubstr("patches go by mail to 1 address")));
  ASSERT_THAT(arrived(), SizeIs(2));
  for (size_t i : {0u, 1u}) {
    EXPECT_THAT(mail(i), HasSubstr("X-To: dev@example.org\n")) << "not the Cc of the commit";
    EXPECT_THAT(mail(i), HasSubstr("Message-Id: " + opened.mailings[0].ids[i] + "\n"));
  }
  EXPECT_THAT(mail(0), HasSubstr("Subject: [PATCH 0/1] =?UTF-8?q?feat=3A=20gr"));
  EXPECT_THAT(mail(1), HasSubstr("In-Reply-To: " + opened.mailings[0].ids[0] + "\n"));

  here_.repo().git({"switch", "-q", "--detach", wanted.base.hex()});
  here_.repo().git({"am", "-q", "--keep-cr", arrived()[1]});
  EXPECT_EQ(here_.repo().git({"rev-parse", "HEAD^{tree}"}),
            here_.repo().git({"rev-parse", wanted.head.hex() + "^{tree}"}));
}

TEST_F(RealMailTest, TheSameIsSentOnceAndTheNextHeadIsVersionTwo) {
  PullRequest wanted = grown("hello\n");
  ASSERT_GIVES(auto first, forge()->open(wanted));
  ASSERT_DONE(forge()->open(wanted));
  EXPECT_THAT(arrived(), SizeIs(2));

  ASSERT_DONE(forge()->open(grown("hello you\n")));
  ASSERT_THAT(arrived(), SizeIs(5));
  EXPECT_THAT(mail(2), HasSubstr("Subject: [PATCH v2 0/2]"));
  EXPECT_THAT(mail(2), HasSubstr("In-Reply-To: " + first.mailings[0].ids[0] + "\n"));
}

TEST_F(RealMailTest, ARefusalIsAnErrorAndTheNextTimeSendsWhatIsLeft) {
  PullRequest wanted = grown("hello\n");
  next_time("take refuse");
  auto refused = forge()->open(wanted);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message,
              HasSubstr("mail 2 of 2 of v1 was not taken: 5.7.1 <...>: not from ..."))
      << "a server says whom it does not take, and the record names nobody";
  EXPECT_THAT(refused.error().hint, HasSubstr("git factory resume"));
  EXPECT_THAT(arrived(), SizeIs(1));
  ASSERT_GIVES(auto sent, forge()->open(wanted));
  EXPECT_EQ(sent.unsent, "");
  ASSERT_THAT(arrived(), SizeIs(2));
  EXPECT_THAT(mail(1), HasSubstr("Message-Id: " + sent.mailings[0].ids[1] + "\n"));
}

TEST_F(RealMailTest, WhatIsLeftIsSentByItsScript) {
  grown("hello\n");
  PullRequest wanted = grown("hello you\n");
  next_time("take drop refuse");
  ASSERT_FALSE(forge()->open(wanted).ok());
  ASSERT_THAT(arrived(), SizeIs(2)) << "the first, and the one without an answer";
  run_script(wanted, "send-v1");
  ASSERT_THAT(arrived(), SizeIs(3));
  EXPECT_THAT(mail(2), HasSubstr("Subject: [PATCH 2/2]"));
  EXPECT_THAT(mail(2), HasSubstr("X-To: dev@example.org\n"));
  run_script(wanted, "send-v1-unsure");
  ASSERT_THAT(arrived(), SizeIs(4));
  EXPECT_THAT(mail(3), HasSubstr("Subject: [PATCH 1/2]"));
}

TEST_F(RealMailTest, OneWhoseAnswerWasLostIsNotSentAgainAndKeepsNoOtherBack) {
  PullRequest wanted = grown("hello\n");
  next_time("drop");
  ASSERT_GIVES(auto lost, forge()->open(wanted));
  EXPECT_THAT(lost.notes, ElementsAre(HasSubstr("mail 1 of 2 of v1 went out is not known")));
  ASSERT_THAT(arrived(), SizeIs(2));
  EXPECT_THAT(mail(1), HasSubstr("Subject: [PATCH 1/1]")) << "the patch itself";
  ASSERT_GIVES(auto again, forge()->open(wanted));
  EXPECT_THAT(again.notes, ElementsAre(HasSubstr(again.mailings[0].ids[0])));
  EXPECT_THAT(arrived(), SizeIs(2));
}

TEST_F(RealMailTest, ATalkThatEndsBeforeTheMailIsHandedOverHasSentNothing) {
  PullRequest wanted = grown("hello\n");
  next_time("hangup");
  auto refused = forge()->open(wanted);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("mail 1 of 2 of v1 was not taken"));
  ASSERT_GIVES(auto sent, forge()->open(wanted));
  EXPECT_THAT(sent.notes, IsEmpty());
  EXPECT_THAT(arrived(), SizeIs(2));
}

TEST_F(RealMailTest, OneThatWasBeingSentWhenWeWereKilledIsNotSentAgain) {
  PullRequest wanted = grown("hello\n");
  next_time("hold");
  const std::string event = folder_ + "/arrived";
  ASSERT_EQ(mkfifo(event.c_str(), 0600), 0);
  int heard = open(event.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(heard, 0);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    setpgid(0, 0);
    (void)forge()->open(wanted);
    _exit(0);
  }
  // The server writes into it when the mail lies there.
  pollfd arrives{heard, POLLIN, 0};
  EXPECT_EQ(poll(&arrives, 1, 60000), 1);
  close(heard);
  std::filesystem::remove(event);
  kill(child, SIGKILL);
  kill(-child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_THAT(arrived(), SizeIs(1));
  ASSERT_GIVES(auto again, forge()->open(wanted));
  EXPECT_THAT(again.notes, ElementsAre(HasSubstr("it was being sent when the run was stopped")));
  ASSERT_THAT(arrived(), SizeIs(2));
  EXPECT_THAT(mail(1), HasSubstr("Subject: [PATCH 1/1]"));
}

TEST_F(RealMailTest, NobodyThereIsToldAndNothingIsLost) {
  PullRequest wanted = grown("hello\n");
  here_.repo().git({"config", "sendemail.smtpServerPort", "1"});
  auto refused = forge()->open(wanted);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("Unable to initialize SMTP properly"));
  ASSERT_GIVES(auto all, forge()->list());
  EXPECT_FALSE(all[0].mailings[0].begun);
  EXPECT_EQ(all[0].mailings[0].sent, 0);
}

}  // namespace
}  // namespace gf::forge
