// What a person gets who asks for something impossible: one line, a hint, the right exit status.
#include "e2e/factory.h"

namespace gf::test {
namespace {

using BadInputTest = FactoryTest;

/// One line of complaint, one of hint, nothing on standard output.
void expect_reported(const Ran& ran, int exit_code, const std::string& words,
                     const std::string& hint) {
  EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
  EXPECT_NE(ran.err.find(words), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("hint: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find(hint), std::string::npos) << ran.err;
}

TEST_F(BadInputTest, NotARepository) {
  TempFolder folder;
  expect_reported(factory({"feature", "x"}, folder.path()), 128, "not a git repository", "-C");
}

TEST_F(BadInputTest, BareUnbornAndShallow) {
  expect_reported(factory({"feature", "x"}), 128, "there is no commit yet", "first commit");
  repo_.write("a", "1");
  repo_.commit("one");
  repo_.write("a", "2");
  repo_.commit("two");
  std::string remote = repo_.add_remote();
  expect_reported(factory({"feature", "x"}, remote), 128, "bare repository", "work tree");
  std::string clone = repo_.folder() / "shallow";
  ASSERT_EQ(
      run({"git", "clone", "--quiet", "--depth=1", "file://" + remote, clone}, "/", environment())
          .exit_code,
      0);
  run({"git", "config", "user.name", "T"}, clone, environment());
  expect_reported(factory({"feature", "x"}, clone), 128, "shallow", "--unshallow");
}

TEST_F(BadInputTest, EmptyHugeAndNotUtf8Requests) {
  make_shop();
  expect_reported(factory({"feature", "  "}), 129, "the request is empty", "for example");
  expect_reported(factory({"feature", "-"}, {}, "caf\xe9"), 129, "not UTF-8", "iconv");
  expect_reported(factory({"feature", "-"}, {}, std::string(100'000, 'x')), 129, "64 KB",
                  "one feature");
  expect_reported(factory({"feature", "-F", "/nowhere"}), 128, "cannot read", "name");
  expect_reported(factory({"feature", "--slug", "../x", "y"}), 129, "is no slug", "dashes");
}

TEST_F(BadInputTest, AnOptionIsNamedAsItWasWritten) {
  for (const char* command : {"feature", "plan", "resume", "answer"}) {
    std::vector<std::string> words = {command, "--budget", "abc"};
    if (std::string(command) == "feature" || std::string(command) == "plan") words.push_back("x");
    expect_reported(factory(words), 129, "--budget is 'abc'", "--budget 0.25");
  }
  expect_reported(factory({"log", "--stage", "bogus"}), 129, "validate-tests",
                  "git factory log -h");
  EXPECT_EQ(factory({"log", "--stage", "build"}).exit_code, 0);
}

TEST_F(BadInputTest, NoModelSaysWhatToSet) {
  make_shop();
  expect_reported(factory({"feature", "x"}), 128, "no model is configured",
                  "git config --add factory.model");
  expect_reported(factory({"feature", "--model", "ollama/x", "y"}), 128, "no Ollama answers",
                  "model");
  expect_reported(factory({"feature", "--model", "nonsense", "y"}), 129, "is no model",
                  "<provider>/<model>");
  EXPECT_EQ(factory({"log"}).out, "") << "nothing was asked, so nothing waits";
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
}

TEST_F(BadInputTest, NoRemoteAndRemoteGone) {
  make_shop();
  std::filesystem::remove_all(repo_.folder() / "origin.git");
  Ran ran =
      feature("products", "Add GET /products returning a static list of three products as JSON.");
  expect_reported(ran, 128, "does not appear to be a git repository", "git factory resume");
  // Nothing is lost: with the remote back, only the push is left to do.
  repo_.git({"init", "--quiet", "--bare", repo_.folder() / "origin.git"});
  // The model was an option of the first command, and still holds.
  Ran other = factory({"resume", "--model", "nowhere/else", "products"});
  EXPECT_EQ(other.exit_code, 128);
  Ran again = factory({"resume", "--", "products"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  expect_reported(factory({"resume", "products"}), 128, "has ended: delivered", "git factory show");
  expect_reported(factory({"resume"}), 128, "no run is waiting", "git factory log");
  repo_.git({"remote", "remove", "origin"});
  expect_reported(feature("health", kHealth), 128, "no remote", "--no-pr");
  Ran local = feature("health", kHealth, {"--no-pr"});
  EXPECT_EQ(local.exit_code, 0) << local.err;
}

TEST_F(BadInputTest, ARequestThatWasDeliveredOrWaitsIsNamedBeforeAnythingIsSpent) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  auto again = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"feature", "--slug", "other", "--model", "scripted/health"};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(std::string(" ") + kHealth);
    return factory(words);
  };
  const std::string runs = factory({"log", "--format=%h"}).out;
  // With an index and without one.
  for (int i = 0; i < 2; ++i) {
    expect_reported(again({}), 128, "('health') delivered this request already: pull request #1",
                    "git factory pr show 1', or begin it anew with --again");
    EXPECT_EQ(factory({"metrics"}).exit_code, 0);
  }
  EXPECT_EQ(factory({"log", "--format=%h"}).out, runs) << "nothing was begun";
  EXPECT_EQ(again({"--plan-only", "--again"}).exit_code, 0);
  repo_.git({"branch", "release", "main"});
  EXPECT_EQ(again({"--plan-only", "--base", "release"}).exit_code, 0) << "another base has it not";

  use_script("exit 75");
  EXPECT_EQ(factory({"feature", "Add GET /x"}).exit_code, 128);
  expect_reported(factory({"feature", "Add GET /x"}), 128,
                  "has this request already, and is waiting", "git factory resume ");
  EXPECT_EQ(factory({"abort"}).exit_code, 0);
  Ran anew = factory({"feature", "Add GET /x"});
  EXPECT_EQ(anew.err.find("already"), std::string::npos) << "what a person ended may be begun";
}

TEST_F(BadInputTest, AnUntrustedConfigurationRunsNothing) {
  make_shop();
  repo_.write(".gitfactory",
              "[factory-gate \"evil\"]\n\tcommand = touch " + repo_.folder().path() + "/ran\n");
  repo_.commit("change the configuration");
  expect_reported(feature("health", kHealth), 128, "not trusted", "git factory trust");
  EXPECT_FALSE(std::filesystem::exists(repo_.folder() / "ran"));
  Ran shown = factory({"trust", "--yes"});
  EXPECT_NE(shown.out.find("runs      factory-gate.evil.command"), std::string::npos) << shown.out;
}

TEST_F(BadInputTest, MalformedAnswersOfEveryKind) {
  make_shop();
  struct Case {
    const char* script;
    const char* expected;
  };
  for (const Case& one :
       {Case{"exit 0", "empty"}, Case{"echo hello", "not a JSON object"},
        Case{"printf '{\"text\": \"\\377\"}'", "UTF-8"}, Case{"echo '{\"text\": 7}'", "neither"},
        Case{"head -c 10000000 /dev/zero", "larger than 8 MB"}, Case{"exit 75", "rate limit"},
        Case{"echo why >&2; exit 1", "why"}, Case{"echo '{}'", "neither"}}) {
    use_script(one.script);
    Ran ran = factory({"feature", "Add GET /x"});
    EXPECT_EQ(ran.exit_code, 128) << one.script << ran.err;
    EXPECT_NE(ran.err.find(one.expected), std::string::npos) << one.script << ": " << ran.err;
    EXPECT_EQ(factory({"abort"}).exit_code, 0);
  }
}

TEST_F(BadInputTest, AnAnswerWithoutTheAskedFormEndsTheRunAfterItsBudget) {
  make_shop();
  use_script("echo '{\"text\": \"I would rather talk.\"}'");
  Ran ran = factory({"feature", "Add GET /x"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_NE(ran.out.find("failed at plan"), std::string::npos) << ran.out;
}

TEST_F(BadInputTest, AToolCallToNothingIsAnsweredNotFatal) {
  make_shop();
  use_script(
      "if grep -q 'there is no tool'; then echo '{\"text\": \"{}\"}'; else echo '{\"tool_calls\": "
      "[{\"id\": \"1\", \"name\": \"rm_rf\", \"arguments\": \"{\"}]}'; fi");
  repo_.git({"config", "factory.plan.model", "scripted/health"});
  Ran ran = factory({"feature", "--slug", "health", kHealth});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_NE(factory({"show", "@:scout:1"}).out.find("calls rm_rf"), std::string::npos);
}

TEST_F(BadInputTest, AGateThatHangsOrIsMissingIsNamedBeforeAnythingIsSpent) {
  make_shop();
  repo_.git({"config", "factory-gate.slow.command", "sleep 600"});
  repo_.git({"config", "factory-gate.slow.timeout", "1s"});
  expect_reported(feature("health", kHealth), 128, "slow: did not end within 1 s", "factory-gate");
  repo_.git({"config", "factory-gate.slow.command", "no-such-tool"});
  expect_reported(feature("health", kHealth), 128, "'no-such-tool' was not found", "factory-gate");
  EXPECT_EQ(factory({"log", "--json"}).out.find("\"exchanges\":1"), std::string::npos);
}

TEST_F(BadInputTest, ARedBaseIsNotBlamedOnTheRun) {
  make_shop();
  repo_.write("app/old.py", "import os\n");
  repo_.write("tests/test_red.py", "def test_red() -> None:\n    assert 1 == 2\n");
  repo_.commit("red");
  Ran ran =
      feature("products", "Add GET /products returning a static list of three products as JSON.");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("red on the base already"), std::string::npos) << ran.err;
}

TEST_F(BadInputTest, WrongWordsGetUsage) {
  EXPECT_EQ(factory({"no-such-command"}).exit_code, 129);
  EXPECT_EQ(factory({"feature", "--no-such-option"}).exit_code, 129);
  EXPECT_EQ(factory({"show", "nothing"}).exit_code, 128);
  EXPECT_EQ(factory({"show", "--", "--output=/etc/passwd"}).exit_code, 128);
  Ran help = run({"git", "factory", "-h"}, repo_.path(), environment());
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.out.find("Usage: git factory [OPTIONS] SUBCOMMAND\n"), std::string::npos);
}

TEST_F(BadInputTest, APagerThatDiesIsNoFailureOfOurs) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth, {"--plan-only"}).exit_code, 0);
  std::map<std::string, std::string> here = environment();
  for (const char* pager : {"false", "head -n 1", "exit 3", "kill -9 $$", "no-such-pager"}) {
    here["GIT_PAGER"] = pager;
    Ran ran = run({"script", "-qec", "git factory log -n 9", "/dev/null"}, repo_.path(), here);
    EXPECT_EQ(ran.exit_code, 0) << pager << ": " << ran.out;
    EXPECT_EQ(ran.out.find("fatal"), std::string::npos) << pager << ": " << ran.out;
  }
  EXPECT_NE(factory({"log", "--oneline"}).out.find("health"), std::string::npos);
}

TEST_F(BadInputTest, AStandardStreamThatIsNotThereIsNotTheNextFile) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth, {"--plan-only"}).exit_code, 0);
  auto shell = [&](const std::string& line) {
    return run({"sh", "-c", line}, repo_.path(), environment());
  };
  Ran lost = shell("git-factory log >&-");
  EXPECT_EQ(lost.exit_code, 128);
  EXPECT_NE(lost.err.find("cannot write the output"), std::string::npos) << lost.err;
  for (const char* command : {"metrics", "log --json", "frob", "show nothing"})
    shell(std::string("git-factory ") + command + " <&- >&- 2>&-");
  Ran after = factory({"metrics"});
  EXPECT_EQ(after.exit_code, 0) << after.err;
  EXPECT_EQ(after.err, "") << "the index and the record are what they were";
  EXPECT_EQ(repo_.git({"fsck", "--no-dangling"}), "");
}

}  // namespace
}  // namespace gf::test
