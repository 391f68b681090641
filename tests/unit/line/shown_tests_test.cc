// What is shown of test files: bounded, each once, and nothing that is no test.
#include "line/shown_tests.h"

#include <gmock/gmock.h>

#include "line/change.h"
#include "unit/line/entitled.h"

namespace gf::line {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Files = stage::Input::Files;

std::vector<std::string> names_in(const Files& files) {
  std::vector<std::string> names;
  for (const auto& [name, text] : files) names.push_back(name);
  return names;
}
/// Lines from 1.
std::string listed(const std::vector<Span>& spans) {
  std::string text;
  for (const Span& span : spans)
    text += std::to_string(span.first + 1) + "-" + std::to_string(span.last + 1) + " ";
  return text;
}

TEST(FolderOfTestsTest, IsAFolderOfTheNameTestAroundATestFile) {
  struct Case {
    const char *file, *folder;
  };
  for (const Case& one : {Case{"src/pkg/test/test_a.py", "src/pkg/test/"},
                          Case{"src/pkg/test/unit/test_a.py", "src/pkg/test/"},
                          Case{"a/test/b/test/test_a.py", "a/test/"}, Case{"test/test_a.py", ""},
                          Case{"tests/test_a.py", ""}, Case{"src/latest/test_a.py", ""},
                          Case{"src/pkg/test/conftest.py", ""}, Case{"", ""}})
    EXPECT_EQ(folder_of_tests(one.file), one.folder) << one.file;
}

TEST(FolderOfTestsTest, WhatIsAPatternElsewhereIsPartOfTheNameHere) {
  std::string folder = folder_of_tests("src/[slug]/test/test_a.py");

  EXPECT_TRUE(glob_matches(folder + "**", "src/[slug]/test/helpers.py"));
  EXPECT_FALSE(glob_matches(folder + "**", "src/s/test/helpers.py"));
}

TEST(LookedAtTest, PlacesOfThisFileAreTakenAndNonsenseIsNot) {
  stage::Brief brief;
  brief.places = {{"a.py", 3, 5, "here"},   {"b.py", 1, 2, "elsewhere"}, {"a.py", 9, 9, ""},
                  {"a.py", 0, 4, "zero"},   {"a.py", -3, -1, "below"},   {"a.py", 7, 6, "turned"},
                  {"a.py", 2, 2, "before"}, {"a.pyc", 1, 1, "longer"}};
  std::string why = "said before\n";

  Looked looked = looked_at(brief, "a.py", why);

  EXPECT_EQ(listed(looked.places), "3-5 9-9 2-2 ") << "in the memo's order";
  EXPECT_EQ(why, "said before\n[3-5: here]\n[2-2: before]\n");
}

TEST(LookAtChangeTest, WhatTheChangeTouchedComesBeforeAllElse) {
  Change change;
  change.hunks = {{"a.py", 1, 1, 4, 3, ""},
                  {"b.py", 1, 1, 1, 1, ""},
                  {"a.py", 9, 2, 10, 0, ""},  // only taken away: the line behind it
                  {"a.py", 1, 9, 0, 0, ""}};  // the whole file is gone
  Looked looked;
  looked.places = {{0, 0}};

  look_at_change(nullptr, "a.py", looked);
  EXPECT_EQ(listed(looked.places), "1-1 ");
  look_at_change(&change, "c.py", looked);
  EXPECT_EQ(listed(looked.places), "1-1 ");
  look_at_change(&change, "a.py", looked);
  EXPECT_EQ(listed(looked.places), "4-6 10-10 1-1 ");
}

class ShownTestsTest : public EntitlementTest {
 protected:
  void SetUp() override {
    EntitlementTest::SetUp();
    authorise({});
    dossier_.brief->test_files.clear();
  }
  void authorise(const std::vector<std::string>& ids) {
    dossier_.spec->acceptance_criteria[0].authorises = ids;
  }
  [[nodiscard]] Showing showing() const {
    Showing made;
    made.assignment = &given_;
    made.dossier = &dossier_;
    made.tree = &tree_;
    made.change = change_;
    return made;
  }
  [[nodiscard]] Files to_change() const { return tests_to_change(showing()); }
  [[nodiscard]] Files forms(Files shown = {}) const {
    show_form_of_tests(showing(), shown);
    return shown;
  }
  /// `count` tests of some length.
  static std::string long_file(int count, const std::string& name = "test_case") {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += "def " + name + std::to_string(i) + "(client):\n    assert client.get(" +
              std::to_string(i) + ").status_code == 200\n\n\n";
    return text;
  }
};

TEST_F(ShownTestsTest, OnlyTestsThatAreThereCanBeChanged) {
  authorise({"tests/test_old.py::test_one[a::b]", "tests/test_old.py", "app/main.py::health",
             "tests/test_gone.py::test_two", "::", ""});

  EXPECT_THAT(names_in(to_change()), ElementsAre("tests/test_old.py"));
}

TEST_F(ShownTestsTest, ATestThatMayBeChangedIsWholeWhereverItStands) {
  std::string text = long_file(400);
  text += "def test_last(client):\n    first = 1\n    second = 2\n    assert first < second\n";
  tree_ = test::MapFacts({{"tests/test_long.py", text}});
  authorise({"tests/test_long.py::test_last"});

  Files shown = to_change();

  ASSERT_THAT(shown, SizeIs(1));
  EXPECT_THAT(shown[0].second, HasSubstr("assert first < second"));
  EXPECT_LT(shown[0].second.size(), text.size() / 2);
}

TEST_F(ShownTestsTest, AllOfThemHaveOneBoundAndWhatHasNoRoomIsNamedWithItsSize) {
  std::map<std::string, std::string> files;
  std::vector<std::string> ids;
  for (char name = 'a'; name <= 'j'; ++name) {
    std::string path = std::string("tests/test_") + name + ".py";
    files[path] = long_file(90);
    for (int i = 0; i < 90; ++i) ids.push_back(path + "::test_case" + std::to_string(i));
  }
  tree_ = test::MapFacts(files);
  authorise(ids);

  Files shown = to_change();

  ASSERT_THAT(shown, SizeIs(10)) << "each is named";
  size_t bytes = 0;
  for (const auto& file : shown) bytes += file.second.size();
  EXPECT_LE(bytes, 40u << 10);
  EXPECT_THAT(shown.front().second, HasSubstr("test_case1"));
  EXPECT_EQ(shown.back().second, "(" + std::to_string(files.begin()->second.size()) +
                                     " bytes, no room; read_file has it)\n");
}

TEST_F(ShownTestsTest, WhatTestWroteComesFirstAndIsNotShownTwice) {
  tree_ = test::MapFacts({{"tests/test_a.py", "def test_a(): pass\n"},
                          {"tests/test_z.py", "def test_z(): pass\n"},
                          {"app/main.py", "code\n"}});
  authorise({"tests/test_a.py::test_a", "tests/test_z.py::test_z"});
  Change change;
  change.deltas = {{git::DeltaKind::kModified, "tests/test_z.py", {}, {}, {}, {}},
                   {git::DeltaKind::kDeleted, "tests/test_gone.py", {}, {}, {}, {}},
                   {git::DeltaKind::kModified, "app/main.py", {}, {}, {}, {}}};
  change_ = &change;

  EXPECT_THAT(names_in(to_change()), ElementsAre("tests/test_z.py", "tests/test_a.py"));
}

TEST_F(ShownTestsTest, WhereANewTestHasToBeNamedIsAmongThem) {
  tree_ = test::MapFacts({{"tests/CMakeLists.txt", "add_test(a)\n"},
                          {"tests/unit/CMakeLists.txt", "add_test(b)\n"},
                          {"tests/other/CMakeLists.txt", "add_test(c)\n"},
                          {"CMakeLists.txt", "add_subdirectory(tests)\n"},
                          {"tests/unit/a_test.cc", "TEST(A, B) {}\n"}});
  dossier_.brief->test_files = {"tests/unit/a_test.cc"};

  EXPECT_THAT(names_in(to_change()),
              ElementsAre("tests/CMakeLists.txt", "tests/unit/CMakeLists.txt"));
  dossier_.brief.reset();
  EXPECT_THAT(to_change(), IsEmpty()) << "nobody found where tests are";
}

TEST_F(ShownTestsTest, FormsAreTheFirstThreeTestFilesOfTheMemoThatHoldSomething) {
  tree_ = test::MapFacts({{"tests/test_a.py", "def test_a(): pass\n"},
                          {"tests/test_b.py", "def test_b(): pass\n"},
                          {"tests/test_c.py", "def test_c(): pass\n"},
                          {"tests/test_d.py", "def test_d(): pass\n"},
                          {"tests/test_blank.py", " \n\n"},
                          {"app/main.py", "code\n"}});
  dossier_.brief->test_files = {"app/main.py",     "tests/test_blank.py", "tests/test_a.py",
                                "tests/test_a.py", "tests/test_gone.py",  "tests/test_b.py",
                                "tests/test_c.py", "tests/test_d.py"};

  Files shown = forms();

  ASSERT_THAT(names_in(shown),
              Each(::testing::EndsWith(" (to read, for its form; not yours to change)")));
  ASSERT_THAT(shown, SizeIs(3));
  EXPECT_THAT(shown[0].first, StartsWith("tests/test_a.py"));
  EXPECT_THAT(shown[2].first, StartsWith("tests/test_c.py"));
  EXPECT_THAT(shown[0].second,
              HasSubstr("[beside it: test_b.py, test_blank.py, test_c.py, test_d.py]\n"));
  EXPECT_THAT(shown[1].second, Not(HasSubstr("[beside it"))) << "the first folder alone is told";
  dossier_.brief.reset();
  EXPECT_THAT(forms(), IsEmpty());
}

TEST_F(ShownTestsTest, AFormThatMayBeChangedIsShownOnceUnderItsOwnName) {
  tree_ = test::MapFacts({{"tests/test_a.py", std::string("def test_a(): pass\n")}});
  dossier_.brief->test_files = {"tests/test_a.py"};
  authorise({"tests/test_a.py::test_a"});

  Files shown = forms(to_change());

  EXPECT_THAT(names_in(shown), ElementsAre("tests/test_a.py"));
}

TEST_F(ShownTestsTest, FixturesBesideAndAboveAFormAreShownWhereTheyHoldSomething) {
  tree_ = test::MapFacts({{"tests/unit/deep/test_a.py", "def test_a(client): pass\n"},
                          {"tests/unit/deep/conftest.py", "deep = 1\n"},
                          {"tests/unit/conftest.py", "\n \n"},
                          {"tests/conftest.py", "upper = 1\n"},
                          {"conftest.py", "top = 1\n"},
                          {"tests/other/conftest.py", "other = 1\n"}});
  dossier_.brief->test_files = {"tests/unit/deep/test_a.py"};

  std::vector<std::string> names = names_in(forms());

  const std::string end = " (to read; not yours to change)";
  ASSERT_THAT(names, SizeIs(4));
  names.erase(names.begin());
  EXPECT_THAT(names, ElementsAre("tests/unit/deep/conftest.py" + end, "tests/conftest.py" + end,
                                 "conftest.py" + end));
}

TEST_F(ShownTestsTest, ManyFormsAndWhatTheyShareStayWithinTheirBounds) {
  tree_ = test::MapFacts({{"tests/test_a.py", long_file(900)},
                          {"tests/test_b.py", long_file(900)},
                          {"tests/test_c.py", long_file(900)},
                          {"tests/conftest.py", long_file(900, "fixture")}});
  dossier_.brief->test_files = {"tests/test_a.py", "tests/test_b.py", "tests/test_c.py"};

  size_t bytes = 0;
  for (const auto& file : forms()) bytes += file.second.size();

  EXPECT_LE(bytes, 24u << 10);
}

TEST_F(ShownTestsTest, TheReviewerSeesTestsThatCarryAnIdAndThatNoHunkShows) {
  tree_ = test::MapFacts({{"tests/test_old.py", "def test_ac1_is_there():\n    assert 1\n"},
                          {"tests/test_new.py", "def test_ac1_new():\n    assert 2\n"}});
  record::GateOutcome outcome;
  for (const char* id : {"tests/test_old.py::TestIt::test_ac1_is_there[a::b]",
                         "tests/test_old.py::test_ac1_is_there", "tests/test_old.py::test_ac11",
                         "tests/test_gone.py::test_ac1", "tests/test_new.py::test_ac1_new", ""})
    outcome.tests.push_back({id, record::TestStatus::kPassed, "", ""});
  dossier_.tested = {outcome};
  EXPECT_THAT(names_in(tests_of_criteria(showing())),
              ElementsAre("tests/test_new.py", "tests/test_old.py"));

  Change change;
  change.deltas = {{git::DeltaKind::kAdded, "tests/test_new.py", {}, {}, {}, {}}};
  change_ = &change;
  Files shown = tests_of_criteria(showing());

  ASSERT_THAT(names_in(shown), ElementsAre("tests/test_old.py"));
  EXPECT_THAT(shown[0].second, HasSubstr("assert 1"));
}

}  // namespace
}  // namespace gf::line
