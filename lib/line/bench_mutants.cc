// Faults are written to disk and taken back, never into a tree: nothing of them is in the
// repository.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

#include "base/files.h"
#include "base/glob.h"
#include "base/text.h"
#include "gate/mutants.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/faults.h"
#include "line/gatekeeper.h"
#include "line/journal.h"

namespace gf::line {
namespace {

constexpr Milliseconds kQuickSuite{4000};  ///< all tests are asked where they take no longer
constexpr Milliseconds kLeastTime{10000};  ///< for one fault: a loop that never ends is noticed
constexpr int64_t kTimes = 4;              ///< as often as the tests took may one fault take

enum class Noticed { kYes, kNo, kUnknown };

/// Did a file with tests not load because what it loads is no code? That is no fault that a test
/// could notice.
bool cannot_be_read(const record::TestResult& test) {
  if (test.cause != "collection") return false;
  for (std::string_view word :
       {"SyntaxError", "IndentationError", "TabError", "Transform failed", "Failed to parse source",
        "Parse failure", "Parse error", "ParseError"}) {
    if (test.message.find(word) != std::string::npos) return true;
  }
  return false;
}

/// Can a runner of tests tell of a fault in this file: does it take it as it lies, or build it? Of
/// others (an extension of Python's in C) what was built before the fault would be asked. Of the
/// runners that we know Python's alone say of no file that it is theirs.
bool is_run_as_it_lies(const std::vector<gate::Gate>& gates, const std::string& path) {
  return std::any_of(gates.begin(), gates.end(), [&](const gate::Gate& gate) {
    if (gate.stage != "test") return false;
    if (gate.files.empty()) return !gate.detected || path.ends_with(".py");
    return glob_matches_any(gate.files, path);
  });
}

/// What neither was noticed nor was not: nobody knows of them.
record::Finding not_tried_finding(const std::string& path, size_t count, const std::string& why) {
  std::string of = path.empty() ? "" : " of " + path;
  return {path, 0, kNotTriedRule,
          fmt::format("{}{} not tried: {}", counted(count, "mutant"), of, why), "note"};
}

/// Was the fault noticed by a test that passes without it?
Noticed noticed_in(const std::vector<record::GateOutcome>& outcomes,
                   const std::set<std::string>& passing) {
  bool asked = false;
  for (const record::GateOutcome& outcome : outcomes) {
    if (outcome.status == record::GateOutcome::Status::kTimeout) return Noticed::kYes;
    if (outcome.status == record::GateOutcome::Status::kBroken ||
        outcome.status == record::GateOutcome::Status::kCancelled)
      return Noticed::kUnknown;
    for (const record::Finding& one : outcome.findings) {
      if (one.rule == record::kNotBuilt) return Noticed::kUnknown;
    }
    for (const record::TestResult& test : outcome.tests) {
      bool error = test.status == record::TestStatus::kError;
      if (error && (test.cause == "compile" || cannot_be_read(test))) return Noticed::kUnknown;
      bool says_no = error || test.status == record::TestStatus::kFailed;
      if (says_no && (passing.contains(test.id) || test.cause == "collection"))
        return Noticed::kYes;
      asked = asked || passing.contains(test.id);
    }
  }
  return asked ? Noticed::kNo : Noticed::kUnknown;
}

/// A compiled cache knows a source by its time, in whole seconds at worst: each fault has its own.
void give_time_of_its_own(const std::string& file, size_t number) {
  std::error_code failed;
  auto now = std::filesystem::last_write_time(file, failed);
  if (!failed) {
    auto later = now + std::chrono::seconds(2 * (number + 1));
    std::filesystem::last_write_time(file, later, failed);
  }
}

}  // namespace

/// What is to be tried, and against what.
struct Bench::Tried {
  std::vector<std::pair<std::string, gate::Mutant>> mutants;
  std::vector<record::Finding> not_tried;
  std::vector<std::string> tests;
  std::set<std::string> passing;
  Milliseconds took{0};
};

Result<record::GateOutcome> Bench::try_mutants(const Tried& tried) {
  auto count = static_cast<size_t>(assignment_.mutation.count);
  if (!tried.mutants.empty())
    journal_.tell("check.begin",
                  fmt::format("{} in the changed lines, to see whether a test notices",
                              counted(std::min(tried.mutants.size(), count), "small fault")));
  record::GateOutcome outcome;
  outcome.gate = outcome.stage = "mutation";
  outcome.tree = tree();
  outcome.status = record::GateOutcome::Status::kPass;
  outcome.exit_code = 0;
  Stopwatch watch(context_.clock());
  const Milliseconds most = std::chrono::seconds(assignment_.mutation.seconds);
  size_t number = 0, wanted = count;
  for (const auto& [path, mutant] : tried.mutants) {
    // One that is thrown away leaves its place to another.
    wanted = count - static_cast<size_t>(outcome.counts.passed) - outcome.findings.size();
    if (watch.elapsed() >= most || wanted == 0) break;
    std::string file = workspace_->path() + "/" + path;
    GF_TRY(write_file(file, mutant.text));
    give_time_of_its_own(file, number++);
    auto outcomes = gates_->try_tests(tried.tests, std::max(kLeastTime, tried.took * kTimes));
    GF_TRY(workspace_->take_back());  // whatever came of it, the fault is gone
    if (!outcomes.ok()) return outcomes.error();
    Noticed noticed = noticed_in(*outcomes, tried.passing);
    outcome.counts.passed += noticed == Noticed::kYes ? 1 : 0;
    outcome.counts.skipped += noticed == Noticed::kUnknown ? 1 : 0;
    if (noticed != Noticed::kNo) continue;
    outcome.findings.push_back(
        {path, mutant.line, "mutation", fmt::format("no test notices {}", mutant.what), "note"});
  }
  outcome.duration = watch.elapsed();
  outcome.counts.failed = static_cast<int>(outcome.findings.size());
  outcome.reason = fmt::format(
      "{} of {} noticed", outcome.counts.passed,
      counted(static_cast<size_t>(outcome.counts.passed + outcome.counts.failed), "small fault"));
  std::vector<record::Finding> not_tried = tried.not_tried;
  if (size_t left = std::min(tried.mutants.size() - number, wanted); left > 0 && wanted > 0)
    not_tried.push_back(
        not_tried_finding("", left, fmt::format("{} s were over", assignment_.mutation.seconds)));
  for (record::Finding& one : not_tried) {
    outcome.reason += "; " + one.message;
    outcome.findings.push_back(std::move(one));
  }
  outcome.findings_total = static_cast<int>(outcome.findings.size());
  return outcome;
}

Result<std::optional<record::GateOutcome>> Bench::mutate(
    const std::map<std::string, std::vector<int>>& lines, const std::vector<std::string>& tests,
    const std::vector<record::GateOutcome>& without) {
  std::optional<record::GateOutcome> none;
  Tried tried;
  auto most = static_cast<size_t>(assignment_.mutation.count);
  std::vector<std::pair<std::string, std::vector<gate::Mutant>>> by_file;
  const size_t some_more = most * 2;
  for (const auto& [path, numbers] : lines) {
    auto text = facts().read(path);
    if (!text) continue;
    if (!is_run_as_it_lies(gates_->gates(), path)) {
      if (size_t count = gate::count_mutants(path, *text, numbers); count > 0)
        tried.not_tried.push_back(not_tried_finding(path, count, "the runner does not build it"));
    } else {
      by_file.emplace_back(path, gate::mutants_of(path, *text, numbers, some_more));
    }
  }
  // One of each file in turn: a long file leaves room for the others.
  for (size_t round = 0; round < some_more; ++round) {
    for (auto& [path, mutants] : by_file) {
      if (round < mutants.size() && tried.mutants.size() < some_more)
        tried.mutants.emplace_back(path, std::move(mutants[round]));
    }
  }
  for (const record::GateOutcome& outcome : without) {
    tried.took += outcome.duration;
    for (const record::TestResult& test : outcome.tests) {
      if (test.status == record::TestStatus::kPassed) tried.passing.insert(test.id);
    }
  }
  if (tried.took > kQuickSuite) tried.tests = tests;
  bool few = tried.took > kQuickSuite && tests.empty();
  bool none_of_any = tried.mutants.empty() && tried.not_tried.empty();
  bool nothing = none_of_any || tried.passing.empty() || few;
  // How long tests take decides here, and is another thing at a replay: the record knows.
  if (nothing && !past_.replays() && past_.gates() == nullptr) return none;
  return gates_->once("mutation", std::to_string(most), [&] { return try_mutants(tried); });
}

}  // namespace gf::line
