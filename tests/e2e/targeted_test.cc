// The tests that a change can reach, before all others: what goes back by them, what does not, and
// what the record and the pull request say of it.
#include <gmock/gmock.h>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// How often the gate of tests ran this one, in the attempts of a stage.
size_t times_run(const std::string& gates, const std::string& test) {
  size_t times = 0;
  for (size_t at = gates.find(test); at != std::string::npos; at = gates.find(test, at + 1))
    ++times;
  return times;
}

/// Tests of the demo's shop with one that needs nothing of the application. tests/conftest.py has
/// the application: below it every test can reach what changes there.
class FirstLookTest : public FactoryTest {
 protected:
  void make_shop_with(const std::string& alone) {
    make_shop(Gates::kCold);
    repeat_new_tests();  // a first look asks them by themselves
    repo_.write("alone/test_alone.py", alone);
    std::string settings = repo_.read("pyproject.toml");
    size_t paths = settings.find("[\"tests\"]");
    ASSERT_NE(paths, std::string::npos) << settings;
    repo_.write("pyproject.toml", settings.replace(paths, 9, "[\"alone\", \"tests\"]"));
    repo_.commit("Add a test that needs nothing of the application");
    repo_.git({"push", "-q", "origin", "main"});
    repo_.git({"config", "factory.targeted", "always"});
  }
  void deliver() {
    Ran ran =
        feature("product-id", "Add GET /products/{id} returning one product or 404 if not found.");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  std::string gate(const std::string& attempt, const std::string& name) {
    return factory({"show", "product-id:test:" + attempt, "--gate=" + name, "--json"}).out;
  }
  void replays() {
    for (const char* gates : {"--gates=recorded", "--gates=run"}) {
      Ran replayed = factory({"replay", "product-id", gates});
      EXPECT_EQ(replayed.exit_code, 0) << gates << replayed.out << replayed.err;
    }
  }
  const std::string alone_ = "\"id\":\"alone/test_alone.py::test_alone\"";
  const std::string missing_ = "test_ac2_missing_product_is_404";
};

TEST_F(FirstLookTest, WhatIsRedSparesTheOtherTestsAndNothingPassesWithoutThem) {
  make_shop_with("def test_alone() -> None:\n    assert len('ab') == 2\n");
  ASSERT_NO_FATAL_FAILURE(deliver());
  EXPECT_GT(times_run(gate("1", "pytest"), missing_), 0U) << gate("1", "pytest");
  EXPECT_EQ(times_run(gate("1", "pytest"), alone_), 0U) << gate("1", "pytest");
  EXPECT_EQ(times_run(gate("2", "pytest"), alone_), 1U) << gate("2", "pytest");
  std::string selection = gate("1", "selection");
  EXPECT_NE(selection.find("2 of 3 files with tests can reach the change"), std::string::npos)
      << selection;
  EXPECT_EQ(selection.find("test_alone"), std::string::npos) << selection;
  replays();
}

// It passes among all, and fails without the one before it, with the change and without.
TEST_F(FirstLookTest, ATestThatNeedsOthersBeforeItIsNothingAgainstAChange) {
  repo_.write("tests/test_needs.py",
              "import os\n\n\ndef test_needs() -> None:\n    assert os.environ['ALONE'] == 'y'\n");
  make_shop_with("import os\n\n\ndef test_alone() -> None:\n    os.environ['ALONE'] = 'y'\n");
  ASSERT_NO_FATAL_FAILURE(deliver());
  EXPECT_GT(times_run(gate("1", "pytest"), alone_), 0U) << "all, as the first look is doubted";
  EXPECT_EQ(times_run(gate("2", "pytest"), alone_), 1U) << gate("2", "pytest");
  EXPECT_EQ(gate("2", "selection").find("can reach"), std::string::npos) << "asked for no more";
}

// What reads the sources by names that it makes itself is a link that nobody sees.
TEST_F(FirstLookTest, WhatTheWholeSuiteFindsBesidesIsOnRecordAndNothingIsChosenAnyMore) {
  make_shop_with(
      "def test_alone() -> None:\n"
      "    with open('/'.join(['app', 'store' + '.py'])) as file:\n"
      "        assert 'def product(' not in file.read()\n");
  Ran ran =
      feature("product-id", "Add GET /products/{id} returning one product or 404 if not found.");
  EXPECT_NE(ran.exit_code, 0) << "the script knows no third attempt";
  EXPECT_THAT(gate("1", "selection"), HasSubstr("can reach the change"));
  EXPECT_THAT(gate("1", "selection-missed"), Not(HasSubstr("test_alone")));
  EXPECT_EQ(times_run(gate("1", "pytest"), alone_), 0U) << "red without it";
  std::string missed = gate("2", "selection-missed");
  EXPECT_THAT(missed, HasSubstr("alone/test_alone.py::test_alone"));
  EXPECT_THAT(missed, HasSubstr("the whole suite found what the selection had not"));
  EXPECT_THAT(ran.err, HasSubstr("1 test that 'can not reach the change' did"));
}

TEST_F(FirstLookTest, ThePullRequestSaysWhichTestsRanFirst) {
  make_shop_with("def test_alone() -> None:\n    assert len('ab') == 2\n");
  ASSERT_NO_FATAL_FAILURE(deliver());
  EXPECT_THAT(repo_.git({"cat-file", "blob", "refs/factory/pulls:1/pull.json"}),
              HasSubstr("those that can reach the change, ran first; then all."));
}

}  // namespace
}  // namespace gf::test
