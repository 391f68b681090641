#include "gate/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "gate/crash.h"
#include "gate/report_kinds.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using Status = GateOutcome::Status;

constexpr int kPytestNoTests = 5;
constexpr const char* kNoTest = "no test was run";
constexpr std::string_view kNotInstalled = " is not installed for ";
constexpr std::string_view kNotFound = "' was not found";  // proc::run's words

/// What has to be installed, when the program says so; empty when it does not.
std::string missing_tool(std::string_view err) {
  if (err.find("unrecognized arguments: --cov") != std::string_view::npos) return "pytest-cov";
  size_t at = err.find("No module named ");
  if (at == std::string_view::npos) return {};
  std::string_view rest = err.substr(at + 16);
  std::string_view name = trim(rest.substr(0, rest.find('\n')));
  if (name.size() > 2 && name.front() == '\'') name = name.substr(1, name.rfind('\'') - 1);
  return printable(clipped(name, 100));
}

bool says_no_by_findings(std::string_view report) {
  const ReportKind* kind = report_kind(report);
  return kind != nullptr && kind->no_by_findings;
}

}  // namespace

void broken(GateOutcome& outcome, std::string reason) {
  outcome.status = Status::kBroken;
  outcome.reason = std::move(reason);
}

std::string ended_with(int exit_code, const std::string& words, const char* more) {
  std::string text = fmt::format("exit {}{}", exit_code, more);
  return words.empty() ? text : text + ": " + words;
}

void judge(const Gate& gate, const proc::Outcome& ran, bool readable, const std::string& words,
           GateOutcome& outcome) {
  bool test_gate = reports_tests(gate.report);
  int bad = outcome.counts.failed + outcome.counts.errors;
  // --max-warnings: then they are what it says no for.
  bool by_warnings = gate.report == "eslint-json" || gate.report == "sarif";
  if (by_warnings && ran.exit_code == 1 && bad == 0) bad = outcome.findings_total;
  std::string missing = ran.exit_code == 0 ? "" : missing_tool(ran.err);
  if (!missing.empty() && outcome.tests.empty() && outcome.findings_total == 0) {
    std::string program = gate.argv[0].substr(gate.argv[0].rfind('/') + 1);
    return broken(outcome, fmt::format("{}{}{}: try '{} -m pip install {}'", missing, kNotInstalled,
                                       program, program, missing));
  }
  if (gate.report == "junit" && ran.exit_code == kPytestNoTests) return broken(outcome, kNoTest);
  if (!readable && ran.out_cut) return broken(outcome, "it printed too much to be read");
  if (!readable) {
    return broken(outcome, ended_with(ran.exit_code, words, " without a report that can be read"));
  }
  if (gate.report == "mypy-json" && ran.exit_code == 1 && has_mypy_notes_alone(ran.out) &&
      trim(ran.err).empty()) {
    outcome.status = Status::kPass;
    return;
  }
  if (is_crash(gate.report, ran, bad)) return broken(outcome, ended_with(ran.exit_code, words));
  if (test_gate && outcome.counts.executed() == 0) return broken(outcome, kNoTest);
  if (ran.exit_code == 0 && bad == 0) {
    outcome.status = Status::kPass;
  } else if (ran.exit_code == 0 && says_no_by_findings(gate.report)) {
    outcome.status = Status::kFail;
    outcome.reason = test_gate ? fmt::format("{} failed, {} passed", bad, outcome.counts.passed)
                               : counted(static_cast<size_t>(bad), "finding");
  } else if (ran.exit_code == 0) {
    broken(outcome, fmt::format("exit 0, but the report has {}",
                                counted(static_cast<size_t>(bad), "failure")));
  } else if (test_gate && bad == 0) {
    outcome.status = Status::kFail;
    outcome.reason = fmt::format("exit {}, though no test failed", ran.exit_code);
  } else if (gate.report == "exit") {
    outcome.status = Status::kFail;
    outcome.reason = fmt::format("exit {}", ran.exit_code);
  } else {
    outcome.status = Status::kFail;
    outcome.reason =
        test_gate ? fmt::format("{} failed, {} passed", bad, outcome.counts.passed)
                  : fmt::format("exit {}: {}", ran.exit_code,
                                counted(static_cast<size_t>(outcome.findings_total), "finding"));
  }
}

bool crashed(const GateOutcome& outcome) {
  return outcome.status == Status::kBroken && outcome.reason != kNoTest;
}

bool is_missing(const GateOutcome& outcome) {
  if (outcome.status != Status::kBroken) return false;
  bool module = outcome.reason.find(kNotInstalled) != std::string::npos;
  return module || outcome.reason.ends_with(kNotFound);
}

bool may_be_left_out(const Gate& gate, const GateOutcome& on_base) {
  bool works = !crashed(on_base) && on_base.status != Status::kTimeout;
  return gate.detected && gate.stage != "test" && !works;
}

bool collected_nothing(const GateOutcome& outcome) {
  if (outcome.stage != "test") return false;
  if (outcome.status == Status::kBroken) return !crashed(outcome);
  if (outcome.counts.passed + outcome.counts.failed > 0 || outcome.tests.empty()) return false;
  return std::any_of(outcome.tests.begin(), outcome.tests.end(),
                     [](const record::TestResult& test) {
                       return test.cause == "collection" || test.cause == "compile";
                     });
}

}  // namespace gf::gate
