// What a first look at some tests is worth: which it asks, and what it takes for known.
#include "line/targeted.h"

#include <gmock/gmock.h>

#include "unit/line/benched.h"

namespace gf::line {
namespace {

using record::GateOutcome;
using record::TestStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

GateOutcome tests_of(const std::string& gate,
                     const std::vector<std::pair<std::string, TestStatus>>& tests) {
  GateOutcome outcome;
  outcome.gate = gate;
  outcome.stage = "test";
  for (const auto& [id, status] : tests) {
    record::TestResult test;
    test.id = id;
    test.status = status;
    outcome.tests.push_back(test);
    outcome.counts.passed += status == TestStatus::kPassed ? 1 : 0;
    outcome.counts.failed += status == TestStatus::kFailed ? 1 : 0;
  }
  return outcome;
}

std::vector<std::string> ids_of(const GateOutcome& outcome) {
  std::vector<std::string> ids;
  for (const record::TestResult& test : outcome.tests) ids.push_back(test.id);
  return ids;
}

TEST(FirstLookTest, WhatWasNotAskedIsWhatItWasOnTheBaseAndWhatWasAskedIsNot) {
  std::vector<GateOutcome> base = {tests_of("one", {{"a.py::gone", TestStatus::kPassed},
                                                    {"a.py::x", TestStatus::kPassed},
                                                    {"b.py::y", TestStatus::kFailed},
                                                    {"c.py::z", TestStatus::kPassed}}),
                                   tests_of("two", {{"d.go::w", TestStatus::kPassed}})};
  std::vector<GateOutcome> now = {
      tests_of("one", {{"a.py::x", TestStatus::kFailed}, {"c.py::z", TestStatus::kFailed}})};

  auto all = with_the_rest_of(now, base, {"a.py"});

  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(ids_of(all[0]), ElementsAre("a.py::x", "c.py::z", "b.py::y"))
      << "one that has gone from its file is gone, and none is there twice";
  EXPECT_EQ(all[0].counts.failed, 3);
  EXPECT_EQ(all[0].counts.passed, 0);
  EXPECT_THAT(ids_of(all[1]), ElementsAre("d.go::w"));
}

TEST(FirstLookTest, WhatIsRedAmongTheChosenAloneIsNotBelieved) {
  struct Case {
    const char* what;
    RedTests red;
    Believed word;
  };
  for (const Case& one : std::vector<Case>{
           {"a known test, green on the base", {false, 1, 0, 0, 0}, Believed::kYes},
           {"the same again", {true, 1, 0, 0, 0}, Believed::kNotNow},
           {"a known one, red on the base in this company",
            {false, 2, 1, 0, 0},
            Believed::kNeverAgain},
           {"a new one, red by itself", {false, 0, 0, 1, 1}, Believed::kYes},
           {"a new one, green by itself", {false, 0, 0, 1, 0}, Believed::kNotNow},
           {"new ones, one of them red by itself", {false, 0, 0, 2, 1}, Believed::kYes},
           {"a new one again", {true, 0, 0, 1, 1}, Believed::kNotNow},
           {"a known and a new one", {false, 1, 0, 1, 0}, Believed::kYes},
           {"a known one that needs others, and a new one",
            {false, 1, 1, 1, 1},
            Believed::kNeverAgain},
       }) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(believed(one.red), one.word);
  }
}

/// A gate "check" whose two files hold a test each; only a.py's reaches low.py.
class SelectTest : public BenchedTest {
 protected:
  void SetUp() override {
    place_.write("low.py", "LOW = 1\n");
    place_.write("tests/test_a.py", "import low\n\n\ndef test_a():\n    assert low.LOW\n");
    place_.write("tests/test_b.py", "def test_b():\n    pass\n");
    place_.write("tests/test_c.py", "def test_c():\n    pass\n");
    place_.write("report.xml",
                 "<testsuite><testcase file=\"tests/test_a.py\" classname=\"a\" name=\"test_a\"/>"
                 "<testcase file=\"tests/test_b.py\" classname=\"b\" name=\"test_b\"/>"
                 "<testcase file=\"tests/test_c.py\" classname=\"c\" name=\"test_c\"/>"
                 "</testsuite>\n");
    place_.write("tests/cases_d.py", "def test_d():\n    pass\n");
    place_.write("more.xml",
                 "<testsuite><testcase file=\"tests/cases_d.py\" classname=\"d\" name=\"test_d\"/>"
                 "</testsuite>\n");
    if (loads_by_name_) {
      for (const char* path : {"tests/test_b.py", "tests/test_c.py", "tests/cases_d.py"})
        place_.write(path, "def test_it():\n    __import__('lo' + 'w')\n");
      place_.write(
          "most.xml",
          "<testsuite><testcase file=\"tests/cases_d.py\" classname=\"d\" name=\"test_d\"/>"
          "<testcase file=\"tests/cases_d.py\" classname=\"d\" name=\"test_e\"/>"
          "</testsuite>\n");
    }
    ASSERT_NO_FATAL_FAILURE(open_here());
    set("factory-gate.check.command", "cp report.xml {report}");
    set("factory-gate.check.stage", "test");
    set("factory-gate.check.report", "junit");
    assignment_.test_paths = {"tests/**"};
    assignment_.wishes.rules = stage::kNewestRules;
  }
  void change(const std::string& path, uint32_t run = 1) {
    ASSERT_DONE(bench_for(run_record(run)).open());
    write(path, "LOW = 2\n");
    ASSERT_DONE(bench_->take_in());
  }
  bool loads_by_name_ = false;  ///< all tests but the first
  std::optional<GateOutcome> chosen(const std::string& how, int64_t after = 30) {
    assignment_.targeted = {how, after};
    auto chosen = bench_->select_tests();
    EXPECT_DONE(chosen);
    return chosen.ok() ? *chosen : std::nullopt;
  }
};

TEST_F(SelectTest, OnlyWhatCanReachTheChangeIsChosen) {
  ASSERT_NO_FATAL_FAILURE(change("low.py"));
  auto chosen = this->chosen("always");
  ASSERT_TRUE(chosen);
  ASSERT_EQ(chosen->findings.size(), 1U) << chosen->reason;
  EXPECT_EQ(chosen->findings[0].path, "tests/test_a.py");
  EXPECT_EQ(chosen->findings[0].message, "needs low.py");
  EXPECT_EQ(chosen->reason, "1 of 3 files with tests can reach the change");
}

TEST_F(SelectTest, AQuickSuiteIsNotAskedInPartNorWhereNobodyWantsIt) {
  ASSERT_NO_FATAL_FAILURE(change("low.py"));
  EXPECT_FALSE(chosen("auto"));
  EXPECT_FALSE(chosen("off", 0));
  assignment_.wishes.rules = stage::Rules::kAgree;
  EXPECT_FALSE(chosen("always")) << "a run of before";
}

TEST_F(SelectTest, WhatAnyTestMayReadAsksForAll) {
  ASSERT_NO_FATAL_FAILURE(change("data.json"));
  auto chosen = this->chosen("always");
  ASSERT_TRUE(chosen);
  EXPECT_THAT(chosen->findings, IsEmpty());
  EXPECT_THAT(chosen->reason, HasSubstr("data.json"));
}

// A tree's answer is one for a set of tests: which files hold them, and how many.
TEST_F(SelectTest, WhatWasChosenOfOtherTestsIsNotTaken) {
  ASSERT_NO_FATAL_FAILURE(change("low.py"));
  ASSERT_EQ(chosen("always")->findings.size(), 1U);
  set("factory-gate.more.command", "cp more.xml {report}");
  set("factory-gate.more.stage", "test");
  set("factory-gate.more.report", "junit");
  ASSERT_NO_FATAL_FAILURE(change("low.py", 2));
  auto again = chosen("always");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->reason, "1 of 4 files with tests can reach the change");
}

// What says yes costs its time for nothing.
TEST_F(SelectTest, MostOfASlowSuiteIsNotAskedBeforeAllOfIt) {
  ASSERT_NO_FATAL_FAILURE(change("low.py"));
  write("tests/test_b.py", "import low\n");
  ASSERT_DONE(bench_->take_in());
  auto before = chosen("auto", 0);
  ASSERT_TRUE(before);
  EXPECT_THAT(before->findings, IsEmpty());
  EXPECT_THAT(before->reason, HasSubstr("too many to be asked before all"));
  auto asked_for = chosen("always");
  ASSERT_TRUE(asked_for);
  EXPECT_EQ(asked_for->findings.size(), 2U) << asked_for->reason;
}

class NearestTest : public SelectTest {
 protected:
  void SetUp() override {
    loads_by_name_ = true;
    ASSERT_NO_FATAL_FAILURE(SelectTest::SetUp());
    set("factory-gate.more.command", "cp most.xml {report}");
    set("factory-gate.more.stage", "test");
    set("factory-gate.more.report", "junit");
  }
};

TEST_F(NearestTest, WhereAllMayReachTheChangeThoseThatNameItComeFirst) {
  ASSERT_NO_FATAL_FAILURE(change("low.py"));
  for (const char* how : {"auto", "always"}) {
    auto chosen = this->chosen(how, 0);
    ASSERT_TRUE(chosen);
    ASSERT_EQ(chosen->findings.size(), 1U) << chosen->reason;
    EXPECT_EQ(chosen->findings[0].path, "tests/test_a.py");
    EXPECT_EQ(chosen->findings[0].rule, kNearest);
    EXPECT_EQ(chosen->reason, "1 of 4 files with tests name what was changed");
  }
  assignment_.wishes.rules = stage::Rules::kStoppedOnBase;
  auto before = chosen("auto", 0);
  ASSERT_TRUE(before);
  EXPECT_THAT(before->findings, IsEmpty()) << "a run of before";
  EXPECT_THAT(before->reason, HasSubstr("every file with tests"));
}

TEST_F(NearestTest, ManyThatNameTheChangeAreNotAskedBeforeAll) {
  ASSERT_NO_FATAL_FAILURE(change("low.py"));
  write("tests/test_b.py", "import low\n");
  ASSERT_DONE(bench_->take_in());
  auto chosen = this->chosen("auto", 0);
  ASSERT_TRUE(chosen);
  EXPECT_THAT(chosen->findings, IsEmpty());
  EXPECT_THAT(chosen->reason, HasSubstr("every file with tests"));
}

/// A record of two gates, each of a language; it keeps what it was asked for, by gate.
class TwoGatesPast : public Past {
 public:
  TwoGatesPast() {
    for (const char* name : {"one", "two"}) {
      gate::Gate gate;
      gate.name = name;
      gate.stage = "test";
      gates_.push_back(gate);
    }
  }
  [[nodiscard]] bool replays() const override { return true; }
  [[nodiscard]] const std::vector<gate::Gate>* gates() const override { return &gates_; }
  std::optional<Outcome> outcome(const Oid& tree, const std::string& gate,
                                 const std::vector<std::string>& keys) override {
    asked[gate] = keys.front();
    Outcome kept;
    kept.outcome = tests_of(gate, {{gate + "::x", TestStatus::kPassed}});
    kept.outcome.tree = tree;
    kept.outcome.status = GateOutcome::Status::kPass;
    kept.key = keys.front();
    return kept;
  }
  std::map<std::string, std::string> asked;

 private:
  std::vector<gate::Gate> gates_;
};

class RecordedGatesTest : public BenchedTest {};

// The record has an answer for what each was asked then.
TEST_F(RecordedGatesTest, OfTwoLanguagesInOneFolderEachIsAskedForItsOwnTests) {
  place_.write("tests/test_a.py", "def test_a():\n    pass\n");
  place_.write("tests/a.test.js", "test('a', () => {})\n");
  ASSERT_NO_FATAL_FAILURE(open_here());
  for (const auto& [name, files] : {std::pair("one", "*.py"), std::pair("two", "*.js")}) {
    std::string section = "factory-gate." + std::string(name) + ".";
    set(section + "command", "true");
    set(section + "stage", "test");
    set(section + "report", "junit");
    set(section + "files", files);
  }
  TwoGatesPast past;
  journal_.emplace(*context_, begin_run(run_record()));
  bench_.emplace(*context_, assignment_, *journal_, past);
  ASSERT_DONE(bench_->open());

  ASSERT_DONE(bench_->run("test", {"tests/a.test.js", "tests/test_a.py"}, {}));

  EXPECT_EQ(past.asked["one"], "tests/test_a.py");
  EXPECT_EQ(past.asked["two"], "tests/a.test.js");
}

}  // namespace
}  // namespace gf::line
