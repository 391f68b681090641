// How an environment is made where none fits.
#include "env/recipe.h"

#include <gmock/gmock.h>

#include "support/assertions.h"
#include "support/facts.h"

namespace gf::env {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// "uv uv.lock" where uv and poetry are there as `programs` says; else why not.
std::string chosen(std::map<std::string, std::string> files, const std::string& programs) {
  test::MapFacts tree(std::move(files));
  std::string why;
  auto recipe = recipe_for(
      tree, read_manifest(tree),
      [&](const std::string& name) { return programs.find(name) != std::string::npos; }, why);
  return recipe ? recipe->tool + " " + recipe->from : why;
}

TEST(RecipeTest, TheLockFilesOwnProgramComesFirstAndWhatIsMissingIsNamed) {
  const char* kDeclared = "[project]\ndependencies = [\"idna\"]\n";
  struct Case {
    std::map<std::string, std::string> files;
    const char* programs;
    const char* chosen;
  };
  const Case kCases[] = {
      {{{"uv.lock", "x"}}, "uv", "uv uv.lock"},
      {{{"uv.lock", "x"}}, "pip", "'uv' is not on PATH, and uv.lock is its own"},
      {{{"uv.lock", "x"}, {"requirements.txt", "idna\n"}}, "", "pip requirements.txt"},
      {{{"uv.lock", "x"}, {"poetry.lock", "x"}}, "poetry", "poetry poetry.lock"},
      {{{"pdm.lock", "x"}}, "pdm uv", "pdm pdm.lock"},
      {{{"requirements.txt", "idna\n"}, {"requirements-dev.txt", "pytest\n"}},
       "uv",
       "uv requirements.txt, requirements-dev.txt"},
      {{{"pyproject.toml", kDeclared}}, "", "pip pyproject.toml"},
      {{{"requirements.lock", "idna==3.6\n"}, {"requirements-dev.lock", "-e file:.\nidna==3.6\n"}},
       "",
       "pip requirements-dev.lock, requirements.lock"},
      {{{"Pipfile.lock", R"({"default": {"idna": {"version": "==3.6"}}})"},
        {"pyproject.toml", kDeclared}},
       "uv",
       "uv Pipfile.lock"},
      {{{"pyproject.toml", "[project]\n"}}, "uv", "no file says what the tests need"},
  };
  for (const Case& one : kCases) EXPECT_EQ(chosen(one.files, one.programs), one.chosen);
}

TEST(RecipeTest, WhatPipenvHasLockedIsInstalledAtItsVersions) {
  std::map<std::string, std::string> files = {
      {"Pipfile.lock",
       R"({"_meta": {}, "default": {"requests": {"version": "==2.31.0",
           "extras": ["socks"], "hashes": []}, "own": {"path": ".", "editable": true}},
           "develop": {"tomli": {"version": "==2.0.1", "markers": "python_version < '3.11'"}}})"}};
  test::MapFacts tree(std::move(files));
  std::string why;
  auto recipe = recipe_for(
      tree, read_manifest(tree), [](const std::string&) { return false; }, why);
  ASSERT_TRUE(recipe) << why;
  EXPECT_EQ(recipe->requirements,
            "requests[socks]==2.31.0\ntomli==2.0.1 ; python_version < '3.11'\n");
}

TEST(RecipeTest, RequirementsAreFlatAndTheProjectItselfIsWhatItNeeds) {
  test::MapFacts tree(
      {{"requirements/dev.txt", "-r base.txt\n# tools\npytest>=8\n-e .[test]\n"},
       {"requirements/base.txt", "idna==3.6 # pinned\n--requirement=../more.txt\n-r dev.txt\n"},
       {"more.txt", "-e ./libs/other\nsix\n"},
       {"pyproject.toml",
        "[project]\ndependencies = [\"click\"]\n"
        "[project.optional-dependencies]\ntest = [\"hypothesis\"]\ndocs = [\"sphinx\"]\n"}});

  EXPECT_EQ(flat_requirements(tree, {"requirements/dev.txt"}),
            "idna==3.6 # pinned\n-e ./libs/other\nsix\npytest>=8\nclick\nhypothesis\n");
}

TEST(RecipeTest, WhatIsDeclaredForDevelopingIsTaken) {
  std::map<std::string, std::string> files = {
      {"pyproject.toml",
       "[project]\ndependencies = [\"click\"]\n"
       "[project.optional-dependencies]\nTest = [\"hypothesis\"]\ndocs = [\"sphinx\"]\n"
       "[dependency-groups]\ndev = [\"pytest\", {include-group = \"docs\"}]\n"}};
  test::MapFacts tree(std::move(files));

  EXPECT_THAT(declared_requirements(tree, {}), ElementsAre("click", "pytest", "hypothesis"));
}

TEST(RecipeTest, EveryManagersOwnTablesAreRead) {
  struct Case {
    const char* path;
    const char* text;
    std::vector<std::string> declared;
  };
  const Case kCases[] = {
      {"pyproject.toml",
       "[tool.poetry.dependencies]\npython = \"^3.7\"\nidna = \"^0.4.1\"\n"
       "[tool.poetry.group.dev.dependencies]\npytest = \"^7.1.2\"\nsix = \"*\"\n"
       "mypy = [{version = \"^1.0\"}]\nrich = {version = \"~1.2\", extras = [\"x\"]}\n"
       "[tool.poetry.group.docs.dependencies]\nsphinx = \"^5\"\n",
       {"idna>=0.4.1,<0.5", "pytest>=7.1.2,<8", "rich>=1.2,<1.3", "six"}},
      {"pyproject.toml",
       "[tool.pdm.dev-dependencies]\ndev = [\"pytest\"]\ndoc = [\"sphinx\"]\n",
       {"pytest"}},
      {"pyproject.toml",
       "[tool.hatch.envs.default]\ndependencies = [\"pytest\"]\n"
       "[tool.hatch.envs.docs]\ndependencies = [\"mkdocs\"]\n",
       {"pytest"}},
      {"setup.cfg",
       "[options]\ninstall_requires =\n    idna>=3\n"
       "[options.extras_require]\ntesting =\n    pytest\n    six\ndocs = sphinx\n",
       {"idna>=3", "pytest", "six"}},
      {"tox.ini",
       "[testenv]\ndeps =\n    pytest\n    py38: mock\n    -e .\n    {[other]deps}\n"
       "[testenv:mypy]\ndeps = mypy\n[testenv:docs]\ndeps = sphinx\n",
       {"pytest", "mypy"}},
  };
  for (const Case& one : kCases) {
    test::MapFacts tree(std::map<std::string, std::string>{{one.path, one.text}});
    EXPECT_EQ(declared_requirements(tree, {}), one.declared) << one.text;
  }
}

TEST(RecipeTest, GroupsForDevelopingAreTakenFromALockFile) {
  test::MapFacts tree({{"uv.lock", "x"},
                       {"pyproject.toml",
                        "[project.optional-dependencies]\ntests = [\"pytest\"]\nfast = [\"x\"]\n"
                        "[dependency-groups]\ntyping = [\"mypy\"]\npublish = [\"twine\"]\n"
                        "devel = [{include-group = \"publish\"}]\n"}});

  Developing parts = developing_parts(tree);

  EXPECT_THAT(parts.groups, ElementsAre("typing"));
  EXPECT_THAT(parts.extras, ElementsAre("tests"));
}

TEST(RecipeTest, WhatIsMissingIsNamedOnce) {
  EXPECT_EQ(named_once({"mypy", "pytest_cov", "mypy", "pytest-cov", "six"}),
            "mypy, pytest_cov, six");
}

TEST(RecipeTest, WhatNoTestHasAUseForIsNotWaitedFor) {
  EXPECT_THAT(names_wanted({"Pytest_Mock>=3", "tox", "six ; python_version < '3'", "-e .",
                            "x @ file:///x", "coverage[toml] >= 7"}),
              ElementsAre("coverage", "pytest-mock"));
}

TEST(RecipeTest, TheContentDecidesAndNothingElse) {
  auto content = [](std::map<std::string, std::string> files) {
    test::MapFacts tree(std::move(files));
    std::string why;
    return recipe_for(
               tree, read_manifest(tree), [](const std::string&) { return true; }, why)
        ->content;
  };
  EXPECT_EQ(content({{"uv.lock", "x"}}), content({{"uv.lock", "x"}, {"src/a.py", "new"}}));
  EXPECT_NE(content({{"uv.lock", "x"}}), content({{"uv.lock", "y"}}));
}

}  // namespace
}  // namespace gf::env
