// One project among several: whose environment, whose code, and what is never installed.
#include <gmock/gmock.h>

#include "env/manifest.h"

#include "gate/project.h"
#include "env/recipe.h"
#include "support/facts.h"

namespace gf::env {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::map<std::string, std::string> kFiles = {
    {"pyproject.toml",
     "[project]\nname = \"root\"\n[tool.uv.workspace]\nmembers = [\"parts/*\"]\n"},
    {"uv.lock", "root's"},
    {"parts/a/pyproject.toml", "[project]\nname = \"a\"\n"},
    {"parts/a/src/a/__init__.py", ""},
    {"parts/own/pyproject.toml", "[project]\nname = \"own\"\n"},
    {"parts/own/uv.lock", "its own"},
    {"apps/low/pyproject.toml", "[project]\nname = \"low\"\ndependencies = [\"six\"]\n"},
    {"apps/low/low/__init__.py", ""},
    {"apps/top/pyproject.toml",
     "[project]\nname = \"top\"\ndependencies = [\"low>1\", \"attrs\"]\n[dependency-groups]\ndev = "
     "[\"pytest\"]\n"},
    {"apps/top/top/__init__.py", ""},
    {"apps/other/pyproject.toml", "[project]\nname = \"other\"\n"},
    {"apps/other/other/__init__.py", ""},
};

class ManifestOfTest : public ::testing::Test {
 protected:
  [[nodiscard]] Manifest of(const std::string& folder) const {
    return manifest_of(facts_, folder, code_along(projects_, folder));
  }
  [[nodiscard]] std::string room(const std::string& folder) const {
    return environment_folder(facts_, projects_, folder);
  }
  test::MapFacts facts_{kFiles};
  std::vector<gate::Project> projects_ = gate::projects_in(facts_);
};

TEST_F(ManifestOfTest, AMemberWithoutALockHasTheWorkspacesEnvironment) {
  EXPECT_EQ(room("parts/a"), "");
  EXPECT_EQ(room("parts/a/src"), "");
  EXPECT_EQ(room("parts/own"), "parts/own");
  EXPECT_EQ(room("apps/top"), "apps/top");
  EXPECT_EQ(room("scripts"), "");
}

TEST_F(ManifestOfTest, ItsOwnCodeAndWhatThatIsBuiltOnBelongToIt) {
  Manifest manifest = of("apps/top");

  ASSERT_EQ(manifest.projects.size(), 2u);
  EXPECT_EQ(manifest.projects[0].folder, "apps/top");
  EXPECT_THAT(manifest.projects[0].roots, ElementsAre("apps/top"));
  EXPECT_EQ(manifest.projects[0].packages[0].path, "apps/top/top");
  EXPECT_EQ(manifest.projects[1].folder, "apps/low");
  EXPECT_THAT(manifest.locks, IsEmpty()) << "the root's is not its own";
  EXPECT_THAT(of("parts/own").locks, ElementsAre("uv.lock"));
}

TEST_F(ManifestOfTest, TheWorkspacesRootHasItsMembers) {
  std::vector<std::string> folders;
  for (const Project& project : of("").projects) folders.push_back(project.folder);

  EXPECT_THAT(folders, ElementsAre("", "parts/a", "parts/own"));
}

TEST_F(ManifestOfTest, OneProjectIsWhatItAlwaysWas) {
  test::MapFacts one({{"pyproject.toml", "[project]\nname = \"x\"\n"}, {"x/__init__.py", ""}});
  std::vector<gate::Project> projects = gate::projects_in(one);

  EXPECT_THAT(code_along(projects, ""), IsEmpty());
  EXPECT_FALSE(manifest_of(one, "", {}).is_one_of_several);
}

// Somebody else's may have the name on an index.
TEST_F(ManifestOfTest, WhatIsInTheRepositoryIsNeverInstalled) {
  std::string why;
  auto recipe = recipe_for(
      test::MapFacts({{"pyproject.toml", kFiles.at("apps/top/pyproject.toml")}}), of("apps/top"),
      [](const std::string& program) { return program == "uv"; }, why);

  ASSERT_TRUE(recipe) << why;
  EXPECT_EQ(recipe->requirements, "attrs\npytest\nsix\n");
}

}  // namespace
}  // namespace gf::env
