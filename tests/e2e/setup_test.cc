// Preparing a repository, vouching for its configuration, asking what is missing.
#include <gmock/gmock.h>

#include <filesystem>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SetupTest : public FactoryTest {
 protected:
  void SetUp() override {
    repo_.write("tests/test_a.py", "def test_a():\n    assert True\n");
    repo_.write("pyproject.toml", "[tool.ruff]\n");
    repo_.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n");
    repo_.commit("first");
    repo_.git({"config", "factory.python", std::getenv("GF_TEST_PYTHON")});
  }
  std::string config(const std::string& key) {
    return run({"git", "config", "--get-all", key}, repo_.path(), environment()).out;
  }
  /// The state of one check; empty when it was not made.
  std::string state(const std::string& out, const std::string& check) {
    for (const std::string& line : lines(out)) {
      auto json = record::Json::parse(line);
      if (json.ok() && json->get_string("check") == check) return json->get_string("state");
    }
    return "";
  }
};

TEST_F(SetupTest, WhatInitWritesIsReadBackByGitCommentsToo) {
  repo_.add_remote();
  Ran ran = factory({"init", "--dry-run"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("# Which commits need an approving verdict"));
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/.gitfactory"));
  EXPECT_EQ(config("remote.origin.fetch"), "+refs/heads/*:refs/remotes/origin/*\n");
  ran = factory({"init"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("changelog: 'CHANGELOG.md'"));
  EXPECT_THAT(ran.out, HasSubstr("forge:     local"));
  EXPECT_THAT(ran.out, HasSubstr("git factory hooks install"));
  std::string file = repo_.read(".gitfactory"), all;
  for (const std::string& line : lines(file)) {
    // Every offered setting is one when its '#' is taken away.
    std::string_view text = trim(line);
    bool is_offer = text.starts_with("#") && text.size() > 1 && text[1] != ' ';
    all += is_offer ? std::string(text.substr(1)) + "\n" : line + "\n";
  }
  repo_.write("all", all);
  std::string listed = repo_.git({"config", "--file", "all", "--list"});
  for (const char* key : {"factory.base=main", "factory.verify=factory", "factory.forge=local",
                          "factory.verify.path=src/payments", "factory.test.coverage=80",
                          "factory-gate.ruff.command=", "factory-gate.pytest.report=junit"}) {
    EXPECT_THAT(listed, HasSubstr(key));
  }
}

TEST_F(SetupTest, InitTriesEachGateOnTheBaseUnlessItIsToldNotTo) {
  repo_.write("tox.ini", "[testenv:types]\ncommands = pyrefly check\n");
  repo_.commit("a type checker that is not installed");

  Ran untried = factory({"init", "--dry-run"});
  EXPECT_THAT(untried.out, HasSubstr("gate:      pyrefly"));
  Ran ran = factory({"init"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;

  EXPECT_THAT(ran.out, HasSubstr("left out:  pyrefly      tox.ini:2 (tox testenv:types); does not "
                                 "work here: pyrefly is not installed"));
  EXPECT_THAT(ran.out, HasSubstr("gate:      pytest       tests in tests/; passes"));
  EXPECT_THAT(repo_.read(".gitfactory"),
              HasSubstr("# pyrefly (tox.ini:2 (tox testenv:types)) did"));
  std::filesystem::remove(repo_.path() + "/.gitfactory");
  ran = factory({"init", "--no-try"});
  EXPECT_THAT(ran.out, HasSubstr("gate:      pyrefly"));
}

TEST_F(SetupTest, AgainChangesNothingAndANarrowerShareTakesItsRefspecsAway) {
  repo_.add_remote();
  ASSERT_EQ(factory({"init", "--share=summary", "--hooks"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(repo_.path() + "/.git/hooks/pre-push"));
  std::string before = repo_.read(".git/config");
  Ran ran = factory({"init"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("pre-push asks for a verdict"));
  EXPECT_EQ(repo_.read(".git/config"), before) << "the share is what it was";
  ASSERT_EQ(factory({"init", "--share=full"}).exit_code, 0);
  EXPECT_THAT(config("remote.origin.fetch"), HasSubstr("replay"));
  ran = factory({"init", "--share=summary"});
  EXPECT_THAT(ran.out, HasSubstr("removed +refs/factory/replay/"));
  EXPECT_THAT(config("remote.origin.fetch"), Not(HasSubstr("replay")));
  EXPECT_THAT(config("remote.origin.fetch"), HasSubstr("refs/heads/*"));
  EXPECT_EQ(factory({"init", "--share=all"}).exit_code, 129);
}

TEST_F(SetupTest, InitNamesTheForgeThatTheRemoteLooksLike) {
  repo_.git({"remote", "add", "origin", "git@github.example.com:a/b.git"});
  EXPECT_THAT(factory({"init", "--dry-run"}).out, HasSubstr("github"));
  repo_.git({"remote", "set-url", "origin", "/srv/github/b.git"});
  EXPECT_THAT(factory({"init", "--dry-run"}).out,
              HasSubstr("forge:     local (in this repository"));
}

TEST_F(SetupTest, TrustIsForOneContentAndTellsWhatAnotherOneAdds) {
  repo_.write(".gitfactory", "[factory-gate \"unit\"]\n\tcommand = make check\n");
  Ran ran = factory({"trust"});
  EXPECT_EQ(ran.exit_code, 128) << "nobody is there to answer";
  EXPECT_THAT(ran.out, HasSubstr("runs      factory-gate.unit.command = make check"));
  ASSERT_EQ(factory({"trust", "--yes"}).exit_code, 0);
  EXPECT_THAT(factory({"trust"}).err, HasSubstr("trusted already"));
  repo_.write(".gitfactory",
              "[factory-gate \"unit\"]\n\tcommand = \"make check\\n  nothing but settings\"\n"
              "[factory]\n\tshare = full\n\tverify = off\n[factory \"provider.x\"]\n"
              "\tbaseUrl = http://example.com\n");
  ran = factory({"trust"});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.out, HasSubstr("+ sends     factory.share = full"));
  EXPECT_THAT(ran.out, HasSubstr("+ decides   factory.verify = off"));
  EXPECT_THAT(ran.out, HasSubstr("+ contacts  factory.provider.x.baseurl = http://example.com"));
  EXPECT_THAT(ran.out, HasSubstr("command = make check\\n  nothing but settings"));
  EXPECT_THAT(ran.out, HasSubstr("- runs      factory-gate.unit.command = make check\n"));
}

TEST_F(SetupTest, DoctorNamesWhatIsMissingAndWhatToDo) {
  Ran ran = factory({"--json", "doctor"});
  EXPECT_EQ(ran.exit_code, 1) << "no model";
  for (const char* check :
       {"git", "libgit2", "git-factory", "identity", "base", "gate ruff", "gate pytest", "run ruff",
        "run pytest", "changelog", "repository", "git index", "refs", "locks", "runs", "index"}) {
    EXPECT_EQ(state(ran.out, check), "ok") << check << "\n" << ran.out;
  }
  for (const char* check : {"remote", "hooks", ".gitfactory"})
    EXPECT_EQ(state(ran.out, check), "note") << check << "\n" << ran.out;
  EXPECT_NE(state(ran.out, "sandbox"), "bad") << "how much can be held is the machine's";
  EXPECT_EQ(state(ran.out, "models"), "bad");
  EXPECT_THAT(factory({"doctor"}).out, HasSubstr("git config --add factory.model"));

  std::string remote = repo_.add_remote();
  repo_.git({"config", "factory.model", "scripted/health"});
  repo_.git({"config", "--add", "factory.review.model", "scripted/other"});
  ASSERT_EQ(factory({"init", "--hooks"}).exit_code, 0);
  ran = factory({"--json", "doctor"});
  EXPECT_EQ(state(ran.out, "remote"), "ok");
  EXPECT_EQ(state(ran.out, "refspecs"), "ok");
  EXPECT_EQ(state(ran.out, "sharing"), "ok");
  EXPECT_EQ(state(ran.out, "hooks"), "ok");
  EXPECT_EQ(state(ran.out, ".gitfactory"), "ok");
  EXPECT_EQ(state(ran.out, "models"), "");
  std::filesystem::remove_all(remote);
  repo_.write(".git/index.lock", "");
  repo_.write(".gitfactory", "[factory-gate \"x\"]\n\tcommand = touch ran-it\n");
  repo_.git({"config", "--unset-all", "remote.origin.fetch"});
  ran = factory({"--json", "doctor"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(state(ran.out, "remote"), "bad");
  EXPECT_EQ(state(ran.out, "refspecs"), "note");
  EXPECT_EQ(state(ran.out, "locks"), "note");
  EXPECT_EQ(state(ran.out, ".gitfactory"), "bad");
  EXPECT_EQ(state(factory({"--json", "doctor", "--offline"}).out, "remote"), "ok");
}

TEST_F(SetupTest, DoctorHasAnAnswerWhereThereIsNoRepositoryAndWhereItCannotBeRead) {
  std::string empty = repo_.folder() / "empty";
  std::filesystem::create_directories(empty);
  Ran ran = factory({"--json", "doctor"}, empty);
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_EQ(state(ran.out, "git"), "ok");
  EXPECT_EQ(state(ran.out, "repository"), "bad");
  std::string other = repo_.folder() / "sha256";
  repo_.git({"init", "-q", "--object-format=sha256", other});
  ran = factory({"doctor"}, other);
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("use a SHA-1 clone"));
  EXPECT_THAT(ran.out, HasSubstr("objectformat=sha256"));
  std::string shallow = repo_.folder() / "shallow";
  repo_.commit("second");
  repo_.git({"clone", "-q", "--depth=1", "file://" + repo_.path(), shallow});
  ran = factory({"doctor", "--offline"}, shallow);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("hint: git fetch --unshallow"));
  std::string bare = repo_.folder() / "bare.git";
  repo_.git({"clone", "-q", "--bare", ".", bare});
  EXPECT_EQ(factory({"doctor", "--offline"}, bare).exit_code, 1);
  std::string unborn = repo_.folder() / "unborn";
  repo_.git({"init", "-q", unborn});
  EXPECT_THAT(factory({"doctor", "--offline"}, unborn).out, HasSubstr("no commit yet"));
}

}  // namespace
}  // namespace gf::test
