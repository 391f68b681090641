// A request that leaves questions open, and goes on when they are answered.
#include <gmock/gmock.h>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AnswerTest : public FactoryTest {
 protected:
  /// A run that asks; its eight digits.
  std::string ask(std::vector<std::string> more = {}) {
    Ran ran = feature("faster", "Make the products endpoint faster.", std::move(more));
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("  2. What is measured"), HasSubstr("likeliest: ")));
    size_t at = ran.out.find("'git factory answer ");
    EXPECT_NE(at, std::string::npos) << ran.out;
    return ran.out.substr(at + 20, 8);
  }
  [[nodiscard]] std::string ledger_month() const {
    std::string ref = repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory/ledger"});
    return ref.substr(ref.rfind('/') + 1, 7);
  }
};

TEST_F(AnswerTest, AnAnsweredRunIsDeliveredUnderItsIdAndReplays) {
  make_shop();
  std::string id = ask();
  // The base moves meanwhile, and the change is delivered on its tip.
  repo_.write("README.md", "# Corner shop\n");
  repo_.commit("Say what it is");
  repo_.git({"push", "--quiet", "origin", "main"});

  Ran ran = factory({"answer", id, "--likeliest", "--answer",
                     "3=Yes, ghp_" + std::string("0123456789abcdefghij") + "ABCDEFGHIJ012345"});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("pull request #1"), HasSubstr("(run " + id + ")")));
  EXPECT_THAT(ran.err, HasSubstr("looks like a secret"));
  EXPECT_EQ(repo_.git({"rev-list", "--count", "main..factory/faster"}), "1\n");
  std::string shown = factory({"show", id}).out;
  EXPECT_THAT(shown, HasSubstr("A1 Which request is to become faster? The application answers none "
                               "about products yet. GET /customers, the only list that it answers "
                               "(answered by "));
  EXPECT_THAT(shown, HasSubstr("A4 The header is set whatever the list holds\n"));
  EXPECT_THAT(shown, Not(HasSubstr("ghp_0123")));
  EXPECT_THAT(shown, HasSubstr("Answer:  Yes, "));
  EXPECT_EQ(factory({"log", "--oneline", "--outcome=needs-answers"}).out, "");
  Ran replayed = factory({"replay", id});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  Ran verified = factory({"verify", "factory/faster"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  // What it ended as before is there still, for whoever reads the record without us.
  EXPECT_THAT(repo_.git({"log", "--format=%s", "--glob=refs/factory/ledger"}),
              AllOf(HasSubstr("needs-answers"), HasSubstr("delivered")));
  Ran again = factory({"answer", id, "--answer", "1=x"});
  EXPECT_EQ(again.exit_code, 128);
  EXPECT_THAT(again.err, HasSubstr("run " + id + " asks nothing: it is delivered"));
}

TEST_F(AnswerTest, ADoorThatLetsNoRecordBeChangedLetsItIn) {
  make_shop();
  std::string id = ask();
  std::string remote = repo_.folder() / "origin.git";
  run({"git", "config", "factory.verify", "all"}, remote, environment());
  ASSERT_EQ(factory({"hooks", "install", "pre-receive"}, remote).exit_code, 0);

  Ran ran = factory({"answer", id, "--likeliest"});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(
      repo_.git({"rev-parse", "refs/factory/ledger/" + ledger_month()}),
      run({"git", "rev-parse", "refs/factory/ledger/" + ledger_month()}, remote, environment())
          .out);
}

TEST_F(AnswerTest, WhatIsNoAnswerIsToldAndChangesNothing) {
  make_shop();
  std::string id = ask({"--no-pr"});
  std::string before = repo_.git({"for-each-ref", "refs/factory"});
  struct Case {
    std::vector<std::string> words;
    int exit_code;
    const char* expected;
  };
  for (const Case& one :
       {Case{{"answer", id}, 129, "asks 3 questions, and nobody can be asked here"},
        Case{{"answer", "nothing-such", "--answer", "1=x"}, 128, "there is no run 'nothing-such'"},
        Case{{"answer", id, "--answer", "4=x"}, 129, "there is no question 4"},
        Case{{"answer", id, "--answer", "1= "}, 129, "the answer to question 1 is empty"},
        Case{{"answer", id, "--answer", "1=\xff"}, 129, "question 1 is not UTF-8"}}) {
    Ran ran = factory(one.words);
    EXPECT_EQ(ran.exit_code, one.exit_code) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(one.expected));
    EXPECT_THAT(ran.err, HasSubstr("hint: "));
  }
  EXPECT_THAT(factory({"answer", id}).err, HasSubstr("  2. What is measured"));
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory"}), before);
}

TEST_F(AnswerTest, AtATerminalEachQuestionIsPutAndEnterTakesTheLikeliest) {
  make_shop();
  std::string id = ask({"--plan-only"});
  auto environment_here = environment();
  environment_here["TERM"] = "xterm";

  Ran ran = run({"script", "-qec", "git factory answer", "/dev/null"}, repo_.path(),
                environment_here, "\n\n-\n");

  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1. Which request"), HasSubstr("likeliest: Yes, for"),
                             HasSubstr("planned: Customers may be kept for a minute")));
  std::string month = repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory/replay"});
  std::string prompt =
      repo_.git({"grep", "-h", "nobody answered", month.substr(0, month.find('\n'))});
  EXPECT_THAT(prompt, AllOf(HasSubstr("A2: What is measured"), HasSubstr("nobody answered"),
                            HasSubstr("May answers be cached")));
}

TEST_F(AnswerTest, ARunThatWasKilledBehindItsAnswersGoesOnWithThem) {
  make_shop();
  std::string id = ask({"--plan-only"});
  // Killed while PLAN is asked: the answers are there, and nothing that came of them.
  // What PLAN said before is not bought again, though it would be asked otherwise by now.
  repo_.git({"config", "factory.plan.temperature", "0.1"});
  std::string place = repo_.folder().path();
  use_script("kill -9 $(cat '" + place + "/pid'); sleep 1");
  Ran killed = run({"sh", "-c",
                    "echo $$ > '" + place + "/pid'; exec git-factory answer " + id +
                        " --likeliest --model script/test"},
                   repo_.path(), environment());
  EXPECT_EQ(killed.exit_code, -9) << killed.err;
  EXPECT_THAT(factory({"answer", id, "--answer", "1=other"}).err,
              HasSubstr("was answered already"));
  Ran ran = factory({"resume", id, "--model", "scripted/faster"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("scripted answered (kept)"));
  EXPECT_THAT(ran.out, HasSubstr("planned: Customers may be kept"));
  EXPECT_THAT(factory({"show", id}).out, HasSubstr("Answer:  Yes, for 60 seconds"));
}

}  // namespace
}  // namespace gf::test
