// Which variables a child sees.
#include <gtest/gtest.h>

#include <cstdlib>

#include "proc/process.h"

namespace gf::proc {
namespace {

using Variables = std::map<std::string, std::string>;

Variables all_of(const Environment& environment) {
  return {environment.begin(), environment.end()};
}

TEST(Environment, KeysAndGitsVariablesAreNotPassedOn) {
  Environment from = {{"PATH", "/bin"}, {"GIT_DIR", "x"}, {"OPENAI_API_KEY", "y"},
                      {"LC_ALL", "C"},  {"MINE", "1"},    {"LC_MY_TOKEN", "z"}};
  EXPECT_EQ(all_of(clean_environment(from)), (Variables{{"PATH", "/bin"}, {"LC_ALL", "C"}}));
  EXPECT_EQ(clean_environment(from, {"MINE"}).get("MINE"), "1");
}

TEST(Environment, NotEvenTheUserCanHaveARepositoryPassedOn) {
  Environment from = {{"GIT_DIR", "x"}, {"GIT_CONFIG_COUNT", "1"}, {"OPENAI_API_KEY", "y"}};
  EXPECT_EQ(all_of(clean_environment(from, {"GIT_DIR", "GIT_CONFIG_COUNT", "OPENAI_API_KEY"})),
            (Variables{{"OPENAI_API_KEY", "y"}}));
}

TEST(Environment, TheUsersGitKeepsAllButTheRepository) {
  Environment from = {{"GIT_DIR", "x"},
                      {"GIT_INDEX_FILE", "y"},
                      {"GIT_CONFIG_COUNT", "1"},
                      {"GIT_SSH_COMMAND", "ssh -x"},
                      {"ANY", "z"}};
  Environment kept = git_environment(from);
  EXPECT_EQ(all_of(kept),
            (Variables{{"GIT_CONFIG_COUNT", "1"}, {"GIT_SSH_COMMAND", "ssh -x"}, {"ANY", "z"}}));
}

TEST(Environment, AGitThatObeysNobodyReadsNoConfigurationOfTheMachine) {
  Environment kept = isolated_git_environment(
      {{"PATH", "/bin"}, {"GIT_CONFIG_GLOBAL", "mine"}, {"GIT_CONFIG_PARAMETERS", "x"}});
  EXPECT_EQ(all_of(kept), (Variables{{"PATH", "/bin"},
                                     {"GIT_CONFIG_NOSYSTEM", "1"},
                                     {"GIT_CONFIG_GLOBAL", "/dev/null"}}));
}

TEST(Environment, OursIsAllThatThisProcessHas) {
  ASSERT_EQ(setenv("GF_TEST_OF_ENVIRONMENT", "a=b\nc", 1), 0);
  EXPECT_EQ(current_environment().get("GF_TEST_OF_ENVIRONMENT"), "a=b\nc");
  unsetenv("GF_TEST_OF_ENVIRONMENT");
  EXPECT_FALSE(current_environment().contains("GF_TEST_OF_ENVIRONMENT"));
}

}  // namespace
}  // namespace gf::proc
