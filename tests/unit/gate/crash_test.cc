// How each tool shows that it could not do its work, and what it says then.
#include "gate/crash.h"

#include <gmock/gmock.h>

#include "gate/gate.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

using Status = record::GateOutcome::Status;
using testing::HasSubstr;

constexpr const char* kTraceback =
    "Traceback (most recent call last):\n  File \"mypy/fixup.py\", line 377, in lookup\n"
    "AssertionError: Cannot find component 'A5' for 'pkg.m5.A5'\n";

/// One tool that prints and ends as it is told, run as a gate.
class CrashTest : public testing::Test {
 protected:
  record::GateOutcome run(const std::string& report, int exit, const std::string& out,
                          const std::string& err, const std::string& written = "") {
    folder_.write("out", out);
    folder_.write("err", err);
    folder_.write("written", written);
    folder_.write("work/a.py", "");
    folder_.write("scratch/.keep", "");
    Gate gate;
    gate.name = "tool";
    gate.stage = report == "junit" ? "test" : "validate";
    gate.report = report;
    std::string line = "cat " + (folder_ / "out") + "; cat " + (folder_ / "err") + " >&2; ";
    if (!written.empty()) line += "cp " + (folder_ / "written") + " {report}; ";
    gate.argv = {"sh", "-c", line + "exit " + std::to_string(exit)};
    Place place;
    place.worktree = folder_ / "work";
    place.scratch = folder_ / "scratch";
    place.cache = folder_ / "cache";
    place.environment = proc::current_environment();
    Cancel cancel;
    auto outcome = run_gate(gate, place, {}, {}, cancel);
    EXPECT_TRUE(test::is_done(outcome));
    return outcome.ok() ? *outcome : record::GateOutcome{};
  }
  test::TempFolder folder_;
};

TEST_F(CrashTest, ACrashIsNeitherPassNorFail) {
  struct Case {
    const char* what;
    const char* report;
    int exit;
    std::string out, err, written;
    Status status;
    bool crash;
    const char* reason;
  };
  const std::string finding =
      "{\"file\":\"a.py\",\"line\":1,\"message\":\"no\",\"code\":\"misc\"}\n";
  const std::string ruff =
      "[{\"filename\":\"a.py\",\"location\":{\"row\":1},\"code\":\"F401\",\"message\":\"no\"}]";
  const std::string green = "<testsuite><testcase file=\"t.py\" name=\"test_a\"/></testsuite>";
  const std::string red =
      "<testsuite><testcase file=\"t.py\" name=\"test_a\"><failure message=\"assert 0\"/>"
      "</testcase></testsuite>";
  const std::string skipped =
      "<testsuite><testcase file=\"t.py\" name=\"test_a\"><skipped/></testcase></testsuite>";
  const std::string internal =
      "INTERNALERROR> Traceback (most recent call last):\n"
      "INTERNALERROR> ValueError: bad plugin\n";
  const std::string conftest =
      "ImportError while loading conftest '/x/tests/conftest.py'.\n"
      "tests/conftest.py:1: in <module>\n    import gone\n"
      "E   ModuleNotFoundError: No module named 'gone'\n";
  const std::vector<Case> cases = {
      {"mypy, a finding", "mypy-json", 1, finding, "", "", Status::kFail, false, "1 finding"},
      {"mypy, a syntax error", "mypy-json", 2, "a.py:1: error: bad  [syntax]\n", "", "",
       Status::kFail, false, "1 finding"},
      {"mypy, a traceback and exit 1", "mypy-json", 1, "", kTraceback, "", Status::kBroken, true,
       "exit 1: AssertionError: Cannot find component"},
      {"mypy, a traceback after a finding", "mypy-json", 2, finding, kTraceback, "",
       Status::kBroken, true, "AssertionError"},
      {"mypy, its own word for it", "mypy-json", 2, "",
       "a.py: error: INTERNAL ERROR -- Please try using mypy master on GitHub\n", "",
       Status::kBroken, true, "INTERNAL ERROR"},
      {"mypy, exit 1 and nothing said", "mypy-json", 1, "", "", "", Status::kBroken, true,
       "exit 1"},
      {"ruff, a finding", "ruff-json", 1, ruff, "", "", Status::kFail, false, "1 finding"},
      {"ruff, no such rule", "ruff-json", 2, "", "ruff failed\n  Cause: Unknown rule\n", "",
       Status::kBroken, true, "Cause: Unknown rule"},
      {"ruff, a report that is cut off", "ruff-json", 1, ruff.substr(0, 20), "", "",
       Status::kBroken, true, "without a report that can be read"},
      {"ruff format, a file that does not parse", "ruff-format", 2, "1 file left unchanged",
       "error: Failed to parse a.py:3:7: Expected an expression\n", "", Status::kFail, false,
       "1 finding"},
      {"pytest, red", "junit", 1, "", "", red, Status::kFail, false, "1 failed"},
      {"pytest, exit 1 though green", "junit", 1, "", "", green, Status::kFail, false,
       "though no test failed"},
      {"pytest, an internal error with a report", "junit", 3, internal, "", green, Status::kBroken,
       true, "ValueError: bad plugin"},
      {"pytest, an internal error told as exit 1", "junit", 1, internal, "", red, Status::kBroken,
       true, "ValueError: bad plugin"},
      {"pytest, wrong usage", "junit", 4, "", "ERROR: usage: pytest\nERROR: no such option: -x9\n",
       "", Status::kBroken, true, "no such option"},
      {"pytest, interrupted", "junit", 2, "", "", green, Status::kBroken, true, "exit 2"},
      {"pytest, a conftest that cannot be imported", "junit", 4, "", conftest, "", Status::kFail,
       false, "1 failed"},
      {"pytest, no report", "junit", 0, "", "", "", Status::kBroken, true, "without a report"},
      {"pytest, a report that is cut off", "junit", 1, "", "", red.substr(0, 40), Status::kBroken,
       true, "without a report"},
      {"pytest, no test", "junit", 5, "", "", "", Status::kBroken, false, "no test was run"},
      {"pytest, only skipped ones", "junit", 0, "", "", skipped, Status::kBroken, false,
       "no test was run"},
      {"lines, a no", "text", 1, "would reformat a.py\n", "", "", Status::kFail, false, "exit 1"},
      {"lines, a traceback", "text", 1, "", kTraceback, "", Status::kBroken, true,
       "AssertionError"},
      {"lines, exit 2 and nothing found", "text", 2, "", "cannot open x\n", "", Status::kBroken,
       true, "exit 2: cannot open x"},
      {"pre-commit, a hook's no", "pre-commit", 1,
       "lint.....................Failed\n- hook id: lint\n- exit code: 1\n", "", "", Status::kFail,
       false, "1 finding"},
      {"pre-commit, no environment for a hook", "pre-commit", 3,
       "[INFO] Installing environment for x.\nAn unexpected error has occurred: "
       "CalledProcessError\n",
       "", "", Status::kBroken, true, "An unexpected error has occurred"},
      {"pre-commit, a configuration that is none", "pre-commit", 1,
       "An error has occurred: InvalidConfigError:\n", "", "", Status::kBroken, true,
       "InvalidConfigError"},
      {"a script's no", "exit", 2, "", "", "", Status::kFail, false, "exit 2"},
      {"a script's own traceback", "exit", 1, "", kTraceback, "", Status::kFail, false, "exit 1"},
      {"a script whose tool is missing", "exit", 127, "", "sh: 1: lint: not found\n", "",
       Status::kBroken, true, "lint: not found"},
      {"a script whose tool was killed", "exit", 137, "", "", "", Status::kBroken, true,
       "exit 137"},
  };
  for (const Case& one : cases) {
    record::GateOutcome outcome = run(one.report, one.exit, one.out, one.err, one.written);
    EXPECT_EQ(record::name_of(outcome.status), record::name_of(one.status)) << one.what;
    EXPECT_EQ(crashed(outcome), one.crash) << one.what;
    EXPECT_THAT(outcome.reason, HasSubstr(one.reason)) << one.what;
  }
}

TEST_F(CrashTest, AConftestThatCannotBeImportedDidNotCollect) {
  record::GateOutcome outcome =
      run("junit", 4, "",
          "ImportError while loading conftest '" + (folder_ / "work") + "/tests/conftest.py'.\n" +
              "E   ImportError: cannot import name 'x' from 'app'\n");
  ASSERT_EQ(outcome.tests.size(), 1U);
  EXPECT_EQ(outcome.tests[0].id, "tests/conftest.py");
  EXPECT_EQ(outcome.tests[0].cause, "collection");
  EXPECT_THAT(outcome.tests[0].message, HasSubstr("cannot import name"));
  EXPECT_TRUE(collected_nothing(outcome));
}

TEST_F(CrashTest, SignalsAreToldInWords) {
  EXPECT_EQ(signal_text(9), "was killed (signal 9); the machine may be short of memory");
  EXPECT_EQ(signal_text(11), "ended by signal 11");
}

TEST_F(CrashTest, OwnWordsAreTheExceptionElseTheErrorElseTheLastLine) {
  EXPECT_EQ(own_words("a\n", kTraceback),
            "AssertionError: Cannot find component 'A5' for 'pkg.m5.A5'");
  EXPECT_EQ(own_words("", "error: no such file\nsee --help\n"), "error: no such file");
  EXPECT_EQ(own_words("one\ntwo\n\n", ""), "two");
  EXPECT_EQ(own_words("", ""), "");
}

}  // namespace
}  // namespace gf::gate
