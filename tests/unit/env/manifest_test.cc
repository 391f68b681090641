// Which packages a tree has, and where.
#include "env/manifest.h"

#include <gmock/gmock.h>

#include "support/facts.h"

namespace gf::env {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Manifest read(std::map<std::string, std::string> files) {
  return read_manifest(test::MapFacts(std::move(files)));
}

/// "twice=src/twice acme.core=src/acme/core" of the first project.
std::string packages_of(std::map<std::string, std::string> files) {
  Manifest manifest = read(std::move(files));
  std::string text;
  if (manifest.projects.empty()) return "no project";
  for (const Package& package : manifest.projects[0].packages)
    text += (text.empty() ? "" : " ") + package.name + "=" + package.path;
  return text;
}

const char* kPyproject = "[project]\nname = \"My_Twice\"\nrequires-python = \">=3.9\"\n";

TEST(ManifestTest, EachLayoutShowsItsPackages) {
  struct Case {
    const char* what;
    std::map<std::string, std::string> files;
    const char* packages;
  };
  const Case kCases[] = {
      {"src",
       {{"pyproject.toml", kPyproject},
        {"src/twice/__init__.py", ""},
        {"src/twice/a/__init__.py", ""},
        {"tests/__init__.py", ""}},
       "twice=src/twice"},
      {"flat",
       {{"pyproject.toml", kPyproject},
        {"twice/__init__.py", ""},
        {"tests/__init__.py", ""},
        {"docs/conf.py", ""}},
       "twice=twice"},
      {"namespace",
       {{"pyproject.toml", kPyproject},
        {"src/acme/core/__init__.py", ""},
        {"src/acme/more/x.py", ""}},
       "acme.core=src/acme/core acme.more=src/acme/more"},
      {"namespace at the root",
       {{"pyproject.toml", "[project]\nname = \"acme.core\"\n"},
        {"acme/core/__init__.py", ""},
        {"scripts/run/__init__.py", ""}},
       "acme.core=acme/core"},
      {"module",
       {{"pyproject.toml", kPyproject}, {"my_twice.py", ""}, {"conftest.py", ""}},
       "my_twice=my_twice.py"},
      {"module in src", {{"setup.py", ""}, {"src/one.py", ""}}, "one=src/one.py"},
      {"map",
       {{"pyproject.toml",
         std::string(kPyproject) + "[tool.setuptools.package-dir]\ntwice = \"code/impl\"\n"},
        {"code/impl/__init__.py", ""}},
       "twice=code/impl"},
      {"map of all",
       {{"setup.py", ""},
        {"setup.cfg", "[metadata]\nname = x\n[options]\npackage_dir =\n    = source\n"},
        {"source/twice/__init__.py", ""},
        {"src/other/__init__.py", ""}},
       "twice=source/twice"},
      {"none", {{"pyproject.toml", kPyproject}, {"README.md", ""}}, ""},
      {"no project", {{"main.c", ""}}, "no project"},
  };
  for (const Case& one : kCases) EXPECT_EQ(packages_of(one.files), one.packages) << one.what;
}

TEST(ManifestTest, NameAndVersionsComeFromWhereverTheyAreWritten) {
  struct Case {
    const char* path;
    const char* text;
    const char* name;
    const char* versions;
  };
  const Case kCases[] = {
      {"pyproject.toml", kPyproject, "My_Twice", ">=3.9"},
      {"pyproject.toml",
       "[tool.poetry]\nname = \"p\"\n[tool.poetry.dependencies]\npython = \"^3.9\"\n", "p", "^3.9"},
      {"setup.cfg", "[metadata]\nname = s\n[options]\npython_requires = >=3.8\n", "s", ">=3.8"},
      {"setup.py", "from setuptools import setup\nsetup(name='x')\n", "", ""},
      {"pyproject.toml", "[project\n", "", ""},
  };
  for (const Case& one : kCases) {
    std::map<std::string, std::string> files = {{one.path, one.text}};
    if (one.path == std::string("setup.cfg")) files["setup.py"] = "";
    Manifest manifest = read(files);
    ASSERT_EQ(manifest.projects.size(), 1u) << one.text;
    EXPECT_EQ(manifest.projects[0].name, one.name);
    EXPECT_EQ(manifest.projects[0].requires_python, one.versions);
  }
}

TEST(ManifestTest, AFolderWithAManifestIsAProjectUnlessItLiesAside) {
  Manifest manifest = read({{"packages/b/pyproject.toml", kPyproject},
                            {"packages/b/src/b/__init__.py", ""},
                            {"pyproject.toml", kPyproject},
                            {"tests/data/pyproject.toml", ""},
                            {"a/b/c/d/pyproject.toml", ""}});

  ASSERT_EQ(manifest.projects.size(), 2u);
  EXPECT_EQ(manifest.projects[0].folder, "");
  EXPECT_EQ(manifest.projects[1].folder, "packages/b");
  EXPECT_THAT(manifest.projects[1].roots, ElementsAre("packages/b/src"));
}

TEST(ManifestTest, WhatHasToBeBuiltSaysWhy) {
  struct Case {
    const char* pyproject;
    const char* also;
    const char* why;
  };
  const Case kCases[] = {
      {"[build-system]\nbuild-backend = \"mesonpy\"\n", "meson.build", "it is compiled by mesonpy"},
      {"[build-system]\nbuild-backend = \"setuptools.build_meta\"\n", "src/x/_c.c",
       "it has C sources"},
      {"[build-system]\nbuild-backend = \"setuptools.build_meta\"\n", "tests/x.c", ""},
      {"[build-system]\nbuild-backend = \"hatchling.build\"\n", "x/fast.pyx",
       "'x/fast.pyx' is compiled"},
      {"[tool.setuptools_scm]\nversion_file = \"x/_version.py\"\n", "x/__init__.py",
       "'x/_version.py' is generated"},
      {"[tool.setuptools_scm]\nversion_file = \"x/_version.py\"\n", "x/_version.py", ""},
      {"[build-system]\nbuild-backend = \"hatchling.build\"\n", "x/__init__.py", ""},
  };
  for (const Case& one : kCases) {
    Manifest manifest = read({{"pyproject.toml", one.pyproject}, {one.also, ""}});
    ASSERT_EQ(manifest.projects.size(), 1u);
    EXPECT_EQ(manifest.projects[0].built, one.why) << one.pyproject << one.also;
  }
}

TEST(ManifestTest, LocksRequirementsAndTablesAreTold) {
  Manifest manifest = read({{"pyproject.toml", "[tool.uv]\n[tool.poetry]\nname = \"x\"\n"},
                            {"uv.lock", ""},
                            {"requirements/dev.txt", ""},
                            {"requirements.txt", ""}});

  EXPECT_THAT(manifest.locks, ElementsAre("uv.lock"));
  EXPECT_THAT(manifest.requirements, ElementsAre("requirements.txt", "requirements/dev.txt"));
  EXPECT_THAT(manifest.tables, ElementsAre("poetry", "uv"));
  EXPECT_FALSE(read({{"main.c", ""}}).is_python());
  EXPECT_THAT(read({{"main.c", ""}}).tables, IsEmpty());
}

}  // namespace
}  // namespace gf::env
