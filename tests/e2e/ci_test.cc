// The CI fragments: their own commands, in clones as those systems make them.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;

/// The lines of a fragment between its two marks, as a shell gets them.
std::string commands_of(const std::string& file) {
  std::ifstream in(std::string(GF_SOURCE_DIR) + "/templates/ci/" + file);
  std::string text, line;
  for (bool inside = false; std::getline(in, line);) {
    std::string bare(trim(line));
    if (bare == "# <<< verify") inside = false;
    if (inside) text += bare + "\n";
    if (bare == "# >>> verify") inside = true;
  }
  return text;
}

class CiTest : public FactoryTest {
 protected:
  /// The request's head, and the merge of it into main, as forges keep them.
  void open_request(const std::string& branch, const std::string& number) {
    std::string remote = repo_.folder() / "origin.git";
    repo_.git({"push", "-q", "origin", branch + ":refs/pull/" + number + "/head",
               branch + ":refs/merge-requests/" + number + "/head"});
    repo_.git({"checkout", "-q", "--detach", "origin/main"});
    repo_.git({"merge", "-q", "--no-ff", "-m", "Merge", branch});
    repo_.git({"push", "-q", "origin", "HEAD:refs/pull/" + number + "/merge"});
    repo_.git({"checkout", "-q", "main"});
  }
  Ran in_folder(std::vector<std::string> words, const std::string& folder,
                std::map<std::string, std::string> more = {}) {
    auto all = environment();
    for (auto& [name, value] : more) all[name] = value;
    return run(words, folder, all);
  }
  /// actions/checkout: init, one fetch of the merge at depth 1, detached.
  Ran github(const std::string& number) {
    std::string clone = repo_.folder() / ("github" + std::to_string(++clones_));
    std::filesystem::create_directories(clone);
    std::string merge = "refs/remotes/pull/" + number + "/merge";
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"git", "init", "-q"},
          {"git", "remote", "add", "origin", "file://" + (repo_.folder() / "origin.git")},
          {"git", "fetch", "-q", "--no-tags", "--prune", "--depth=1", "origin",
           "+refs/pull/" + number + "/merge:" + merge},
          {"git", "checkout", "-q", "--force", merge}}) {
      Ran ran = in_folder(words, clone);
      EXPECT_EQ(ran.exit_code, 0) << ran.err;
    }
    // The runner's shell: stops at the first command that fails.
    return in_folder({"bash", "-e", "-o", "pipefail", "-c", commands_of("github-actions.yml")},
                     clone, {{"BASE", "main"}, {"NUMBER", number}});
  }
  /// GitLab's runner: 20 commits of the request's head, detached.
  Ran gitlab(const std::string& number) {
    std::string clone = repo_.folder() / ("gitlab" + std::to_string(++clones_));
    std::filesystem::create_directories(clone);
    std::string pipeline = "refs/pipelines/7";
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"git", "init", "-q"},
          {"git", "remote", "add", "origin", "file://" + (repo_.folder() / "origin.git")},
          {"git", "fetch", "-q", "--depth", "20", "--no-tags", "origin",
           "+refs/merge-requests/" + number + "/head:" + pipeline},
          {"git", "checkout", "-q", "-f", "--detach", pipeline}}) {
      Ran ran = in_folder(words, clone);
      EXPECT_EQ(ran.exit_code, 0) << ran.err;
    }
    return in_folder(
        {"bash", "-e", "-o", "pipefail", "-c", commands_of("gitlab-ci.yml")}, clone,
        {{"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"}, {"CI_MERGE_REQUEST_IID", number}});
  }
  int clones_ = 0;
};

TEST_F(CiTest, ApprovedRequestsPassAndEditedOnesDoNot) {
  ASSERT_THAT(commands_of("github-actions.yml"), HasSubstr("git factory verify"));
  ASSERT_THAT(commands_of("gitlab-ci.yml"), HasSubstr("git factory verify"));
  make_shop();
  repo_.write("notes.txt", "more history than a shallow clone has\n");
  repo_.commit("notes");
  repo_.git({"push", "-q", "origin", "main"});
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  open_request("factory/health", "1");
  Ran ran = github("1");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(" exact: approved by "));
  ran = gitlab("1");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(" exact: approved by "));

  // A person adds a commit, and a policy under which it would pass.
  repo_.git({"checkout", "-q", "-b", "edited", "factory/health"});
  repo_.write("app/main.py", repo_.read("app/main.py") + "# mine\n");
  repo_.write(".gitfactory", "[factory]\n\tverify = off\n");
  repo_.commit("mine");
  open_request("edited", "2");
  ran = github("2");
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no verdict is about this change"));
  EXPECT_EQ(gitlab("2").exit_code, 1);
}

TEST_F(CiTest, APolicyForEverythingHoldsForPeopleToo) {
  repo_.write(".gitfactory", "[factory]\n\tverify = all\n");
  repo_.commit("first");
  repo_.write("a.txt", "one\n");
  repo_.commit("second");
  repo_.add_remote();
  repo_.git({"checkout", "-q", "-b", "side"});
  repo_.write("a.txt", "two\n");
  repo_.commit("by hand");
  open_request("side", "3");
  EXPECT_EQ(github("3").exit_code, 1);
  EXPECT_EQ(gitlab("3").exit_code, 1);
  repo_.git({"checkout", "-q", "-b", "empty", "main"});
  repo_.commit("nothing in it");
  open_request("empty", "4");
  Ran ran = github("4");
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_EQ(gitlab("4").exit_code, 0);
}

}  // namespace
}  // namespace gf::test
