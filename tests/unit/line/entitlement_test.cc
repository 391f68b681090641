// P7 and P8, on the functions that really decide who sees what and who writes where.
#include "line/entitlement.h"

#include <gmock/gmock.h>

#include "base/glob.h"
#include "line/acts.h"
#include "support/facts.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class EntitlementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    given_.test_paths = {"tests/**", "test/**", "**/test_*.py"};
    given_.thresholds.coverage_percent = 77;
    record::Spec spec;
    spec.title = "a title";
    spec.touchpoints = {"app/main.py"};
    spec.introduces = {"app/health.py", "GET /health", "health()"};
    spec.acceptance_criteria = {
        {"AC1", "http", "", "GET /health", {}, "", {"tests/test_old.py::test_one"}}};
    dossier_.spec = spec;
    dossier_.brief = stage::Brief{{"app/main.py"}, {"app/health.py"}, {}, {}, {}, "", kScouted};
    dossier_.builder = "secret/builder";
  }
  stage::Input of(const char* name) const {
    Showing showing;
    showing.assignment = &given_;
    showing.dossier = &dossier_;
    showing.tree = &tree_;
    showing.tree_summary = "a listing";
    showing.request = "a request";
    showing.feedback = {"mend this"};
    return input_for(*stage::find_stage(name), showing);
  }
  static bool may(const tool::Scope& scope, const std::string& path) {
    auto matches = [&](const std::string& pattern) { return glob_matches(pattern, path); };
    return std::any_of(scope.writable.begin(), scope.writable.end(), matches) &&
           std::none_of(scope.protected_paths.begin(), scope.protected_paths.end(), matches);
  }
  bool build_may(const std::string& path) const { return may(build_scope(given_, dossier_), path); }
  bool test_may(const std::string& path) const {
    return may(test_scope(given_, dossier_, {}, tree_), path);
  }

  static constexpr const char* kScouted = "what SCOUT said";
  Assignment given_;
  Dossier dossier_;
  test::MapFacts tree_{{{"app/main.py", "the body"},
                        {"tests/test_old.py", "def test_one(): pass"},
                        {"tests/conftest.py", ""},
                        {"test/conftest.py", ""},
                        {"app/test_near.py", ""},
                        {"pyproject.toml", ""}}};
};

TEST_F(EntitlementTest, TheReviewerIsAStranger) {
  stage::Input in = of("review");

  EXPECT_FALSE(in.brief) << "SCOUT's words";
  EXPECT_THAT(in.files, IsEmpty()) << "what another stage chose";
  EXPECT_THAT(in.signatures, IsEmpty());
  EXPECT_THAT(in.tree_summary, IsEmpty());
  EXPECT_EQ(in.spec->title, "a title");
  EXPECT_EQ(in.tree, &tree_);
  EXPECT_THAT(in.feedback, ElementsAre("mend this")) << "its own, for a malformed answer";
}

TEST_F(EntitlementTest, TestSeesNoBodies) {
  stage::Input in = of("test");

  EXPECT_THAT(in.files, IsEmpty());
  EXPECT_THAT(in.hunks, IsEmpty());
  ASSERT_TRUE(in.brief);
  EXPECT_EQ(in.brief->notes, kScouted);
}

TEST_F(EntitlementTest, PlanHasTheSummaryAndNobodyElse) {
  EXPECT_EQ(of("plan").tree_summary, "a listing");
  for (const char* name : {"scout", "build", "test", "review"})
    EXPECT_THAT(of(name).tree_summary, IsEmpty()) << name;
}

TEST_F(EntitlementTest, BuildGetsTheNamedFilesThatAreThere) {
  stage::Input in = of("build");

  ASSERT_THAT(in.files, SizeIs(1));
  EXPECT_EQ(in.files[0].first, "app/main.py");
  EXPECT_EQ(in.files[0].second, "the body");
}

TEST_F(EntitlementTest, AHugeFileIsCutAndThereIsABoundForAll) {
  std::map<std::string, std::string> files;
  dossier_.brief->files.clear();
  for (int i = 0; i < 10; ++i) {
    std::string path = "f" + std::to_string(i);
    files[path] = std::string(100u << 10, 'x');
    dossier_.brief->files.push_back(path);
  }
  tree_ = test::MapFacts(files);

  size_t total = 0;
  for (const auto& [path, content] : of("build").files) total += content.size();

  EXPECT_LE(total, 200u << 10);
  EXPECT_GE(total, 150u << 10);
}

TEST_F(EntitlementTest, EveryStageHasTheNumbersItIsHeldTo) {
  for (const stage::Stage& stage : stage::all_stages())
    EXPECT_EQ(of(std::string(stage.name).c_str()).thresholds.coverage_percent, 77) << stage.name;
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
  dossier_.brief->files = {"pyproject.toml"};
  EXPECT_FALSE(build_may("pyproject.toml")) << "a brief cannot open it";
  dossier_.spec->touchpoints = {"pyproject.toml"};
  EXPECT_TRUE(build_may("pyproject.toml"));
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

TEST_F(EntitlementTest, TheEntryThatTheLineWroteIsNoHunkForREVIEW) {
  given_.changelog.path = "CHANGELOG.md";
  Change change;
  change.hunks = {{"CHANGELOG.md", 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"},
                  {"app/main.py", 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"}};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change);

  ASSERT_THAT(hunks, SizeIs(1));
  EXPECT_EQ(hunks[0].id, "H1");
  EXPECT_EQ(hunks[0].path, "app/main.py");
}

TEST_F(EntitlementTest, HunksHaveOneBoundTogetherAndNoneIsLeftOut) {
  Change change;
  for (int i = 0; i < 5; ++i)
    change.hunks.push_back({"f" + std::to_string(i), 1, 0, 1, 1,
                            "@@ -1,0 +1 @@\n+" + std::string(100u << 10, 'x') + "\n"});

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change);

  size_t total = 0;
  for (const stage::ReviewHunk& hunk : hunks) total += hunk.text.size();
  EXPECT_THAT(hunks, SizeIs(5));
  EXPECT_LE(total, 257u << 10);
  EXPECT_THAT(hunks.back().text, HasSubstr("cut here"));
}

TEST_F(EntitlementTest, OnlySourceHasLinesToCover) {
  Change change;
  for (const char* path : {"app/main.py", "tests/test_new.py", "README.md"})
    change.hunks.push_back({path, 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"});

  auto lines = lines_to_cover(given_, change);

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines["app/main.py"], ElementsAre(2));
}

TEST(ChangeTest, AddedLinesAreNumberedAsTheNewFileHasThem) {
  Change change;
  change.hunks = {
      {"a", 1, 3, 1, 4, "@@ -1,3 +1,4 @@ def f():\n one\n-two\n+2\n+2b\n three\n"},
      {"a", 10, 1, 11, 2, "@@ -10 +11,2 @@\n ten\n+eleven\n\\ No newline at end of file\n"},
      {"gone", 1, 1, 0, 0, "@@ -1 +0,0 @@\n-x\n"}};

  auto added = change.added_lines();

  EXPECT_THAT(added, SizeIs(1));
  EXPECT_THAT(added["a"], ElementsAre(2, 3, 12));
}

TEST(ActsTest, EveryStageHasItsAct) {
  auto stages = stage::all_stages();
  ASSERT_EQ(stages.size(), kActs.size());
  for (size_t i = 0; i < kActs.size(); ++i) EXPECT_EQ(kActs[i].stage, stages[i].name);
}

}  // namespace
}  // namespace gf::line
