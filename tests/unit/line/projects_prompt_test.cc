// Who plans is told which projects a repository holds.
#include "line/projects_prompt.h"

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

TEST(ProjectsPromptTest, OneProjectIsNothingToTell) {
  EXPECT_THAT(projects_prompt({}), IsEmpty());
  EXPECT_THAT(projects_prompt({project("", {"Python"})}), IsEmpty());
}

TEST(ProjectsPromptTest, EachIsALineWithItsLanguagesAndWhatItIsBuiltOn) {
  std::string rendered = projects_prompt(
      {project("", {"Python"}), project("packages/low", {"Python"}),
       project("web", {"JavaScript", "Python"}, {"packages/low", ""}), project("odd\x1b[1m", {})});
  EXPECT_THAT(rendered, HasSubstr("the root (Python)\npackages/low/ (Python)\n"
                                  "web/ (JavaScript, Python), built on packages/low/, the root\n"));
  EXPECT_EQ(rendered.find('\x1b'), std::string::npos);
}

TEST(ProjectsPromptTest, ManyAreCounted) {
  std::vector<gate::Project> many;
  for (int i = 0; i < 50; ++i) many.push_back(project("p" + std::to_string(i), {"Go"}));
  EXPECT_THAT(projects_prompt(many), HasSubstr("p39/ (Go)\nand 10 more\n"));
}

}  // namespace
}  // namespace gf::line
