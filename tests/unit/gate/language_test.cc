// What the rows of the table answer together.
#include "gate/language.h"

#include <gmock/gmock.h>

#include "base/glob.h"
#include "support/facts.h"

namespace gf::gate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(LanguageTest, EveryRowIsWhole) {
  for (const Language& language : all_languages()) {
    EXPECT_FALSE(language.name.empty());
    EXPECT_FALSE(language.sources.empty()) << language.name;
    EXPECT_FALSE(language.test_paths.empty()) << language.name;
    EXPECT_NE(language.detect, nullptr) << language.name;
    // A compiler is a gate of its own: then no file is a parser's.
    ASSERT_EQ(language.parser == nullptr, language.parsed.empty()) << language.name;
    if (language.parser == nullptr) continue;
    // The record shows no path of this machine.
    for (const std::string& word : language.parser("/v/bin/program").recorded)
      EXPECT_EQ(word.find("/v/bin"), std::string::npos) << language.name;
  }
}

TEST(LanguageTest, SourcesAndTestsAreToldByTheirNames) {
  EXPECT_TRUE(is_source("app/x.py"));
  EXPECT_FALSE(is_source("app/x.pyc"));
  EXPECT_FALSE(is_source("README.md"));
  EXPECT_TRUE(holds_tests("tests/test_a.py"));
  EXPECT_TRUE(holds_tests("tests/test_conftest.py"));
  for (const char* path : {"conftest.py", "tests/conftest.py", "tests/__init__.py", "tests/a.json"})
    EXPECT_FALSE(holds_tests(path)) << path;
}

TEST(LanguageTest, TheCustomaryTestPathsAreOnRecordInThisOrder) {
  std::vector<std::string> paths = default_test_paths();
  std::vector<std::string> pythons(paths.begin(), paths.begin() + 7);

  EXPECT_THAT(pythons, ElementsAre("tests/**", "test/**", "**/test_*.py", "**/*_test.py",
                                   "test_*.py", "**/tests/**", "**/tests.py"));
  for (const char* path : {"src/__tests__/a.ts", "src/a.test.ts", "src/a.spec.jsx"})
    EXPECT_TRUE(glob_matches_any(paths, path)) << path;
}

TEST(LanguageTest, WhatTestsNeedIsFoundWhereverItIs) {
  test::MapFacts tree({{"app/x.py", ""},
                       {"app/test_x.py", ""},
                       {"test/conftest.py", ""},
                       {"test/data/a.json", ""},
                       {"testing.md", ""}});

  EXPECT_THAT(paths_matching(tree, default_test_paths()),
              ElementsAre("app/test_x.py", "test/conftest.py", "test/data/a.json"));
  EXPECT_THAT(paths_matching(tree, {}), IsEmpty());
}

TEST(LanguageTest, WhatDecidesOverGatesIsGuarded) {
  for (const char* path : {"pyproject.toml", "**/ruff.toml", ".github/**", ".gitattributes",
                           ".gitfactory", "uv.lock", "package-lock.json", "**/tsconfig*.json"})
    EXPECT_THAT(guarded_paths(), Contains(path));
  for (const char* path : {"package.json", "go.mod", "vite.config.*", "pyproject.toml"})
    EXPECT_THAT(guarded_with_manifests(), Contains(path));
}

}  // namespace
}  // namespace gf::gate
