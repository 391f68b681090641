// Gates run for real: ruff, mypy and pytest on a small project.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "gate/gate.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"
#include "unit/gate/project.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;
using Status = GateOutcome::Status;
using testing::HasSubstr;
using testing::Not;

TEST_F(GateTest, OptionsOfPytestsCacheAreTakenAndNothingIsRemembered) {
  project_.write("tests/test_app.py", "def test_a():\n    assert False\ndef test_b():\n    pass\n");
  project_.write("pytest.ini", "[pytest]\npythonpath = .\naddopts = --cache-clear --last-failed\n");

  GateOutcome first = project_.run("pytest"), second = project_.run("pytest");

  EXPECT_EQ(first.counts.executed(), 2) << first.reason;
  EXPECT_EQ(second.counts.executed(), 2) << second.reason;
}

TEST_F(GateTest, AMypyThatIsTooOldForJsonIsReadByItsLines) {
  Gate gate = project_.gate("mypy");
  std::string python = gate.argv[0];
  project_.write("app/bad.py", "value: int = ''\n");
  project_.write(
      "mypy-1.9",
      "#!/bin/sh\nfor word in \"$@\"; do\n  if [ \"$word\" = --output ]; then\n"
      "    echo 'mypy: error: unrecognized arguments: --output' >&2; exit 2\n  fi\ndone\n"
      "exec " +
          python + " \"$@\"\n");
  std::filesystem::permissions(project_.place().worktree + "/mypy-1.9",
                               std::filesystem::perms::owner_all);
  gate.argv[0] = project_.place().worktree + "/mypy-1.9";

  GateOutcome outcome = project_.run(gate);

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.reason;
  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].path, "app/bad.py");
  EXPECT_EQ(outcome.findings[0].line, 1);
  EXPECT_EQ(outcome.findings[0].rule, "assignment");
}

TEST_F(GateTest, ACleanProjectPassesEveryGate) {
  project_.write("tests/test_a.py",
                 "from app import double\n\n\ndef test_two():\n    assert double(1) == 2\n");

  for (const char* name : {"ruff", "ruff-format", "mypy", "pytest"}) {
    GateOutcome outcome = project_.run(name);
    EXPECT_EQ(outcome.status, Status::kPass) << name << ": " << outcome.reason << "\n"
                                             << outcome.output_tail;
    EXPECT_EQ(outcome.exit_code, 0);
  }
}

TEST_F(GateTest, RuffTellsWhatIsUnused) {
  project_.write("app/b.py", "import os\n");

  GateOutcome outcome = project_.run("ruff");

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.reason;
  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].path, "app/b.py");
  EXPECT_EQ(outcome.findings[0].line, 1);
  EXPECT_EQ(outcome.findings[0].rule, "F401");
}

TEST_F(GateTest, RuffFormatNamesTheFile) {
  project_.write("app/b.py", "x=1\n");

  GateOutcome outcome = project_.run("ruff-format");

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.reason;
  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].path, "app/b.py");
}

TEST_F(GateTest, MypyTellsTheTypeErrorAndTheSyntaxError) {
  project_.write("app/b.py", "x: int = \"a\"\n");
  GateOutcome types = project_.run("mypy");
  project_.write("app/b.py", "def f(:\n");
  GateOutcome syntax = project_.run("mypy");

  EXPECT_EQ(types.status, Status::kFail) << types.reason;
  ASSERT_EQ(types.findings.size(), 1u);
  EXPECT_EQ(types.findings[0].rule, "assignment");
  EXPECT_EQ(types.findings[0].path, "app/b.py");
  EXPECT_EQ(syntax.status, Status::kFail) << syntax.reason << syntax.output_tail;
  ASSERT_EQ(syntax.findings.size(), 1u);
  EXPECT_EQ(syntax.findings[0].rule, "syntax");
}

constexpr const char* kManyWays = R"(
import unittest.mock
import pytest
import app


def test_ok():
    assert app.double(1) == 2


def test_wrong():
    assert app.double(1) == 3


def test_absent():
    app.triple(1)


def test_module_says_no():
    from app import lazy
    lazy.triple(1)


def test_import():
    from app import triple


def test_raises():
    with pytest.raises(ValueError):
        app.double(1)


def test_patch():
    with unittest.mock.patch("app.triple"):
        pass


def test_inside():
    app.deep()


def test_other():
    raise KeyError("assert ")


@pytest.fixture
def bad():
    raise RuntimeError("collection")


@pytest.fixture
def bad_end():
    yield 1
    raise RuntimeError("end")


def test_setup(bad):
    pass


def test_teardown(bad_end):
    pass


@pytest.mark.skip
def test_skipped():
    pass


class TestC:
    @pytest.mark.parametrize("p", ["a.b", "x::y"])
    def test_in(self, p):
        assert p
)";

TEST_F(GateTest, EveryWayATestCanEndHasItsCause) {
  project_.write("app/__init__.py",
                 "def double(x):\n    return 2 * x\n\n\ndef deep():\n    None.x\n");
  project_.write("app/lazy.py", "def __getattr__(name):\n    raise AttributeError(name)\n");
  project_.write("tests/test_a.py", kManyWays);

  GateOutcome outcome = project_.run("pytest");

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.reason;
  auto cause = [&](const std::string& name) {
    return result_of(outcome, "tests/test_a.py::" + name).cause;
  };
  EXPECT_EQ(cause("test_ok"), "");
  EXPECT_EQ(cause("test_wrong"), "assertion");
  EXPECT_EQ(cause("test_absent"), "missing-symbol");
  EXPECT_EQ(cause("test_module_says_no"), "missing-symbol");
  EXPECT_EQ(cause("test_import"), "missing-symbol");
  EXPECT_EQ(cause("test_raises"), "assertion");
  EXPECT_EQ(cause("test_patch"), "missing-symbol");
  EXPECT_EQ(cause("test_inside"), "other");
  EXPECT_EQ(cause("test_other"), "other");
  EXPECT_EQ(cause("test_setup"), "setup");
  EXPECT_EQ(cause("test_teardown"), "teardown");
  EXPECT_EQ(result_of(outcome, "tests/test_a.py::test_skipped").status, TestStatus::kSkipped);
  EXPECT_EQ(result_of(outcome, "tests/test_a.py::TestC::test_in[a.b]").status, TestStatus::kPassed);
  EXPECT_EQ(result_of(outcome, "tests/test_a.py::TestC::test_in[x::y]").status,
            TestStatus::kPassed);
  EXPECT_EQ(outcome.counts.failed, 8);
  EXPECT_EQ(outcome.counts.errors, 2);
}

TEST_F(GateTest, AFileThatCannotBeImportedIsACollectionError) {
  project_.write("tests/test_a.py", "import nothing_of_this_name\n\n\ndef test_x():\n    pass\n");

  GateOutcome outcome = project_.run("pytest");

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.reason;
  EXPECT_EQ(result_of(outcome, "tests/test_a.py").cause, "collection");
  EXPECT_THAT(result_of(outcome, "tests/test_a.py").message, HasSubstr("nothing_of_this_name"));
}

TEST_F(GateTest, NoTestRunIsBrokenAndNotGreen) {
  GateOutcome none = project_.run("pytest");
  project_.write("tests/test_a.py",
                 "import pytest\n\n\n@pytest.mark.skip\ndef test_x():\n    pass\n");
  GateOutcome skipped = project_.run("pytest");

  EXPECT_EQ(none.status, Status::kBroken);
  EXPECT_EQ(none.reason, "no test was run");
  EXPECT_EQ(skipped.status, Status::kBroken);
  EXPECT_EQ(skipped.reason, "no test was run");
}

TEST_F(GateTest, ATestThatNeverEndsIsATimeout) {
  project_.write("tests/test_a.py", "def test_x():\n    while True:\n        pass\n");
  Gate gate = project_.gate("pytest");
  gate.timeout = Milliseconds(2000);

  GateOutcome outcome = project_.run(gate);

  EXPECT_EQ(outcome.status, Status::kTimeout);
  EXPECT_EQ(outcome.exit_code, -1);
  EXPECT_THAT(outcome.reason, HasSubstr("2 s"));
}

TEST_F(GateTest, OnlyTheSelectedTestIsRun) {
  project_.write("tests/test_a.py", "def test_x():\n    pass\n\n\ndef test_y():\n    assert 0\n");

  GateOutcome outcome = project_.run(project_.gate("pytest"), {"tests/test_a.py::test_x"});

  EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason;
  ASSERT_EQ(outcome.tests.size(), 1u);
  EXPECT_EQ(outcome.tests[0].id, "tests/test_a.py::test_x");
}

TEST_F(GateTest, CoverageIsNamedAsTheTreeNamesIt) {
  project_.write("app/__init__.py",
                 "def double(x):\n    if x < 0:\n        return 0\n    return 2 * x\n");
  project_.write("tests/test_a.py",
                 "from app import double\n\n\ndef test_x():\n    assert double(1)\n");

  GateOutcome outcome = project_.run("pytest");

  ASSERT_TRUE(outcome.coverage.contains("app/__init__.py")) << outcome.output_tail;
  EXPECT_EQ(outcome.coverage.at("app/__init__.py").executed, (std::vector<int>{1, 2, 4}));
  EXPECT_EQ(outcome.coverage.at("app/__init__.py").missing, (std::vector<int>{3}));
}

TEST_F(GateTest, TheSameFailureReadsTheSameInAnotherFolder) {
  TriedProject other;
  std::vector<GateOutcome> outcomes;
  for (const TriedProject* project : {&project_, &other}) {
    project->write("tests/test_a.py",
                   "import app\n\n\ndef test_x(tmp_path):\n    assert str(tmp_path) == app.double\n"
                   "\n\ndef test_y():\n    assert app.__file__ == object()\n");
    project->write("tests/test_b.py", "import nothing_of_this_name\n");
    outcomes.push_back(project->run("pytest"));
  }

  ASSERT_EQ(outcomes[0].tests.size(), 1u + 0u) << outcomes[0].output_tail;
  for (size_t i = 0; i < outcomes[0].tests.size(); ++i) {
    EXPECT_EQ(outcomes[0].tests[i].message, outcomes[1].tests[i].message);
  }
  EXPECT_EQ(outcomes[0].output_tail, outcomes[1].output_tail);
  EXPECT_EQ(outcomes[0].argv, outcomes[1].argv);
  EXPECT_THAT(outcomes[0].output_tail, Not(HasSubstr(project_.place().worktree)));
  outcomes = {project_.run(project_.gate("pytest"), {"tests/test_a.py"}),
              other.run(other.gate("pytest"), {"tests/test_a.py"})};
  ASSERT_EQ(outcomes[0].tests.size(), 2u) << outcomes[0].output_tail;
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(outcomes[0].tests[i].message, outcomes[1].tests[i].message);
  }
}

TEST_F(GateTest, AMissingToolIsBrokenAndSaysWhatToInstall) {
  Gate module = project_.gate("ruff");
  module.argv[2] = "ruff_of_tomorrow";
  Gate program = module;
  program.argv = {"no-such-program-here"};

  EXPECT_EQ(project_.run(module).status, Status::kBroken);
  EXPECT_THAT(project_.run(module).reason, HasSubstr("pip install ruff_of_tomorrow"));
  EXPECT_EQ(project_.run(program).status, Status::kBroken);
  EXPECT_THAT(project_.run(program).reason, HasSubstr("no-such-program-here"));
}

TEST_F(GateTest, AnOldReportIsNotThisRuns) {
  project_.write("tests/test_a.py", "def test_x():\n    pass\n");
  ASSERT_EQ(project_.run("pytest").status, Status::kPass);
  Gate silent = project_.gate("pytest");
  silent.argv = {silent.argv[0], "-c", "pass"};

  GateOutcome outcome = project_.run(silent);

  EXPECT_EQ(outcome.status, Status::kBroken);
  EXPECT_THAT(outcome.reason, HasSubstr("without a report"));
}

TEST_F(GateTest, AGateThatLiesIsBroken) {
  project_.write("tests/test_a.py", "def test_x():\n    assert 0\n");
  project_.write("tests/conftest.py",
                 "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n");

  GateOutcome outcome = project_.run("pytest");

  EXPECT_EQ(outcome.status, Status::kBroken);
  EXPECT_EQ(outcome.reason, "exit 0, but the report has 1 failure");
}

TEST_F(GateTest, AnExitGateFailsWithAnyExit) {
  Gate gate;
  gate.name = "check";
  gate.report = "exit";
  gate.argv = {"sh", "-c", "exit 2"};

  EXPECT_EQ(project_.run(gate).status, Status::kFail);
  gate.argv[2] = "exit 0";
  EXPECT_EQ(project_.run(gate).status, Status::kPass);
  gate.argv[2] = "exit 127";
  EXPECT_EQ(project_.run(gate).status, Status::kBroken);
}

TEST_F(GateTest, NothingIsLeftInTheWorktree) {
  project_.write("tests/test_a.py", "import app\n\n\ndef test_x():\n    assert app.double(1)\n");
  for (const char* name : {"ruff", "mypy", "pytest"}) (void)project_.run(name);

  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(project_.place().worktree)) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("app", "tests", "pyproject.toml"));
}

TEST_F(GateTest, ToolsTellTheirVersion) {
  Cancel cancel;
  EXPECT_THAT(tool_version(project_.gate("ruff"), proc::current_environment(), cancel),
              testing::StartsWith("ruff "));
  EXPECT_THAT(tool_version(project_.gate("pytest"), proc::current_environment(), cancel),
              testing::MatchesRegex("pytest [0-9.]+"));
}

TEST_F(GateTest, AModuleThatLiesBesideTheCallerIsNotAskedForItsVersion) {
  std::filesystem::path before = std::filesystem::current_path();
  project_.write("csv.py", "raise SystemExit('not this one')\n");
  std::filesystem::current_path(project_.place().worktree);
  Cancel cancel;
  std::string version = tool_version(project_.gate("mypy"), proc::current_environment(), cancel);
  std::filesystem::current_path(before);
  EXPECT_THAT(version, testing::MatchesRegex("mypy [0-9.]+.*"));
}

}  // namespace
}  // namespace gf::gate
