// One row a runner: how it is called so that it names tests, and which of them.
#include "gate/javascript_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/glob.h"
#include "base/text.h"
#include "gate/arguments.h"
#include "gate/javascript_tools.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

constexpr Milliseconds kSuiteTime{1800000};
/// Options of node that change what a file becomes before it runs: lines are counted in that.
constexpr std::array<std::string_view, 5> kLoaders = {"--import", "--loader", "--require", "-r",
                                                      "--experimental-loader"};

struct Runner {
  const char* gate;      ///< its name
  const char* evidence;  ///< ToolCall::tool
  Words before;          ///< what it is started with, in front of the project's own options
  Words behind;
  const char* report;
  Words dropped, dropped_with;  ///< options of a call that are left out
  Words valued;                 ///< options that are kept with the word behind them
  Words coverage;               ///< asks the runner itself for LCOV; none: it cannot
  const char* package;          ///< the dependency that alone shows it
};

const std::vector<Runner>& runners() {
  static const std::vector<Runner> all = {
      {"vitest",
       "vitest",
       {"vitest", "run", "--reporter=json", "--outputFile={report}"},
       {},
       "jest-json",
       {"run", "watch", "dev", "--watch", "-w", "--ui", "--run", "--coverage", "--silent", "--open",
        "--passWithNoTests"},
       {"--reporter", "--outputFile", "--coverage.reporter"},
       {"--config", "-c", "--root", "-r", "--dir", "--project", "--environment", "--pool"},
       {},
       "vitest"},
      {"jest",
       "jest",
       {"jest", "--json", "--outputFile={report}", "--ci", "--cacheDirectory={cache}/jest"},
       {},
       "jest-json",
       {"--watch", "--watchAll", "--coverage", "--collectCoverage", "--verbose", "--silent",
        "--json", "--ci", "--passWithNoTests", "--notify", "-o", "--onlyChanged", "-u",
        "--updateSnapshot", "--no-cache"},
       {"--outputFile", "--coverageDirectory", "--coverageReporters", "--cacheDirectory",
        "--coverageThreshold", "--reporters"},
       {"--config", "-c", "--rootDir", "--roots", "--selectProjects", "--env", "--maxWorkers", "-w",
        "--testPathIgnorePatterns", "--testTimeout"},
       {"--coverage", "--coverageReporters=lcovonly", "--coverageDirectory={coverage}",
        "--coverageThreshold={}"},
       "jest"},
      {"mocha",
       "mocha",
       {"mocha", "--reporter", "json", "--reporter-option", "output={report}"},
       {},
       "mocha-json",
       {"--watch", "-w", "--bail", "-b", "--full-trace"},
       {"--reporter", "-R", "--reporter-option", "--reporter-options", "-O"},
       {"--require",     "-r",       "--timeout", "-t",        "--ui",     "-u",
        "--extension",   "--ext",    "--config",  "--file",    "--ignore", "--exclude",
        "--spec",        "--loader", "--import",  "--jobs",    "-j",       "-n",
        "--node-option", "--slow",   "-s",        "--retries", "--package"},
       {},
       "mocha"},
      {"ava",
       "ava",
       {"ava", "--tap"},
       {},
       "tap",
       {"--tap", "-t", "--watch", "-w", "--verbose", "-v", "--fail-fast"},
       {},
       {"--config", "--timeout", "-T", "--concurrency", "-c", "--node-arguments"},
       {},
       "ava"},
      {"tape", "tape", {"tape"}, {}, "tap", {}, {}, {"--require", "-r", "--import"}, {}, "tape"},
      {"node-test",
       "node-test",
       {"node", "--test-reporter={runner}", "--test-reporter-destination={report}"},
       {"--test"},
       "node-test",
       {"--test", "--watch", "--experimental-test-coverage", "--test-reporter",
        "--test-reporter-destination", "--test-coverage-lines", "--test-coverage-branches",
        "--test-coverage-functions", "--test-update-snapshots"},
       {},
       {"--import", "--loader", "--experimental-loader", "--require", "-r", "--conditions", "-C",
        "--env-file", "--test-name-pattern", "--test-skip-pattern"},
       {"--experimental-test-coverage", "--test-reporter=lcov",
        "--test-reporter-destination={coverage}"},
       ""},
  };
  return all;
}

/// `tsx --test` is node's runner behind a loader of its own.
Runner tsx_runner() {
  Runner runner = runners().back();
  runner.evidence = "tsx-test";
  runner.before.front() = "tsx";
  runner.coverage.clear();
  return runner;
}

bool is_one_of_words(const Words& all, const std::string& word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

/// Options stay where they are, what they leave are files to test.
void take_arguments(const Runner& runner, const Words& arguments, Gate& gate) {
  Words kept = arguments_kept(arguments, runner.dropped, runner.dropped_with);
  for (size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i].starts_with('-')) {
      std::string target = kept[i];
      while (target.starts_with("./")) target.erase(0, 2);
      gate.targets.push_back(target.empty() ? "." : target);
      continue;
    }
    gate.argv.push_back(kept[i]);
    if (is_one_of_words(runner.valued, kept[i]) && i + 1 < kept.size())
      gate.argv.push_back(kept[++i]);
  }
}

/// Does something stand between a file and what node runs of it?
bool is_transformed(const Gate& gate) {
  bool loads = std::any_of(gate.argv.begin(), gate.argv.end(), [](const std::string& word) {
    std::string_view option = std::string_view(word).substr(0, word.find('='));
    return std::find(kLoaders.begin(), kLoaders.end(), option) != kLoaders.end();
  });
  return loads || std::any_of(gate.targets.begin(), gate.targets.end(),
                              [](const std::string& word) { return word.ends_with("ts"); });
}

/// Which lines ran: by the runner itself, else by what the project has for it.
void measure(const Runner& runner, const JavaScriptProject& project, Gate& gate) {
  Words more = runner.coverage;
  bool node = runner.gate == std::string_view("node-test");
  if (node && is_transformed(gate)) return;
  bool v8 = project.needs("@vitest/coverage-v8") || project.needs("@vitest/coverage-istanbul");
  if (runner.gate == std::string_view("vitest") && v8) {
    more = {"--coverage.enabled",
            "--coverage.reporter=lcovonly",
            "--coverage.reportsDirectory={coverage}",
            "--coverage.thresholds.lines=0",
            "--coverage.thresholds.functions=0",
            "--coverage.thresholds.branches=0",
            "--coverage.thresholds.statements=0"};
  }
  if (!more.empty()) {
    gate.argv.insert(gate.argv.end(), more.begin(), more.end());
  } else if (project.needs("c8")) {
    gate.argv.insert(gate.argv.begin(),
                     {"c8", "--check-coverage=false", "--reporter=lcovonly",
                      "--reports-dir={coverage}", "--temp-directory={coverage}/raw"});
  } else if (project.needs("nyc")) {
    gate.argv.insert(gate.argv.begin(), {"nyc", "--check-coverage=false", "--reporter=lcovonly",
                                         "--report-dir={coverage}", "--temp-dir={coverage}/raw"});
  } else {
    return;
  }
  gate.coverage = "lcov";
}

Gate gate_of_runner(const Runner& runner, const JavaScriptProject& project, const Evidence* call) {
  Gate gate;
  gate.name = runner.gate;
  gate.stage = "test";
  gate.argv = runner.before;
  if (call != nullptr) take_arguments(runner, call->call.arguments, gate);
  measure(runner, project, gate);
  gate.argv.insert(gate.argv.end(), runner.behind.begin(), runner.behind.end());
  gate.selecting = Selecting::kFiles;
  gate.report = runner.report;
  gate.files = javascript_files();
  gate.timeout = kSuiteTime;
  return gate;
}

/// A runner that the project calls, and where.
struct RunnerCall {
  Runner runner;
  const Evidence* first = nullptr;
};

/// One each gate, the more deliberate first: all evidence is of one list, in that order.
std::vector<RunnerCall> calls_of(const JavaScriptProject& project) {
  std::vector<Runner> all = runners();
  all.push_back(tsx_runner());
  std::vector<RunnerCall> calls;
  for (const Runner& runner : all) {
    if (const Evidence* call = project.evidence(runner.evidence)) calls.push_back({runner, call});
  }
  std::sort(calls.begin(), calls.end(),
            [](const RunnerCall& a, const RunnerCall& b) { return a.first < b.first; });
  std::vector<RunnerCall> firsts;
  for (RunnerCall& call : calls) {
    bool known = std::any_of(firsts.begin(), firsts.end(), [&](const RunnerCall& one) {
      return one.runner.gate == std::string_view(call.runner.gate);
    });
    if (!known) firsts.push_back(std::move(call));
  }
  return firsts;
}

/// Can it be told whose a file of tests is? All but one of the gates have to name what they run.
bool can_stand_beside(const Gate& gate, const std::vector<Gate>& others) {
  return std::all_of(others.begin(), others.end(), [&](const Gate& other) {
    if (gate.targets.empty() || other.targets.empty())
      return gate.targets.size() != other.targets.size();
    return std::none_of(gate.targets.begin(), gate.targets.end(), [&](const std::string& one) {
      return std::any_of(other.targets.begin(), other.targets.end(), [&](const std::string& two) {
        return pathspec_matches(one, two) || pathspec_matches(two, one);
      });
    });
  });
}

std::vector<Gate> gates_of_calls(const JavaScriptProject& project,
                                 std::vector<std::string>& notes) {
  std::vector<Gate> gates;
  for (const RunnerCall& call : calls_of(project)) {
    // Of a second one a word in a script is not enough: it may be long gone.
    bool there = call.runner.package == std::string_view() || project.needs(call.runner.package);
    if (!gates.empty() && !there) continue;
    Gate gate = gate_of_runner(call.runner, project, call.first);
    gate.why = evidence_text(*call.first);
    if (can_stand_beside(gate, gates)) {
      gates.push_back(std::move(gate));
    } else {
      notes.push_back(
          fmt::format("tests of {} ({}) are not run: they cannot be told from those of {}; "
                      "give both their files, or make it a gate ([factory-gate])",
                      gate.name, gate.why, gates.front().name));
    }
  }
  return gates;
}

}  // namespace

std::vector<Gate> javascript_tests(const JavaScriptProject& project,
                                   std::vector<std::string>& notes) {
  if (std::vector<Gate> called = gates_of_calls(project, notes); !called.empty()) return called;
  for (const Runner& runner : runners()) {
    bool own = runner.package == std::string_view();
    if (own ? !project.tree().mentions("node:test") : !project.needs(runner.package)) continue;
    Gate gate = gate_of_runner(runner, project, nullptr);
    gate.why =
        own ? "tests made with node:test" : "package.json (" + std::string(runner.package) + ")";
    return {gate};
  }
  return {};
}

}  // namespace gf::gate
