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
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

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
    dossier_.brief = stage::Brief{{"app/main.py"}, {"app/health.py"}, {}, {}, {}, "", kScouted, {}};
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
    showing.change = change_;
    showing.first_look = {{"app/looked_at.py", "1\tlooked at\n"}};
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
  const Change* change_ = nullptr;
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

TEST_F(EntitlementTest, OnlyScoutIsShownTheFirstLook) {
  EXPECT_THAT(of("scout").files, ElementsAre(Pair("app/looked_at.py", "1\tlooked at\n")));
  for (const char* name : {"plan", "build", "test", "review"}) {
    for (const auto& file : of(name).files) EXPECT_NE(file.first, "app/looked_at.py") << name;
  }
}

TEST_F(EntitlementTest, ByOlderRulesScoutBeganWithWindowsOfWhatTheSpecTouches) {
  given_.wishes.rules = Rules::kSaidIsDone;
  given_.changelog.path = "pyproject.toml";
  dossier_.spec->touchpoints = {"app/main.py", "pyproject.toml", "app/not_there.py",
                                "tests/test_old.py", "app/main.py"};

  stage::Input in = of("scout");

  ASSERT_THAT(in.files, SizeIs(2));
  EXPECT_EQ(in.files[0].first, "app/main.py");
  EXPECT_EQ(in.files[0].second, "1\tthe body\n");
  EXPECT_EQ(in.files[1].first, "tests/test_old.py");
}

TEST_F(EntitlementTest, BuildGetsTheNamedFilesThatAreThere) {
  stage::Input in = of("build");

  ASSERT_THAT(in.files, SizeIs(1));
  EXPECT_EQ(in.files[0].first, "app/main.py");
  EXPECT_EQ(in.files[0].second, "1\tthe body\n");
}

TEST_F(EntitlementTest, BuildIsNotShownWhatItMayNotWrite) {
  given_.changelog.path = "CHANGELOG.md";
  dossier_.brief->files = {"app/main.py", "tests/test_old.py", "CHANGELOG.md", "pyproject.toml"};

  stage::Input in = of("build");

  ASSERT_THAT(in.files, SizeIs(1));
  EXPECT_EQ(in.files[0].first, "app/main.py");
}

TEST_F(EntitlementTest, PlacesInFilesThatAreNotBuildsAreShownToReadAndToldOnce) {
  std::string test = "import one\n";
  for (int i = 2; i < 60; ++i) test += "line " + std::to_string(i) + "\n";
  tree_ = test::MapFacts({{"app/main.py", "the body\n"}, {"tests/test_old.py", test}});
  dossier_.brief->places = {{"app/main.py", 1, 1, "to change"},
                            {"tests/test_old.py", 30, 31, "the form of a test"},
                            {"app/gone.py", 1, 2, "not there"}};

  stage::Input in = of("build");

  ASSERT_THAT(in.files, SizeIs(2));
  EXPECT_EQ(in.files[0].second, "[1-1: to change]\n1\tthe body\n");
  EXPECT_EQ(in.files[1].first, "tests/test_old.py (to read; not yours to change)");
  EXPECT_THAT(in.files[1].second, HasSubstr("[30-31: the form of a test]\n22\tline 22\n"));
  EXPECT_THAT(in.files[1].second, Not(HasSubstr("import one")));
  ASSERT_THAT(in.brief->places, SizeIs(1)) << "the others stand above their windows";
  EXPECT_EQ(in.brief->places[0].path, "app/gone.py");
}

TEST_F(EntitlementTest, TestsMemoHasNoPlacesOfCode) {
  dossier_.brief->places = {{"app/main.py", 1, 1, "to change"},
                            {"tests/test_old.py", 1, 1, "form"}};
  dossier_.brief->reuse = {{"app/main.py", "helper", "does it"},
                           {"tests/conftest.py", "app", "it"}};

  stage::Input in = of("test");

  ASSERT_THAT(in.brief->places, SizeIs(1));
  EXPECT_EQ(in.brief->places[0].path, "tests/test_old.py");
  ASSERT_THAT(in.brief->reuse, SizeIs(1));
  EXPECT_EQ(in.brief->reuse[0].symbol, "app");
}

TEST_F(EntitlementTest, TestIsShownTheFormOfTestsWhereTheMemoPointsAndWhatTheyShare) {
  std::string source = "import one\n";
  for (int i = 0; i < 200; ++i)
    source += "\n\ndef test_f" + std::to_string(i) + "(client):\n    assert client.get(" +
              std::to_string(i) + ")\n";
  tree_ = test::MapFacts(
      {{"tests/unit/test_it.py", source}, {"tests/unit/conftest.py", "def client(): ...\n"}});
  dossier_.spec->acceptance_criteria[0].authorises.clear();
  dossier_.brief->test_files = {"tests/unit/test_it.py"};
  auto shown = [&] {
    Showing showing;
    showing.assignment = &given_;
    showing.dossier = &dossier_;
    showing.tree = &tree_;
    return input_for(*stage::find_stage("test"), showing).tests;
  };

  EXPECT_THAT(shown().at(0).second, HasSubstr("5\t    assert client.get(0)\n"));
  EXPECT_EQ(shown().at(1).first, "tests/unit/conftest.py (to read; not yours to change)");
  EXPECT_EQ(shown().at(1).second, "1\tdef client(): ...\n");
  dossier_.brief->places = {{"tests/unit/test_it.py", 400, 401, "the nearest"}};
  EXPECT_THAT(shown().at(0).second, StartsWith("[400-401: the nearest]\n"));
  EXPECT_THAT(shown().at(0).second, HasSubstr("\n401\t    assert client.get(99)\n"));
}

/// A file of the new tree, and hunks of it.
TEST_F(EntitlementTest, AHunkShowsTheFunctionThatItStandsInAndNoLineTwice) {
  std::string source = "import one\n\n\nclass A:\n    def f(self):\n";
  for (int i = 6; i <= 40; ++i) source += "        step(" + std::to_string(i) + ")\n";
  source += "\n    def g(self):\n        pass\n";
  // Neither the class nor the file is short.
  for (int i = 1; i <= 200; ++i) source += "        other_step(" + std::to_string(i) + ", None)\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  Change change;
  auto hunk = [](int at) {
    std::string text = "@@ -" + std::to_string(at - 1) + ",2 +" + std::to_string(at - 1) +
                       ",3 @@ class A:\n         step(" + std::to_string(at - 1) +
                       ")\n+        step(" + std::to_string(at) + ")\n         step(" +
                       std::to_string(at + 1) + ")\n";
    return git::Hunk{"app/main.py", at - 1, 2, at - 1, 3, text};
  };
  change.hunks = {hunk(15), hunk(30)};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change, &tree_);

  ASSERT_THAT(hunks, SizeIs(2));
  EXPECT_THAT(hunks[0].text,
              testing::StartsWith("@@ -5,23 +5,24 @@ class A:\n     def f(self):\n"));
  EXPECT_THAT(hunks[0].text, testing::EndsWith("         step(28)\n"));
  EXPECT_THAT(hunks[1].text,
              testing::StartsWith("@@ -29,11 +29,12 @@ class A:\n         step(29)\n"));
  EXPECT_THAT(hunks[1].text, testing::EndsWith("         step(40)\n"));
  EXPECT_EQ(hunks[0].new_start, 5);
  EXPECT_EQ(hunks[0].new_count, 24);
  change.hunks[0].path = change.hunks[1].path = "app/gone.py";
  EXPECT_EQ(hunks_to_review(given_, change, &tree_)[0].text, change.hunks[0].text);
}

TEST_F(EntitlementTest, HunksOfAShortFileShowAllOfItOnceAndOfTextWhatIsNextToThem) {
  std::string source, text;
  for (int i = 1; i <= 40; ++i) {
    source += "x" + std::to_string(i) + " = 1\n";
    text += "line " + std::to_string(i) + "\n";
  }
  tree_ = test::MapFacts({{"app/main.py", source}, {"docs/index.md", text}});
  Change change;
  change.hunks = {{"app/main.py", 10, 1, 10, 1, "@@ -10 +10 @@\n-x10 = 0\n+x10 = 1\n"},
                  {"app/main.py", 20, 1, 20, 1, "@@ -20 +20 @@\n-x20 = 0\n+x20 = 1\n"},
                  {"docs/index.md", 20, 1, 20, 1, "@@ -20 +20 @@\n-old\n+line 20\n"}};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change, &tree_);

  ASSERT_THAT(hunks, SizeIs(3));
  EXPECT_THAT(hunks[0].text, StartsWith("@@ -1,19 +1,19 @@\n x1 = 1\n"));
  EXPECT_THAT(hunks[0].text, testing::EndsWith("\n x19 = 1\n"));
  EXPECT_THAT(hunks[1].text, StartsWith("@@ -20,21 +20,21 @@\n-x20 = 0\n"));
  EXPECT_THAT(hunks[1].text, testing::EndsWith("\n x40 = 1\n"));
  EXPECT_THAT(hunks[2].text, StartsWith("@@ -12,17 +12,17 @@\n line 12\n"));
}

TEST_F(EntitlementTest, AHunkShowsAClassThatIsNotLong) {
  std::string source;
  for (int i = 1; i <= 1000; ++i) source += "x = " + std::to_string(i) + "\n";
  source += "class A:\n    one = 1\n    two = 2\n    def f(self): return 1\n    three = 3\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  Change change;
  change.hunks = {{"app/main.py", 1003, 1, 1004, 1,
                   "@@ -1003 +1004 @@\n-    def f(self): pass\n+    def f(self): return 1\n"}};

  EXPECT_EQ(hunks_to_review(given_, change, &tree_)[0].text,
            "@@ -1000,5 +1001,5 @@\n class A:\n     one = 1\n     two = 2\n"
            "-    def f(self): pass\n+    def f(self): return 1\n     three = 3\n");
}

TEST_F(EntitlementTest, BuildGetsWindowsOfALongFileAndAnOutlineOfTheRest) {
  std::string source = "import one\n";
  for (int i = 0; i < 400; ++i)
    source += "\n\n@deco\ndef f" + std::to_string(i) + "(a, sep='\\n') -> int:\n    return " +
              std::to_string(i) + "000\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  dossier_.brief->places = {{"app/main.py", 1000, 1004, "here"},
                            {"app/main.py", 0, -1, "nonsense"}};

  std::string shown = of("build").files.at(0).second;

  EXPECT_THAT(shown, HasSubstr("1\timport one\n"));
  EXPECT_THAT(shown, HasSubstr("1005\tdef f200"));
  EXPECT_THAT(shown, HasSubstr("What else it defines:\n"));
  EXPECT_THAT(shown, HasSubstr("def f50(a, sep='\\n') -> int\n"));
  EXPECT_THAT(shown, Not(HasSubstr("50000\n"))) << "bodies of the rest";
  EXPECT_THAT(shown, HasSubstr("read_file has the others"));
}

TEST_F(EntitlementTest, APlaceThatIsTooLongIsShownFromItsFirstLineOn) {
  std::string source;
  for (int i = 1; i <= 4000; ++i) source += "line " + std::to_string(i) + " of a long class\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  dossier_.brief->places = {{"app/main.py", 2000, 999999, "the class"}};

  std::string shown = of("build").files.at(0).second;

  EXPECT_THAT(shown, HasSubstr("2100\tline 2100 of"));
  EXPECT_THAT(shown, Not(HasSubstr("3900\t")));
  EXPECT_LE(shown.size(), 17u << 10);
}

TEST_F(EntitlementTest, ALongFileWithoutPlacesIsShownAroundTheNamesOfTheSpec) {
  std::string source(20000, '\n');
  source.insert(10000, "def health():\n");
  tree_ = test::MapFacts({{"app/main.py", source}});

  EXPECT_THAT(of("build").files.at(0).second, HasSubstr("10001\tdef health():\n"));
}

TEST_F(EntitlementTest, AHugeFileIsCutAndThereIsABoundForAll) {
  std::map<std::string, std::string> files;
  dossier_.brief->files.clear();
  for (int i = 0; i < 20; ++i) {
    std::string path = "f" + std::to_string(i) + ".py";
    for (int k = 0; k < 2000; ++k)
      files[path] += "def a_function_of_some_length(): return 'health()'\n";
    dossier_.brief->files.push_back(path);
  }
  tree_ = test::MapFacts(files);

  stage::Input in = of("build");

  size_t total = 0;
  for (const auto& [path, content] : in.files) total += content.size();
  EXPECT_LE(total, 70u << 10);
  EXPECT_GE(total, 40u << 10);
  EXPECT_THAT(in.files, SizeIs(20)) << "what has no room is named";
  EXPECT_THAT(in.files.back().second, HasSubstr("read_file has it"));
}

TEST_F(EntitlementTest, TestSeesTheTestsItMayChangeAndThoseItWrote) {
  Change change;
  change.deltas = {{git::DeltaKind::kAdded, "tests/test_new.py", {}, {}, {}, {}},
                   {git::DeltaKind::kModified, "app/main.py", {}, {}, {}, {}}};
  tree_ = test::MapFacts({{"app/main.py", "the body"},
                          {"tests/test_old.py", "def test_one(): pass"},
                          {"tests/test_new.py", "def test_ac1(): pass"},
                          {"tests/test_other.py", "def test_two(): pass"}});
  change_ = &change;

  stage::Input in = of("test");

  ASSERT_THAT(in.tests, SizeIs(2));
  EXPECT_EQ(in.tests[0].first, "tests/test_new.py");
  EXPECT_EQ(in.tests[1].first, "tests/test_old.py");
  EXPECT_THAT(in.files, IsEmpty());
  for (const auto& file : in.tests) EXPECT_THAT(file.second, Not(HasSubstr("the body")));
}

TEST_F(EntitlementTest, TestIsShownTheFormOfTestsOnceAndNoCode) {
  dossier_.spec->acceptance_criteria[0].authorises.clear();
  dossier_.brief->test_files = {"app/main.py", "tests/not_there.py", "tests/test_old.py",
                                "app/test_near.py"};
  Showing showing;
  showing.assignment = &given_;
  showing.dossier = &dossier_;
  showing.tree = &tree_;
  auto shown = [&] { return input_for(*stage::find_stage("test"), showing).tests; };

  ASSERT_THAT(shown(), SizeIs(1));
  EXPECT_THAT(shown()[0].first, StartsWith("tests/test_old.py (to read"));
  EXPECT_THAT(shown()[0].second, HasSubstr("def test_one(): pass"));
  showing.feedback = {"mend this"};
  EXPECT_THAT(shown(), IsEmpty()) << "by then it has files of its own";
}

TEST_F(EntitlementTest, TestIsShownWhatTheFormImportsAndSharesAndNoCode) {
  dossier_.spec->acceptance_criteria[0].authorises.clear();
  std::map<std::string, std::string> files = {
      {"src/app/test/test_a.py",
       "from .helpers import one\nfrom ..core import two\nfrom app.core import two\n\n"
       "def test_a(): pass\n"},
      {"src/app/test/helpers.py", "one = 1\n"},
      {"src/app/test/conftest.py", "fixture = 1\n"},
      {"src/app/test/test_b.py", "def test_b(): pass\n"},
      {"src/app/core.py", "two = 2\n"}};
  tree_ = test::MapFacts(files);
  dossier_.brief->test_files = {"src/app/test/test_a.py", "src/app/test/test_new.py"};
  Showing showing;
  showing.assignment = &given_;
  showing.dossier = &dossier_;
  showing.tree = &tree_;

  stage::Input in = input_for(*stage::find_stage("test"), showing);

  ASSERT_THAT(in.tests, SizeIs(3));
  EXPECT_THAT(in.tests[0].second, HasSubstr("[beside it: conftest.py, helpers.py, test_b.py]\n"));
  EXPECT_EQ(in.tests[1].first, "src/app/test/conftest.py (to read; not yours to change)");
  EXPECT_EQ(in.tests[2].first, "src/app/test/helpers.py (to read; not yours to change)");
  EXPECT_THAT(in.brief->test_files, ElementsAre("src/app/test/test_new.py"))
      << "a file that is there is no place for new tests";
}

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

TEST_F(EntitlementTest, TheReviewerSeesTestsOfCriteriaThatNoHunkShows) {
  record::GateOutcome outcome;
  outcome.tests = {
      {"tests/test_old.py::test_ac1_was_there[x]", record::TestStatus::kPassed, "", ""},
      {"tests/test_new.py::test_ac1_new", record::TestStatus::kPassed, "", ""},
      {"tests/conftest.py::test_other", record::TestStatus::kPassed, "", ""}};
  dossier_.tested = {outcome};
  Change change;
  change.deltas = {{git::DeltaKind::kAdded, "tests/test_new.py", {}, {}, {}, {}}};
  change_ = &change;

  stage::Input in = of("review");

  ASSERT_THAT(in.tests, SizeIs(1));
  EXPECT_EQ(in.tests[0].first, "tests/test_old.py");
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

TEST_F(EntitlementTest, SignaturesAreThoseOfTheChangeWithoutBodies) {
  Change change;
  change.hunks = {{"app/main.py", 1, 1, 10, 2, "@@ -10 +10,2 @@\n a\n+b\n"}};
  std::vector<tool::Definition> main = {{1, 5, "1: def old()\n"},
                                        {8, 20, "8: class C\n"},
                                        {9, 12, "9:     def g(self) -> int\n"},
                                        {14, 16, "14:     def h(self)\n"}};

  EXPECT_EQ(signatures_of(change, {"app/main.py", "app/none.py"}, {main, {}}),
            "app/main.py\n8: class C\n9:     def g(self) -> int\n"
            "(and 2 that the change does not touch)\n\napp/none.py\nno definitions\n\n");
  EXPECT_EQ(signatures_of(change, {"app/main.py"}, {main}, {"pkg.C.h", "old", "gone"}),
            "app/main.py\n1: def old()\n8: class C\n9:     def g(self) -> int\n"
            "14:     def h(self)\n\n")
      << "of what is not touched, what is named";
  std::vector<tool::Definition> many(5000, {10, 12, std::string(100, 'x') + "\n"});
  std::string cut = signatures_of(change, {"app/main.py", "b.py"}, {many, {}});
  EXPECT_LE(cut.size(), kSignatureBytes + 200);
  EXPECT_THAT(cut, HasSubstr("[... 2 files not shown]"));
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

TEST_F(EntitlementTest, TheEntryIsTheLastHunkAndMarkedAndUnseenByOldRules) {
  given_.changelog.path = "CHANGELOG.md";
  Change change;
  change.hunks = {{"CHANGELOG.md", 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"},
                  {"app/main.py", 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"}};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change);

  ASSERT_THAT(hunks, SizeIs(2));
  EXPECT_EQ(hunks[0].id, "H1");
  EXPECT_EQ(hunks[0].path, "app/main.py");
  EXPECT_FALSE(hunks[0].changelog);
  EXPECT_EQ(hunks[1].path, "CHANGELOG.md");
  EXPECT_TRUE(hunks[1].changelog);
  given_.wishes.rules = Rules::kTestsValidated;
  EXPECT_THAT(hunks_to_review(given_, change), SizeIs(1));
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
