// P8, on the functions that really decide who reads and writes where.
#include <gmock/gmock.h>

#include "unit/line/entitled.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(EntitlementTest, TestReadsTestsAndNothingElse) {
  tool::Scope scope = test_scope(given_, dossier_, {}, tree_);

  EXPECT_TRUE(glob_matches_any(scope.readable, "tests/deep/data.json"));
  EXPECT_TRUE(glob_matches_any(scope.readable, "conftest.py"));
  EXPECT_FALSE(glob_matches_any(scope.readable, "app/main.py"));
  EXPECT_FALSE(glob_matches_any(scope.readable, "app/__init__.py"));
}

TEST_F(EntitlementTest, WhatTestsShareBesideThemInAPackageIsReadable) {
  tree_ = test::MapFacts({{"src/pkg/test/test_a.py", ""},
                          {"src/pkg/test/helpers.py", ""},
                          {"django/test/client.py", ""},
                          {"odd[1]/test/unit/test_b.py", ""}});

  tool::Scope scope = test_scope(given_, dossier_, {}, tree_);

  EXPECT_TRUE(glob_matches_any(scope.readable, "src/pkg/test/helpers.py"));
  EXPECT_TRUE(glob_matches_any(scope.readable, "odd[1]/test/data/rows.json"));
  EXPECT_FALSE(glob_matches_any(scope.readable, "django/test/client.py")) << "code, by its tests";
  EXPECT_FALSE(glob_matches_any(scope.writable, "src/pkg/test/helpers.py"));
}

TEST_F(EntitlementTest, WhatSaysWhichTestsAreBuiltIsOfTest) {
  tree_ = test::MapFacts({{"CMakeLists.txt", "add_subdirectory(tests)"},
                          {"tests/CMakeLists.txt", "add_executable(t a_test.cc)"},
                          {"tests/deep/meson.build", ""},
                          {"tests/a_test.cc", ""}});
  dossier_.brief->test_files = {"tests/a_test.cc"};
  dossier_.brief->files = {"app/main.cc", "tests/CMakeLists.txt"};

  for (const char* path : {"tests/CMakeLists.txt", "tests/deep/meson.build"}) {
    EXPECT_TRUE(test_may(path)) << path;
    EXPECT_FALSE(build_may(path)) << path;
  }
  EXPECT_FALSE(test_may("tests/a_test.cc")) << "tests that are there stay as they are";
  EXPECT_FALSE(test_may("CMakeLists.txt")) << "it builds the code, too";
  std::string shown = of("test").tests.empty() ? "" : of("test").tests.front().second;
  EXPECT_NE(shown.find("add_executable(t a_test.cc)"), std::string::npos) << shown;

  given_.wishes.rules = Rules::kDeclarationsDoNotRun;
  EXPECT_FALSE(test_may("tests/CMakeLists.txt")) << "as runs of then were held to";
}

TEST_F(EntitlementTest, AListThatNamesTestsBesideCodeIsAddedTo) {
  tree_ = test::MapFacts({{"CMakeLists.txt", "add_library(c c.cc)\nadd_executable(t a_test.cc)"},
                          {"c.cc", ""},
                          {"src/CMakeLists.txt", "add_library(d d.cc)"},
                          {"low/CMakeLists.txt", "add_executable(a_test tests/a_test.cc)"},
                          {"other/meson.build", "executable('a_test')"},
                          {"low/tests/a_test.cc", ""}});
  given_.test_paths = {"**/tests/**"};
  dossier_.brief->test_files = {"low/tests/a_test.cc"};
  dossier_.brief->files = {"c.cc", "CMakeLists.txt"};

  EXPECT_TRUE(test_may("CMakeLists.txt"));
  EXPECT_TRUE(test_may("low/CMakeLists.txt"));
  EXPECT_TRUE(build_may("CMakeLists.txt")) << "it names code, too";
  EXPECT_FALSE(test_may("src/CMakeLists.txt")) << "it names no test";
  EXPECT_FALSE(test_may("other/meson.build")) << "no test of the memo is below it";
  EXPECT_FALSE(test_may("c.cc"));
  std::vector<std::string> shown;
  for (const auto& [name, text] : of("test").tests) shown.push_back(name);
  EXPECT_THAT(shown, ElementsAre("CMakeLists.txt (to add to)", "low/CMakeLists.txt (to add to)"));

  given_.wishes.rules = Rules::kTestsAreBuilt;
  EXPECT_FALSE(test_may("CMakeLists.txt")) << "as runs of then were held to";
}

TEST_F(EntitlementTest, AFileThatTheRunnerIsStartedWithIsAddedTo) {
  tree_ = test::MapFacts({{"test.js", "test('a', () => 1)"}, {"index.js", ""}});
  given_.test_paths = {"test.js"};
  given_.named_tests = {"test.js"};
  dossier_.brief->test_files = {"test.js"};
  dossier_.brief->files = {"index.js", "test.js"};
  record::GateOutcome outcome;
  outcome.tests.push_back({});
  outcome.tests.back().id = "test.js::a";

  EXPECT_TRUE(may(test_scope(given_, dossier_, {outcome}, tree_), "test.js"));
  EXPECT_FALSE(build_may("test.js"));
  stage::Input in = of("test");
  ASSERT_THAT(in.tests, SizeIs(1));
  EXPECT_EQ(in.tests.front().first, "test.js (to add to)");
  given_.wishes.rules = Rules::kTestsAreBuilt;
  EXPECT_FALSE(may(test_scope(given_, dossier_, {outcome}, tree_), "test.js"));
}

TEST_F(EntitlementTest, APatternInABriefOpensNothing) {
  for (const char* pattern : {"**", "*", "app/", "app/**", "app/*.py", "[a-z]*"}) {
    dossier_.brief->files = {};
    dossier_.brief->new_files = {pattern};
    EXPECT_FALSE(build_may("app/other.py")) << pattern;
    EXPECT_FALSE(build_may("secrets.txt")) << pattern;
  }
  dossier_.brief->new_files = {};
  dossier_.spec->introduces = {"app/**", "*.py"};
  EXPECT_FALSE(build_may("app/other.py")) << "a spec is a model's too";
  given_.wishes.spec = dossier_.spec;
  EXPECT_TRUE(build_may("app/other.py")) << "unless a person gave it";
  dossier_.brief->new_files = {"app/[id].py"};
  EXPECT_TRUE(build_may("app/[id].py")) << "a name may hold such signs";
  given_.wishes.rules = Rules::kTestsValidated;
  dossier_.brief->new_files = {"**"};
  EXPECT_TRUE(build_may("app/other.py")) << "runs of older rules go on as they were";
}

TEST_F(EntitlementTest, BuildWritesWhatSpecAndBriefName) {
  EXPECT_TRUE(build_may("app/main.py"));
  EXPECT_TRUE(build_may("app/health.py"));
  EXPECT_FALSE(build_may("app/other.py"));
  EXPECT_FALSE(build_may("GET /health"));
}

TEST_F(EntitlementTest, BuildNeverWritesTestsNorTheChangelog) {
  given_.changelog.path = "CHANGELOG.md";
  dossier_.spec->touchpoints = {"tests/test_old.py", "CHANGELOG.md", "tests/new.py"};

  EXPECT_FALSE(build_may("tests/test_old.py"));
  EXPECT_FALSE(build_may("tests/new.py"));
  EXPECT_FALSE(build_may("CHANGELOG.md"));
  given_.changelog.path = "changes";
  dossier_.spec->touchpoints = {"changes/1.feature"};
  EXPECT_FALSE(build_may("changes/1.feature"));
}

TEST_F(EntitlementTest, GateConfigurationIsWrittenOnlyWhereTheSpecNamesIt) {
  given_.test_paths = {"**"};  // of TEST no other rule stands in the way
  given_.guarded_below = {"packages/low/package.json"};
  for (const char* path :
       {"pyproject.toml", "package.json", "jest.config.js", "vitest.config.ts", "vite.config.ts",
        ".mocharc.cjs", "tsconfig.json", "src/tsconfig.test.json", "biome.json", "eslint.config.js",
        "go.mod", "go.work", ".golangci.yml", "packages/low/package.json"}) {
    EXPECT_FALSE(test_may(path)) << path;
    given_.test_paths = {"tests/**"};
    dossier_.brief->files = {path};
    dossier_.spec->touchpoints = {"app/main.py"};
    EXPECT_FALSE(build_may(path)) << path << ": a brief cannot open it";
    dossier_.spec->touchpoints = {path};
    EXPECT_TRUE(build_may(path)) << path;
    given_.test_paths = {"**"};
  }
  given_.wishes.rules = Rules::kShownAtOnce;
  EXPECT_TRUE(test_may("package.json")) << "as runs before that went";
}

TEST_F(EntitlementTest, TestAddsTestsAndChangesWhatACriterionAuthorises) {
  EXPECT_TRUE(test_may("tests/test_new.py"));
  EXPECT_TRUE(test_may("tests/test_old.py")) << "authorised by its test";
  EXPECT_FALSE(test_may("app/main.py"));
  EXPECT_FALSE(test_may("pyproject.toml"));
}

TEST_F(EntitlementTest, ExistingTestFilesAreProtectedByWhateverPatternTheyAreTests) {
  for (const char* path : {"tests/conftest.py", "test/conftest.py", "app/test_near.py"})
    EXPECT_FALSE(test_may(path)) << path;
}

TEST_F(EntitlementTest, FilesWhoseTestsRanOnTheBaseAreProtectedToo) {
  record::GateOutcome outcome;
  outcome.tests.push_back({});
  outcome.tests.back().id = "tests/made_at_run_time.py::test_x";

  EXPECT_FALSE(may(test_scope(given_, dossier_, {outcome}, tree_), "tests/made_at_run_time.py"));
}

TEST_F(EntitlementTest, TheEntryIsBUILDsOnlyWhereNoRuleWritesItAndWhatAToolAssemblesNever) {
  given_.changelog.path = "changes";
  given_.changelog.assembled = "CHANGES.md";
  dossier_.spec->touchpoints = {"CHANGES.md"};

  EXPECT_FALSE(build_may("changes/12.bugfix.md"));
  dossier_.changelog_is_builders = true;
  EXPECT_TRUE(build_may("changes/12.bugfix.md"));
  EXPECT_FALSE(build_may("CHANGES.md"));
  given_.changelog = {};
  given_.changelog.path = "HISTORY.md";
  EXPECT_TRUE(build_may("HISTORY.md"));
}

TEST_F(EntitlementTest, OnlySourceHasLinesToCover) {
  Change change;
  for (const char* path : {"app/main.py", "tests/test_new.py", "README.md"})
    change.hunks.push_back({path, 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"});

  auto lines = lines_to_cover(given_, change);

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines["app/main.py"], ElementsAre(2));
}

}  // namespace
}  // namespace gf::line
