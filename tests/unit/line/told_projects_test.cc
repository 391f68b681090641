// Who plans is told which projects a repository holds.
#include "line/told_projects.h"

#include <gmock/gmock.h>

namespace gf::line {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

gate::Project project(const std::string& folder, std::vector<std::string> languages,
                      std::vector<std::string> needs = {}) {
  gate::Project made;
  made.folder = folder;
  made.languages = std::move(languages);
  made.needs = std::move(needs);
  return made;
}

TEST(ToldProjectsTest, OneProjectIsNothingToTell) {
  EXPECT_THAT(told_projects({}), IsEmpty());
  EXPECT_THAT(told_projects({project("", {"Python"})}), IsEmpty());
}

TEST(ToldProjectsTest, EachIsALineWithItsLanguagesAndWhatItIsBuiltOn) {
  std::string told = told_projects({project("", {"Python"}), project("packages/low", {"Python"}),
                                    project("web", {"JavaScript", "Python"}, {"packages/low", ""}),
                                    project("odd\x1b[1m", {})});
  EXPECT_THAT(told, HasSubstr("the root (Python)\npackages/low/ (Python)\n"
                              "web/ (JavaScript, Python), built on packages/low/, the root\n"));
  EXPECT_EQ(told.find('\x1b'), std::string::npos);
}

TEST(ToldProjectsTest, ManyAreCounted) {
  std::vector<gate::Project> many;
  for (int i = 0; i < 50; ++i) many.push_back(project("p" + std::to_string(i), {"Go"}));
  EXPECT_THAT(told_projects(many), HasSubstr("p39/ (Go)\nand 10 more\n"));
}

}  // namespace
}  // namespace gf::line
