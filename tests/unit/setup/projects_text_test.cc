// How a repository with several projects is told.
#include "setup/projects_text.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "setup/config_text.h"
#include "support/assertions.h"
#include "support/facts.h"

namespace gf::setup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Preparation found_in(std::map<std::string, std::string> files) {
  Preparation found;
  auto gates = gate::find_gates(test::MapFacts(std::move(files)), {}, "python3");
  EXPECT_DONE(gates);
  if (!gates.ok()) return found;
  found.projects = gates->projects;
  found.gates = gates->gates;
  return found;
}

const char* const kPython =
    "[project]\nname = \"x\"\n[tool.ruff]\n[tool.mypy]\n[tool.pytest.ini_options]\ntestpaths = "
    "[\"tests\"]\n";

TEST(ProjectsTextTest, OneProjectIsToldAsBefore) {
  EXPECT_EQ(projects_text(found_in({{"pyproject.toml", kPython}})), "");
}

TEST(ProjectsTextTest, EachProjectIsToldWithWhatJudgesIt) {
  Preparation found = found_in({{"pyproject.toml", kPython},
                                {"packages/low/pyproject.toml", kPython},
                                {"packages/bare/pyproject.toml", "[project]\nname = \"b\"\n"},
                                {"web/package.json", R"({"name": "web"})"},
                                {"shell/CMakeLists.txt", "project(shell)"},
                                {"ruff.toml", ""}});

  std::string text = projects_text(found);

  EXPECT_THAT(text, HasSubstr("project:   .            Python: ruff, mypy, pytest\n"));
  EXPECT_THAT(text, HasSubstr("project:   packages/low Python: pytest, ruff of ., mypy of .\n"));
  EXPECT_THAT(text,
              HasSubstr("project:   packages/bare Python: ruff of ., mypy of ., pytest of .\n"));
  EXPECT_THAT(text, HasSubstr("project:   web          JavaScript: found, no gates of its own"));
  EXPECT_THAT(text, HasSubstr("project:   shell        C++: found, no gates of its own"));
}

TEST(ProjectsTextTest, AProjectThatNothingJudgesSaysWhatToDo) {
  Preparation found =
      found_in({{"low/pyproject.toml", kPython}, {"web/package.json", R"({"name": "web"})"}});

  EXPECT_THAT(projects_text(found),
              HasSubstr("project:   web          JavaScript: found, no gates of its own; give one by "
                        "[factory-gate \"web/<name>\"]\n"));
  EXPECT_THAT(config_text(found), HasSubstr("\n# web: JavaScript: found, no gates of its own"));
}

TEST(ProjectsTextTest, FortyPackagesAreAFewLines) {
  std::map<std::string, std::string> files = {{"web/package.json", R"({"name": "web"})"}};
  for (int i = 10; i < 50; ++i) {
    std::string folder = "packages/p" + std::to_string(i);
    files[folder + "/pyproject.toml"] = kPython;
    files[folder + "/p/__init__.py"] = "";
  }
  Preparation found = found_in(std::move(files));

  std::string text = projects_text(found) + gates_text(found);

  EXPECT_EQ(found.gates.size(), 120u);
  EXPECT_EQ(lines(text).size(), 3u) << text;
  EXPECT_THAT(text, HasSubstr("projects:  packages/: 40 projects (p10, p11, p12 and 37 more)  "
                              "Python: ruff, mypy, pytest\n"));
  EXPECT_THAT(text, HasSubstr("gates:     120 gates; .gitfactory has each"));
  std::string file = config_text(found);
  EXPECT_THAT(file, HasSubstr("\n# packages/p49: Python: ruff, mypy, pytest\n"
                              "#[factory-gate \"packages/p49/ruff\"]   ; "
                              "packages/p49/pyproject.toml:3 ([tool.ruff])\n"));
  EXPECT_THAT(file, HasSubstr("#\tfolder = \"packages/p49\"\n"));
}

}  // namespace
}  // namespace gf::setup
