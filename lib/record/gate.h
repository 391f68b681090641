// What a gate said about one tree, in one form for every tool (DESIGN 4, INTEGRATIONS G.7).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "record/json.h"

namespace gf::record {

/// One complaint of a linter or a type checker.
struct Finding {
  std::string path;                ///< relative to the tree; empty when it is about no file
  int line = 0;                    ///< from 1; 0: no line
  std::string rule;                ///< "F401", "arg-type"; empty when the tool names none
  std::string message;             ///< scrubbed of machine paths, addresses and times
  std::string severity = "error";  ///< error, warning, note

  /// Same defect, wherever its line has moved to: path, rule and message.
  [[nodiscard]] std::string key() const { return path + "\x1f" + rule + "\x1f" + message; }
};

/// Rules of the findings that a gate has which was never started: the project does not build, or
/// the environment that its manifests ask for cannot be made.
inline constexpr const char* kNotBuilt = "build";
inline constexpr const char* kNoEnvironment = "environment";

enum class TestStatus {
  kPassed,
  kFailed,   ///< the test ran and said no
  kError,    ///< it could not be run, or not be cleaned up after
  kSkipped,  ///< by its own word
};

struct TestResult {
  std::string id;  ///< "tests/test_items.py::test_missing[9]"
  TestStatus status = TestStatus::kPassed;
  /// For kFailed: assertion, missing-symbol, other. For kError: collection, compile (it names what
  /// is not there, so that nothing of its unit was run), setup, teardown. Empty for the others.
  std::string cause;
  std::string message;  ///< scrubbed, at most 2 KB; empty for what passed
};

/// Lines of one file: executable ones that ran, and that did not. Ascending, from 1; kept as ranges
/// ("1-3,5").
struct FileCoverage {
  std::vector<int> executed;
  std::vector<int> missing;
};

struct GateCounts {
  int passed = 0, failed = 0, errors = 0, skipped = 0;
  [[nodiscard]] int executed() const { return passed + failed + errors; }
};

/// What one gate said of one tree. Equal trees need no second run: outcomes are looked up by tree,
/// gate and what was selected.
struct GateOutcome {
  static constexpr int kVersion = 1;
  enum class Status {
    kPass,
    kFail,    ///< the tool said no
    kBroken,  ///< the tool could not do its work: missing, crashed, unreadable report, no test run
    kTimeout,
    kCancelled,
  };
  std::string gate;   ///< "ruff", "pytest", "packages/low/pytest"
  std::string stage;  ///< the one that asks it: validate or test
  Oid tree;           ///< what was judged
  /// The folder of the gate's project, in which the tool was started; empty: the root. Paths of
  /// findings, tests and coverage are the tree's all the same.
  std::string project;
  Status status = Status::kBroken;
  std::vector<std::string> argv;  ///< with the worktree and tool paths as they are configured
  int exit_code = -1;             ///< -1 when it was ended by a signal or never started
  GateCounts counts;              ///< of tests, or of findings in `failed`
  std::vector<Finding> findings;  ///< all; older records hold 200, and `findings_total` tells
  int findings_total = 0;         ///< findings in all, kept or not
  std::vector<TestResult> tests;  ///< test gates; all that were run or skipped
  std::map<std::string, FileCoverage> coverage;  ///< by path, test gates; empty: not measured
  Milliseconds duration{0};                      ///< of the tool's process
  std::string tool_version;                      ///< as the tool tells it; empty: it does not
  /// What the tool ran in, in words that mean the same on every machine: "venv .venv,
  /// Python 3.11.7, 3f9a0c12"; empty: the machine's own programs.
  std::string environment;
  std::string output_tail;       ///< redacted, at most 8 KB, for people
  std::string sandbox = "none";  ///< which one was used
  std::string reason;            ///< one line when not kPass: "exit 1: 3 findings"
  Oid fixed;  ///< of fixers: the tree they made of `tree`; zero: of a gate, which changes nothing
};

std::string_view name_of(GateOutcome::Status status);
std::string_view name_of(TestStatus status);
Json to_json(const GateOutcome& outcome);
Result<GateOutcome> gate_outcome_from_json(const Json& json);

}  // namespace gf::record
