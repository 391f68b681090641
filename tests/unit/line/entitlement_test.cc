// P7, on the functions that really decide who sees what.
#include <gmock/gmock.h>

#include "base/text.h"
#include "unit/line/entitled.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

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
  EXPECT_EQ(in.brief->notes, "") << "they are the builder's";
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

TEST_F(EntitlementTest, WhereTheMemoNamesAFileThatIsNotTestsItSaysSo) {
  struct Case {
    const char *what, *notes, *told;
  };
  const Case cases[] = {
      {"a file of a person", "Add to tests/conftest.py.",
       "Add to tests/conftest.py (not yours to change)."},
      {"in quotes", "Add to `tests/conftest.py`, please",
       "Add to `tests/conftest.py` (not yours to change), please"},
      {"in brackets", "Add to it (tests/conftest.py).",
       "Add to it (tests/conftest.py (not yours to change))."},
      {"a test in it", "As tests/conftest.py::test_a does",
       "As tests/conftest.py::test_a (not yours to change) does"},
      {"its first place", "tests/conftest.py and\ntests/conftest.py",
       "tests/conftest.py (not yours to change) and\ntests/conftest.py"},
      {"from here", "In ./tests/conftest.py", "In ./tests/conftest.py (not yours to change)"},
      {"tests beside code", "In src/near.rs", "In src/near.rs (not yours to change)"},
      {"one that a criterion authorises", "In tests/test_old.py", "In tests/test_old.py"},
      {"one that is not there yet", "In tests/test_new.py", "In tests/test_new.py"},
      {"code", "It is in app/main.py", "It is in app/main.py"},
      {"no file", "Use a ... table; e.g. AC1 / AC2.", "Use a ... table; e.g. AC1 / AC2."},
      {"nothing", "", ""},
  };
  dossier_.brief->test_files = {"src/near.rs", "tests/test_new.py"};
  for (const Case& one : cases) {
    dossier_.brief->test_notes = one.notes;
    dossier_.brief->conventions = {one.notes};
    stage::Input in = of("test");
    EXPECT_EQ(in.brief->test_notes, one.told) << one.what;
    EXPECT_THAT(in.brief->conventions, ElementsAre(one.told)) << one.what;
    EXPECT_THAT(in.brief->test_files, ElementsAre("tests/test_new.py")) << one.what;
  }
}

TEST_F(EntitlementTest, WhereNoFileOfTheMemoIsTestsOneBesideIsNamed) {
  struct Case {
    std::vector<std::string> named, told;
  };
  const Case cases[] = {
      {{"tests/conftest.py", "app/test_near.py"}, {"a new file beside tests/conftest.py"}},
      {{"src/near.rs", "app/test_near.py"}, {"a new file beside app/test_near.py"}},
      {{"tests/conftest.py", "tests/test_new.py"}, {"tests/test_new.py"}},
      {{"src/near.rs"}, {}},
      {{"tests/test_old.py"}, {}},  // shown as TEST's to change
      {{}, {}},
  };
  for (const Case& one : cases) {
    dossier_.brief->test_files = one.named;
    EXPECT_EQ(of("test").brief->test_files, one.told) << join(one.named, ", ");
  }
}

TEST_F(EntitlementTest, ByTheTreeThatTheRunFoundAFileThatTestBeganIsItsOwn) {
  std::map<std::string, std::string> files = {{"tests/test_old.py", ""}};
  test::MapFacts base(files);
  files["tests/test_new.py"] = "";
  tree_ = test::MapFacts(files);
  dossier_.brief->test_files = {"tests/test_new.py"};
  Showing showing;
  showing.assignment = &given_;
  showing.dossier = &dossier_;
  showing.tree = &tree_;
  showing.base = &base;

  stage::Input in = input_for(*stage::find_stage("test"), showing);

  EXPECT_THAT(in.brief->test_files, ElementsAre("tests/test_new.py"));
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

TEST_F(EntitlementTest, NotesOfTheMemoAreForWhomTheyWereWritten) {
  dossier_.brief->notes = "how to build it";
  dossier_.brief->test_notes = "how tests look";
  struct Case {
    stage::Rules rules;
    const char* stage;
    const char* notes;
    const char* test_notes;
  };
  for (const Case& one :
       {Case{stage::kNewestRules, "build", "how to build it", ""},
        Case{stage::kNewestRules, "test", "", "how tests look"},
        Case{stage::Rules::kSeenDecides, "test", "how to build it", "how tests look"}}) {
    given_.wishes.rules = one.rules;
    stage::Input in = of(one.stage);
    EXPECT_EQ(in.brief->notes, one.notes) << one.stage;
    EXPECT_EQ(in.brief->test_notes, one.test_notes) << one.stage;
  }
}

TEST_F(EntitlementTest, WhatIsDefinedInsideOfAFunctionIsNoSignatureOfTheChange) {
  Change change;
  std::string all = "@@ -1,0 +1,20 @@\n";
  for (int i = 0; i < 20; ++i) all += "+b\n";
  change.hunks = {{"app/main.py", 1, 0, 1, 20, all}};
  std::vector<tool::Definition> main = {{1, 19, "1: class C(Base)\n"},
                                        {2, 10, "2:     def g(self) -> int\n"},
                                        {4, 6, "4:         def inner(x)\n"},
                                        {12, 14, "12:     class Meta\n"},
                                        {13, 14, "13:         def deep(self)\n"}};

  EXPECT_EQ(signatures_of(change, {"app/main.py"}, {main}),
            "app/main.py\n1: class C(Base)\n2:     def g(self) -> int\n12:     class Meta\n"
            "13:         def deep(self)\n\n");
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

TEST(ActsTest, EveryStageHasItsAct) {
  auto stages = stage::all_stages();
  ASSERT_EQ(stages.size(), kActs.size());
  for (size_t i = 0; i < kActs.size(); ++i) EXPECT_EQ(kActs[i].stage, stages[i].name);
}

}  // namespace
}  // namespace gf::line
