// Tests that unittest runs, and pytest where it cannot measure: by our own runner, told as pytest
// tells.
#include <gmock/gmock.h>

#include "unit/gate/project.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestStatus;
using Status = GateOutcome::Status;
using testing::HasSubstr;

using RunnerTest = GateTest;

constexpr const char* kUnitTests = R"(
import unittest

from app import double


class DoubleTest(unittest.TestCase):
    def test_two(self):
        self.assertEqual(double(1), 2)

    def test_wrong(self):
        self.assertEqual(double(1), 3)

    def test_new(self):
        import app
        app.halve(2)

    def test_each(self):
        for number in (1, 2):
            with self.subTest(number=number):
                self.assertEqual(number, 1)

    @unittest.skip("not now")
    def test_later(self):
        pass


class WithSetUp(unittest.TestCase):
    def setUp(self):
        raise ValueError("no place")

    def test_any(self):
        pass
)";

TEST_F(RunnerTest, UnittestTellsWhatPytestWould) {
  project_.write("tests/test_a.py", kUnitTests);
  project_.write("tests/test_b.py", "import no_such_module\n");

  GateOutcome outcome = project_.run(project_.unittest());

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.reason << outcome.output_tail;
  const std::string in = "tests/test_a.py::DoubleTest::";
  EXPECT_EQ(result_of(outcome, in + "test_two").status, TestStatus::kPassed);
  EXPECT_EQ(result_of(outcome, in + "test_wrong").cause, "assertion");
  EXPECT_THAT(result_of(outcome, in + "test_wrong").message, HasSubstr("2 != 3"));
  EXPECT_EQ(result_of(outcome, in + "test_new").cause, "missing-symbol");
  EXPECT_EQ(result_of(outcome, in + "test_each").cause, "assertion");
  EXPECT_EQ(result_of(outcome, in + "test_later").status, TestStatus::kSkipped);
  EXPECT_EQ(result_of(outcome, "tests/test_a.py::WithSetUp::test_any").cause, "setup");
  EXPECT_EQ(result_of(outcome, "tests/test_b.py").cause, "collection");
  EXPECT_EQ(outcome.coverage["app/__init__.py"].executed.size(), 2u) << "by coverage.py";
}

TEST_F(RunnerTest, UnittestRunsOnlyWhatIsSelected) {
  project_.write("tests/test_a.py", kUnitTests);
  project_.write("tests/test_b.py", "import no_such_module\n");

  GateOutcome one = project_.run(project_.unittest(), {"tests/test_a.py::DoubleTest::test_two"});
  GateOutcome file = project_.run(project_.unittest(), {"tests/test_a.py"});
  GateOutcome none = project_.run(project_.unittest(), {"tests/test_c.py"});

  EXPECT_EQ(one.status, Status::kPass) << one.reason << one.output_tail;
  EXPECT_EQ(one.counts.passed, 1);
  EXPECT_EQ(file.tests.size(), 6u);
  EXPECT_EQ(none.status, Status::kBroken);
  EXPECT_EQ(none.reason, "no test was run");
}

TEST_F(RunnerTest, WithoutPytestCovCoverageIsMeasuredAllTheSame) {
  project_.write("tests/test_a.py",
                 "from app import double\n\n\ndef test_two():\n    assert double(1) == 2\n");
  Gate gate = project_.gate("pytest");
  gate.argv.insert(gate.argv.begin() + 3, {"-p", "no:pytest_cov"});  // as if it were not there

  GateOutcome outcome = project_.run(gate);
  GateOutcome none = project_.run(gate, {"tests/test_a.py::test_three"});

  EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason << outcome.output_tail;
  EXPECT_EQ(outcome.counts.passed, 1);
  EXPECT_EQ(outcome.coverage["app/__init__.py"].executed.size(), 2u);
  EXPECT_NE(none.status, Status::kPass);
}

}  // namespace
}  // namespace gf::gate
