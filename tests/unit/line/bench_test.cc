// The worktree and its gates: what lies here, what it was before, and back again.
#include "line/bench.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "line/wishes.h"
#include "unit/line/benched.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using Status = record::GateOutcome::Status;

class BenchTest : public BenchedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "good\n");
    place_.write("b.txt", "one\ntwo\n");
    ASSERT_NO_FATAL_FAILURE(open_here());
    set_check("validate", "grep -q good a.txt");
  }
};

TEST_F(BenchTest, BeforeItIsOpenThereIsTheBase) {
  Bench& bench = this->bench();

  EXPECT_FALSE(bench.is_open());
  EXPECT_EQ(bench.tree(), assignment_.base.tree);
  EXPECT_EQ(bench.facts().read("a.txt"), "good\n");
  EXPECT_THAT(bench.take().runs, IsEmpty());
  EXPECT_DONE(bench.close());
}

// What it says of the base is about no file; of those that the change touches it is asked.
TEST_F(BenchTest, AGateOfTheChangedFilesIsAskedWhatItSaidOfThemBefore) {
  assignment_.config = {};
  set_check("validate", "grep -q good {files}");
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());
  write("a.txt", "bad\n");
  write("b.txt", "three\n");
  ASSERT_DONE(bench.take_in());
  Oid tree = bench.tree();
  auto before = [&](const std::string& path) -> Status {
    auto now = bench.run("validate", {}, {path});
    EXPECT_TRUE(now.ok());
    EXPECT_EQ(now->front().status, Status::kFail);
    auto base = bench.base_outcomes_for(*now, {path});
    EXPECT_TRUE(base.ok());
    return base->front().status;
  };

  EXPECT_EQ(before("a.txt"), Status::kPass) << "this change made it red";
  EXPECT_EQ(before("b.txt"), Status::kFail) << "it was so already";

  EXPECT_EQ(bench.tree(), tree);
  EXPECT_EQ(on_disk("a.txt"), "bad\n");
  EXPECT_THAT(bench.take().runs, SizeIs(2)) << "the base's own belong to no step";
}

TEST_F(BenchTest, TheBasesOutcomesAreKnownWhenItIsOpen) {
  Bench& bench = this->bench();

  ASSERT_DONE(bench.open());

  ASSERT_THAT(bench.base_outcomes(), SizeIs(1));
  EXPECT_EQ(bench.base_outcomes()[0].status, Status::kPass);
  EXPECT_THAT(bench.take().runs, IsEmpty()) << "they belong to no step";
}

TEST_F(BenchTest, RedOnTheBaseIsToldAndBrokenEndsIt) {
  set_check("validate", "grep -q better a.txt");
  ASSERT_DONE(this->bench().open());
  EXPECT_THAT(heard(), Contains(HasSubstr("check is red on the base already")));

  ASSERT_DONE(context_->store->drop(journal_->active()));
  set_check("validate", "no-such-program-anywhere");
  Result<void> opened = this->bench().open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().fault, Fault::kConfiguration);
  EXPECT_THAT(opened.error().message, HasSubstr("does not work on 'main' before any change"));
}

/// A project that runs a type checker which is not installed here.
class DetectedTest : public BenchTest {
 protected:
  void SetUp() override {
    place_.write("tox.ini", "[testenv:types]\ncommands = pyrefly check\n");
    BenchTest::SetUp();
  }
};

TEST_F(DetectedTest, ADetectedGateThatIsNotInstalledIsLeftOutAndTheRunGoesOn) {
  Bench& bench = this->bench();

  ASSERT_DONE(bench.open());

  ASSERT_THAT(bench.base_outcomes(), SizeIs(1));
  EXPECT_EQ(bench.base_outcomes()[0].gate, "check");
  EXPECT_THAT(heard(), Contains(HasSubstr("going without pyrefly, which was detected and does not "
                                          "work on 'main': pyrefly is not installed for python")));
  EXPECT_THAT(heard(), Not(Contains(HasSubstr("fresh cache")))) << "a second try is in vain";
  EXPECT_THAT(gates_left_out(journal_->run()), Contains(Key("pyrefly")));
  ASSERT_GIVES(auto later, bench.run("validate", {}, {"b.txt"}));
  EXPECT_THAT(later, SizeIs(1)) << "nobody is asked again";
}

/// Two runners of JavaScript's tests, of which one is not installed.
class TwoRunnersTest : public BenchTest {
 protected:
  void SetUp() override {
    place_.write("package.json",
                 R"({"scripts": {"test": "tape old/b.js", "unit": "node --test test/a.js"}})");
    place_.write("test/a.js", "require('node:test')('a', () => {});\n");
    place_.write("old/b.js", "require('tape')('b', (t) => t.end());\n");
    BenchTest::SetUp();
  }
};

TEST_F(TwoRunnersTest, OneThatDoesNotWorkIsLeftOutBesideOneThatDoes) {
  if (std::system("command -v node >/dev/null") != 0) GTEST_SKIP() << "node is not installed";
  Bench& bench = this->bench();

  ASSERT_DONE(bench.open());

  std::vector<std::string> names;
  for (const record::GateOutcome& one : bench.base_outcomes()) names.push_back(one.gate);
  EXPECT_THAT(names, UnorderedElementsAre("check", "node-test"));
  EXPECT_THAT(heard(), Contains(HasSubstr("going without tape, which was detected beside another "
                                          "runner of these tests and does not work on 'main'")));
}

TEST_F(TwoRunnersTest, OneThatSettingsNameStopsTheRun) {
  if (std::system("command -v node >/dev/null") != 0) GTEST_SKIP() << "node is not installed";
  assignment_.config.add("factory-gate.tape.timeout", "30");

  EXPECT_FALSE(bench().open().ok());
}

TEST_F(TwoRunnersTest, WithoutAnotherItStopsTheRun) {
  assignment_.config.add("factory-gate.node-test.disabled", "true");

  EXPECT_FALSE(bench().open().ok());
}

/// A Makefile whose target `test` runs tests of JavaScript alone, beside sources of C.
class MakeBesideTest : public BenchTest {
 protected:
  void SetUp() override {
    if (std::system("command -v node make >/dev/null") != 0)
      GTEST_SKIP() << "node or make is not installed";
    place_.write("package.json", R"({"scripts": {"unit": "node --test test/a.js"}})");
    place_.write("test/a.js", "require('node:test')('a', () => {});\n");
    place_.write("native/a_test.c", "#include \"unity.h\"\n");
    place_.write("Makefile", "test:\n\tnode --test test/a.js\n");
    BenchTest::SetUp();
  }
};

TEST_F(MakeBesideTest, ARunnerThatTellsNoTestIsLeftOut) {
  ASSERT_DONE(this->bench().open());

  EXPECT_THAT(heard(), Contains(HasSubstr("going without make-test")));
}

TEST_F(MakeBesideTest, ARunnerThatTellsNoTestStopsTheRunWhereItIsAlone) {
  assignment_.config.add("factory-gate.node-test.disabled", "true");

  EXPECT_FALSE(bench().open().ok());
}

/// One that is there and crashes is no runner that is missing.
class CrashingRunnerTest : public TwoRunnersTest {
 protected:
  void SetUp() override {
    place_.write("node_modules/.bin/tape", "#!/bin/sh\nkill -9 $$\n");
    std::filesystem::permissions(std::filesystem::path(place_.path()) / "node_modules/.bin/tape",
                                 std::filesystem::perms::owner_all);
    TwoRunnersTest::SetUp();
  }
};

TEST_F(CrashingRunnerTest, StopsTheRun) {
  if (std::system("command -v node >/dev/null") != 0) GTEST_SKIP() << "node is not installed";

  Result<void> opened = bench().open();

  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("tape: "));
}

TEST_F(DetectedTest, ARunThatGoesOnDoesNotAskAgain) {
  ASSERT_DONE(this->bench().open());
  record::RunRecord begun = journal_->run();
  begun.id = run_record(2).id;
  events_.clear();
  bench_.reset();

  journal_.emplace(*context_, begin_run(begun));
  bench_.emplace(*context_, assignment_, *journal_, nothing_before());
  ASSERT_DONE(bench_->open());

  EXPECT_THAT(heard(), Not(Contains(HasSubstr("pyrefly"))));
}

TEST_F(DetectedTest, AGateThatSettingsNameStopsTheRunWithAHint) {
  assignment_.config.add("factory-gate.pyrefly.timeout", "30");

  Result<void> opened = this->bench().open();

  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().fault, Fault::kConfiguration);
  EXPECT_THAT(opened.error().message, HasSubstr("pyrefly is not installed"));
  EXPECT_THAT(opened.error().hint, HasSubstr("factory-gate"));
}

TEST_F(DetectedTest, WhereNoGateStaysThatIsSaidInWords) {
  assignment_.config.add("factory-gate.check.disabled", "true");

  Result<void> opened = this->bench().open();

  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("no gate works here"));
  EXPECT_THAT(heard(), Contains(HasSubstr("no linter or type checker will look at the change")));
}

TEST_F(BenchTest, WithoutAGateNothingCouldSayNo) {
  assignment_.config.add("factory-gate.check.disabled", "true");

  Result<void> opened = this->bench().open();

  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("no gate was found"));
}

TEST_F(BenchTest, WhatWasTouchedBecomesTheTree) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());
  write("b.txt", "one\ntwo\nthree\n");

  ASSERT_DONE(bench.take_in());

  EXPECT_NE(bench.tree(), assignment_.base.tree);
  EXPECT_EQ(bench.facts().read("b.txt"), "one\ntwo\nthree\n");
  EXPECT_EQ(bench.base_facts().read("b.txt"), "one\ntwo\n");
}

TEST_F(BenchTest, AChangeIsMadeOnceATree) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());
  const Change* none = bench.change().value();
  EXPECT_THAT(none->deltas, IsEmpty());
  EXPECT_THAT(none->hunks, IsEmpty());
  write("b.txt", "one\ntwo\nthree\n");
  ASSERT_DONE(bench.take_in());

  const Change* change = bench.change().value();
  std::string first = change->hunks[0].text;

  EXPECT_THAT(change->paths(), ElementsAre("b.txt"));
  EXPECT_THAT(change->added_lines().at("b.txt"), ElementsAre(3));
  EXPECT_EQ(bench.change().value(), change);
  EXPECT_EQ(change->hunks[0].text.data(), bench.change().value()->hunks[0].text.data());
}

TEST_F(BenchTest, AVisitGoesBackHoweverItEnds) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());
  write("a.txt", "good, and more\n");
  ASSERT_DONE(bench.take_in());
  Oid built = bench.tree();

  auto seen = bench.visit(assignment_.base.tree, [&]() -> Result<std::string> {
    EXPECT_EQ(bench.tree(), built) << "it is still the run's tree that counts";
    return on_disk("a.txt");
  });
  auto failed = bench.visit(assignment_.base.tree, []() -> Result<std::string> {
    return Error{Fault::kEnvironment, "the disk is full", {}, {}};
  });

  EXPECT_EQ(*seen, "good\n");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "the disk is full");
  EXPECT_EQ(on_disk("a.txt"), "good, and more\n");
  EXPECT_EQ(bench.tree(), built);
}

TEST_F(BenchTest, GatesRunOnWhatLiesHereAndAreAccountedFor) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());
  write("a.txt", "bad\n");
  ASSERT_DONE(bench.take_in());

  auto outcomes = bench.run("validate", {}, {"a.txt"});

  ASSERT_DONE(outcomes);
  EXPECT_EQ((*outcomes)[0].status, Status::kFail);
  EXPECT_THAT(bench.take().runs, SizeIs(1));
  EXPECT_THAT(bench.take().runs, IsEmpty()) << "once";
}

TEST_F(BenchTest, WhatChecksNothingIsSaidInWords) {
  ASSERT_DONE(this->bench().open());
  EXPECT_THAT(heard(), Contains(HasSubstr("no gate runs tests")));
}

/// A test runner that writes a report; the tests in it are red as long as "flaw" is in the folder
/// above, which it takes away when it is told to.
class TestsOnTheBaseTest : public BenchTest {
 protected:
  void SetUp() override {
    BenchTest::SetUp();
    // Its reports lie outside of what would be held.
    assignment_.config.add("factory.sandbox", "none");
  }
  void runner(const std::string& report, const std::string& exit, const std::string& before = "") {
    folder_.write("report.xml", "<testsuite>" + report + "</testsuite>");
    set_check("test", "sh -c '" + before + " cp " + (folder_ / "report.xml") + " {report}; exit " +
                          exit + "'");
    assignment_.config.add("factory-gate.check.report", "junit");
  }
};

TEST_F(TestsOnTheBaseTest, ABaseThatCannotBeCollectedStopsInTheRunnersOwnWords) {
  runner(
      "<testcase classname=\"\" name=\"tests.test_a\" file=\"tests/test_a.py\"><error "
      "message=\"collection failure\">import gone&#10;E   ModuleNotFoundError: No module named "
      "'gone'</error></testcase>",
      "2");

  Result<void> opened = this->bench().open();

  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message,
              HasSubstr("check: no test can run; 'tests/test_a.py' cannot be collected: "
                        "ModuleNotFoundError: No module named 'gone'"));
}

TEST_F(TestsOnTheBaseTest, ASuiteWithoutATestStops) {
  runner("", "5");
  Result<void> opened = this->bench().open();
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("check: no test was run"));
}

TEST_F(TestsOnTheBaseTest, WhatFailsOnceAndPassesAgainIsNamedAsFlaky) {
  std::string red =
      "<testcase name=\"test_a\" file=\"t.py\"><failure message=\"assert 0\"/>"
      "</testcase>";
  folder_.write("second.xml", "<testsuite><testcase name=\"test_a\" file=\"t.py\"/></testsuite>");
  // The second time the other report is there, and the exit says so.
  std::string swap = "test -e " + (folder_ / "once") + " && cp " + (folder_ / "second.xml") +
                     " {report} && exit 0; touch " + (folder_ / "once") + ";";
  runner(red, "1", swap);

  ASSERT_DONE(this->bench().open());

  EXPECT_THAT(heard(), Contains(HasSubstr("'t.py::test_a' is flaky on the base")));
}

}  // namespace
}  // namespace gf::line
