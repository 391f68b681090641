// Repositories that are not the ordinary kind: each either works or is named at once, with the way
// out, and nothing is left behind in it.
#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

class OddRepositoriesTest : public FactoryTest {
 protected:
  void expect_refused(const std::string& folder, const std::string& words, const std::string& hint,
                      const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"feature", "--slug", "x"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.emplace_back("Add GET /x");
    Ran ran = factory(arguments, folder);
    EXPECT_EQ(ran.exit_code, 128) << ran.err;
    EXPECT_EQ(ran.out, "");
    int complaints = 0;
    for (const std::string& line : lines(ran.err))
      complaints += line.starts_with("fatal: ") ? 1 : 0;
    EXPECT_EQ(complaints, 1) << ran.err;
    EXPECT_NE(ran.err.find(words), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("hint: "), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find(hint), std::string::npos) << ran.err;
  }
  /// Runs git anywhere in this test's world.
  void at(const std::string& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"git", "-c", "protocol.file.allow=always", "-c",
                                         "user.name=T", "-c", "user.email=t@example.com"});
    Ran ran = run(arguments, folder, environment());
    EXPECT_EQ(ran.exit_code, 0) << arguments[7] << ": " << ran.err;
  }
  std::string refs_of(const std::string& folder) {
    return run({"git", "for-each-ref", "refs/factory"}, folder, environment()).out;
  }
};

TEST_F(OddRepositoriesTest, NewerAndOtherFormatsAreNamed) {
  repo_.write("a", "1");
  repo_.commit("one");
  repo_.git({"config", "core.repositoryFormatVersion", "1"});
  repo_.git({"config", "extensions.fromTheFuture", "true"});
  expect_refused(repo_.path(), "extensions.fromthefuture", "plain clone");
  std::string other = repo_.folder() / "sha256";
  at("/", {"init", "--quiet", "--object-format=sha256", other});
  at(other, {"commit", "--quiet", "--allow-empty", "-m", "one"});
  expect_refused(other, "objectformat", "SHA-1");
  std::string newest = repo_.folder() / "newest";
  at("/", {"init", "--quiet", newest});
  repo_.folder().write("newest/.git/config", "[core]\n\trepositoryformatversion = 99\n");
  expect_refused(newest, "version 99", "plain clone");
}

TEST_F(OddRepositoriesTest, ABaseThatIsNotThereIsNamed) {
  repo_.write("a", "1");
  repo_.commit("one");
  expect_refused(repo_.path(), "no commit named 'nowhere'", "--base", {"--base", "nowhere"});
  expect_refused(repo_.path(), "no commit named '--output=x'", "--base", {"--base=--output=x"});
}

TEST_F(OddRepositoriesTest, SubmodulesStayEmptyAndTheLineWorks) {
  make_shop();
  std::string part = repo_.folder() / "part";
  at("/", {"init", "--quiet", part});
  at(part, {"commit", "--quiet", "--allow-empty", "-m", "one"});
  at(repo_.path(), {"submodule", "--quiet", "add", part, "vendor/part"});
  repo_.commit("A submodule");
  repo_.git({"push", "--quiet", "origin", "main"});
  std::string before = users_place();
  Ran ran = feature("health", kHealth);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("submodules stay empty"), std::string::npos) << ran.err;
  EXPECT_EQ(users_place(), before);
  EXPECT_EQ(repo_.git({"ls-tree", "factory/health", "vendor/part"}),
            repo_.git({"ls-tree", "main", "vendor/part"}));
}

TEST_F(OddRepositoriesTest, FromADetachedHeadInALinkedWorktreesSubfolderItWorks) {
  make_shop();
  std::string linked = repo_.folder() / "linked";
  repo_.git({"worktree", "add", "--quiet", "--detach", linked, "main"});
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth},
                    linked + "/app/routers");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(run({"git", "status", "--porcelain"}, linked, environment()).out, "");
  EXPECT_EQ(repo_.git({"rev-list", "--count", "main..factory/health"}), "1\n");
}

TEST_F(OddRepositoriesTest, ASlugThatARunThatWasStoppedHasIsNoObstacle) {
  make_shop();
  use_script("exit 75");
  EXPECT_EQ(factory({"feature", "--slug", "health", kHealth}).exit_code, 128);
  Ran second = feature("health", kHealth, {"--again"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_NE(factory({"log"}).out.find("git factory resume"), std::string::npos)
      << "the stopped one is still there to go on with";
  EXPECT_EQ(factory({"abort"}).exit_code, 0);
  EXPECT_EQ(refs_of(repo_.path()).find("refs/factory/active"), std::string::npos);
}

TEST_F(OddRepositoriesTest, AnswersThatAreAlmostRightAreMendedOrRefusedNeverBelieved) {
  make_shop();
  struct Case {
    const char* text;  ///< what PLAN's model says
    int exit_code;
    const char* expected;
  };
  for (const Case& one : {
           Case{R"(Here it is: {"spec": null, "questions": ["Which field?"]} Enjoy!)", 1, ""},
           Case{R"({"spec": "a health endpoint", "questions": 7})", 1, "failed at plan"},
           Case{R"({"spec": null, "questions": [)", 1, "failed at plan"},
           Case{R"([])", 1, "failed at plan"},
           Case{R"({"spec": null, "questions": []})", 1, "failed at plan"},
           Case{"", 1, "failed at plan"},
       }) {
    std::string answer =
        record::Json::object({{"text", std::string(one.text)}, {"model", "acted"}}).dump();
    repo_.folder().write("answer.json", answer);
    use_script("cat >/dev/null; cat " + repo_.folder().path() + "/answer.json");
    Ran ran = factory({"feature", "--slug", "x", "--again", "Add GET /x"});
    EXPECT_EQ(ran.exit_code, one.exit_code) << one.text << ran.err;
    EXPECT_NE((ran.out + ran.err).find(one.expected), std::string::npos) << one.text << ran.out;
    EXPECT_EQ(repo_.git_status({"rev-parse", "-q", "--verify", "factory/x"}), 1) << one.text;
  }
}

}  // namespace
}  // namespace gf::test
