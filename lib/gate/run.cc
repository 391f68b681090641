// One tool, one worktree, one outcome.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "gate/arguments.h"
#include "gate/clang_tidy.h"
#include "gate/cpp_runner.h"
#include "gate/crash.h"
#include "gate/gate.h"
#include "gate/held.h"
#include "gate/java_runner.h"
#include "gate/javascript_runner.h"
#include "gate/judge.h"
#include "gate/language.h"
#include "gate/older.h"
#include "gate/python_tests.h"
#include "gate/report_kinds.h"
#include "gate/rust_coverage.h"
#include "gate/rust_nextest.h"
#include "gate/surroundings.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using Status = GateOutcome::Status;

constexpr size_t kMaxReport = 64u << 20;
constexpr size_t kOutputTail = 8000;  // 8 KB with the mark of the cut
constexpr const char* kPreCommit = "pre-commit";
constexpr const char* kHook = "hook";

/// A report that a tool wrote; nothing when there is none, or one too large to be meant. A link
/// leads where the tool may not have been, and a pipe to nowhere.
std::optional<std::string> read_report(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(path, failed)))
    return std::nullopt;
  if (std::filesystem::file_size(path, failed) > kMaxReport || failed) return std::nullopt;
  return read_file(path);
}

/// A path that a tool told, started in the gate's folder, as the tree has it.
void tell_from_top(const Gate& gate, std::string& path) {
  bool machines = path.empty() || path[0] == '/' || path[0] == '<';
  if (machines) return;
  path = (std::filesystem::path(gate.folder) / path).lexically_normal().string();
}

void tell_from_top(const Gate& gate, GateOutcome& outcome) {
  outcome.project = gate.folder;
  if (gate.folder.empty()) return;
  for (record::Finding& finding : outcome.findings) tell_from_top(gate, finding.path);
  for (record::TestResult& test : outcome.tests) {
    size_t end = std::min(test.id.find("::"), test.id.size());
    std::string path = test.id.substr(0, end);
    if (end == test.id.size() && !is_source(path)) continue;
    tell_from_top(gate, path);
    test.id = path + test.id.substr(end);
  }
  std::map<std::string, record::FileCoverage> coverage;
  for (auto& [path, lines] : outcome.coverage) {
    std::string whole = path;
    tell_from_top(gate, whole);
    coverage.emplace(std::move(whole), std::move(lines));
  }
  outcome.coverage = std::move(coverage);
}

bool read_coverage(const Gate& gate, const Place& place, const Scrubber& scrub,
                   GateOutcome& outcome) {
  for (const CoverageKind& kind : coverage_kinds()) {
    if (gate.coverage != kind.name) continue;
    auto coverage = read_report(place.scratch + "/coverage");
    // Where a tool takes a folder to write into.
    if (!coverage) coverage = read_report(place.scratch + "/coverage/lcov.info");
    return coverage && kind.read(*coverage, scrub, outcome);
  }
  return false;
}

bool read_report(const Gate& gate, const Place& place, const proc::Outcome& ran,
                 const std::vector<std::string>& changed, const Scrubber& scrub,
                 GateOutcome& outcome) {
  if (gate.report == kHook) {
    if (ran.exit_code != 0) read_hook(ran.out + "\n" + ran.err, changed, scrub, outcome);
    return true;
  }
  const ReportKind* kind = report_kind(gate.report);
  if (kind == nullptr || kind->read == nullptr) return true;
  if (kind->left == Left::kStdout || kind->left == Left::kOneStream) {
    bool readable = kind->read(ran.out, scrub, outcome);
    return (void)read_coverage(gate, place, scrub, outcome), readable;
  }
  if (kind->left == Left::kBoth) return kind->read(ran.out + "\n" + ran.err, scrub, outcome);
  auto report = read_report(place.scratch + "/report");
  if (!report && kind->left == Left::kFile) return read_conftest_failure(ran.err, scrub, outcome);
  if (!kind->read(report ? *report : ran.out + "\n" + ran.err, scrub, outcome)) return false;
  (void)read_coverage(gate, place, scrub, outcome);
  return true;
}

/// Beside the reports, for one run.
Result<void> write_runner(const Gate& gate, const Place& place) {
  for (const std::string& word : gate.argv) {
    if (word.find(kRunnerWord) == std::string::npos) continue;
    const char* program = gate.report == "node-test" ? kNodeReporter
                          : gate.report == "ctest"   ? kCppRunner
                          : is_by_java_runner(gate)  ? kJavaRunner
                          : is_by_tidy_runner(gate)  ? kTidyRunner
                                                     : kPythonRunner;
    return write_file(runner_path(gate, place), program);
  }
  return Done{};
}

/// Did pytest only stumble over what it has no plugin for?
bool lacks_pytest_cov(const proc::Outcome& ran) {
  return ran.exit_code != 0 && ran.err.find("unrecognized arguments: --cov") != std::string::npos;
}

/// An older report must never pass for this run's.
Result<void> remove_old_reports(const Place& place) {
  for (const char* name : {"/report", "/report.cache", "/coverage", "/coverage.data"}) {
    std::error_code failed;
    std::filesystem::remove_all(place.scratch + name, failed);
    if (failed) {
      return Error{Fault::kEnvironment,
                   fmt::format("cannot write to '{}': {}", place.scratch, failed.message()),
                   {},
                   {}};
    }
  }
  return Done{};
}

Scrubber scrubber_for(const Gate& gate, const Place& place) {
  const std::string& program = gate.argv[0];
  std::string prefix =
      program.find("/bin/") == std::string::npos ? "" : program.substr(0, program.rfind("/bin/"));
  Scrubber scrub(folder_in(gate, place), place.scratch, prefix);
  if (!gate.folder.empty()) {
    std::string up = "..";
    for (char c : gate.folder) up += c == '/' ? "/.." : "";
    scrub.also(place.worktree, up);
  }
  scrub.also(place.cache, "<cache>");
  for (const std::string& more : {place.variables.get("VIRTUAL_ENV"), place.prefix}) {
    if (more != prefix) scrub.also(more, "<python>");
  }
  return scrub;
}

/// Who listens hears what a person would read, in whole lines where the form has to be read for it.
std::function<void(std::string_view)> heard_by(const Place& place, const ReportKind* kind) {
  if (!place.on_output || kind == nullptr || kind->spoken == nullptr) return place.on_output;
  return [&place, kind, begun = std::string()](std::string_view piece) mutable {
    begun += piece;
    size_t end = begun.rfind('\n');
    if (end == std::string::npos) return;
    std::string spoken = kind->spoken(std::string_view(begun).substr(0, end + 1));
    begun.erase(0, end + 1);
    if (!spoken.empty()) place.on_output(spoken);
  };
}

/// Starts a program and tells how it ended where that says all; true: it ended by itself, and what
/// it came to is still to be judged.
Result<bool> start(const std::vector<std::string>& argv, const Gate& gate, const Place& place,
                   const Scrubber& scrub, const Cancel& cancel, proc::Outcome& ran,
                   GateOutcome& outcome) {
  proc::Options options;
  GF_ASSIGN(options.argv, beside_services(gate, place, argv));
  options.directory = folder_in(gate, place);
  options.environment = environment_for(gate, place);
  options.limits.timeout = gate.timeout;
  // A sandbox gives what is there. Where it cannot be made the tool says what that is to it.
  std::error_code failed;
  std::filesystem::create_directories(place.cache, failed);
  const ReportKind* kind = report_kind(gate.report);
  options.on_output = heard_by(place, kind);
  options.one_stream = kind != nullptr && kind->left == Left::kOneStream;
  for (const std::string& word : argv) outcome.argv.push_back(scrub(word));
  if (place.sandbox != nullptr && place.sandbox->kind() != proc::Sandbox::Kind::kNone) {
    options.limits = proc::usual_limits(options.limits, place.worktree);
    outcome.sandbox = place.sandbox->name();
  }
  auto done = proc::run_in(place.sandbox, options, policy_for(gate, place), cancel);
  if (!done.ok()) {
    if (done.error().fault == Fault::kCancelled) return done.error();
    broken(outcome, done.error().message);
    return false;
  }
  ran = std::move(done).value();
  // Some tools colour what they print whatever they are told; a place is not found within.
  ran.out = without_escapes(ran.out);
  ran.err = without_escapes(ran.err);
  outcome.duration += ran.duration;
  outcome.exit_code = ran.end == proc::End::kExited ? ran.exit_code : -1;
  // Cut first: scrubbing goes through every byte.
  std::string said = kind != nullptr && kind->spoken != nullptr ? kind->spoken(ran.out) : ran.out;
  std::string tail = clipped_middle(said + ran.err, 8 * kOutputTail);
  outcome.output_tail = clipped_middle(scrub(tail), kOutputTail);
  if (ran.end == proc::End::kCancelled) {
    outcome.status = Status::kCancelled;
    outcome.reason = "cancelled";
  } else if (ServiceTrouble trouble = service_trouble(gate, place); trouble.before_gate) {
    broken(outcome, scrub(trouble.what));
    return false;
  } else if (ran.end == proc::End::kTimedOut) {
    outcome.status = Status::kTimeout;
    outcome.reason = fmt::format("did not end within {} s", gate.timeout.count() / 1000);
  } else if (ran.end == proc::End::kOverLimit) {
    outcome.status = Status::kTimeout;
    outcome.reason = "was stopped: " + ran.over;
  } else if (ran.end == proc::End::kSignalled) {
    broken(outcome, signal_text(ran.signal));
  }
  return ran.end == proc::End::kExited;
}

}  // namespace

Result<GateOutcome> run_gate(const Gate& gate, const Place& place,
                             const std::vector<std::string>& selection,
                             const std::vector<std::string>& changed, const Cancel& cancel) {
  GateOutcome outcome;
  outcome.gate = gate.name;
  outcome.stage = gate.stage;
  outcome.tree = place.tree;
  outcome.environment = place.within;
  outcome.project = gate.folder;
  if (auto plain = without_nextest(gate, place.environment))
    return run_gate(*plain, place, selection, changed, cancel);
  if (auto measured = measured_by_llvm_cov(gate, environment_for(gate, place)))
    return run_gate(*measured, place, selection, changed, cancel);
  std::vector<std::string> argv = argv_for(gate, place, selection, changed);
  GF_TRY(remove_old_reports(place));
  bool of_files = std::find(gate.argv.begin(), gate.argv.end(), "{files}") != gate.argv.end();
  bool asked_anyway = gate.report == kPreCommit || is_by_tidy_runner(gate);
  if (of_files && !asked_anyway && files_for(gate, changed).empty()) {
    outcome.status = Status::kPass;
    outcome.reason = "no changed file is its business";
    return outcome;
  }
  GF_TRY(write_runner(gate, place));
  Scrubber scrub = scrubber_for(gate, place);
  proc::Outcome ran;
  GF_ASSIGN(bool ended, start(argv, gate, place, scrub, cancel, ran, outcome));
  if (!ended) return outcome;
  if (auto older = for_older_release(gate, ran)) {
    outcome.argv.clear();
    argv = argv_for(*older, place, selection, changed);
    GF_ASSIGN(ended, start(argv, *older, place, scrub, cancel, ran, outcome));
    if (!ended) return outcome;
  }
  if (lacks_pytest_cov(ran)) {
    if (auto plain = without_pytest_cov(gate))
      return run_gate(*plain, place, selection, changed, cancel);
  }
  bool readable = read_report(gate, place, ran, changed, scrub, outcome);
  const ReportKind* kind = report_kind(gate.report);
  std::string said = kind != nullptr && kind->spoken != nullptr ? kind->spoken(ran.out) : ran.out;
  judge(gate, ran, readable, scrub(own_words(said, ran.err)), outcome);
  tell_hindrance(gate, place, ran, outcome);
  if (ServiceTrouble trouble = service_trouble(gate, place);
      !trouble.what.empty() && outcome.status != Status::kPass)
    outcome.reason += fmt::format(" ({})", scrub(trouble.what));
  tell_from_top(gate, outcome);
  return outcome;
}

Result<GateOutcome> run_fixer(const Gate& gate, const Place& place,
                              const std::vector<std::string>& paths, const Cancel& cancel) {
  GateOutcome outcome;
  outcome.gate = gate.name;
  outcome.stage = gate.stage;
  outcome.tree = place.tree;
  Gate fixer = gate;
  fixer.argv = gate.fix;
  fixer.files.clear();
  fixer.services.clear();
  GF_TRY(write_runner(fixer, place));
  Scrubber scrub = scrubber_for(fixer, place);
  proc::Outcome ran;
  GF_ASSIGN(bool ended,
            start(argv_for(fixer, place, {}, paths), fixer, place, scrub, cancel, ran, outcome));
  if (!ended) return outcome;
  outcome.status = Status::kPass;
  // 1: there is something left that it cannot mend, which the gate will tell.
  if (ran.exit_code > 1 || is_crash("text", ran, ran.exit_code))
    broken(outcome, ended_with(ran.exit_code, scrub(own_words(ran.out, ran.err))));
  return outcome;
}

}  // namespace gf::gate
