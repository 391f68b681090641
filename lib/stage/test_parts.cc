// What both ways of judging tests use.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "stage/test_judge.h"
#include "stage/test_rules.h"

namespace gf::stage {

Tests::Tests(const std::vector<record::GateOutcome>& outcomes) {
  for (const record::GateOutcome& outcome : outcomes) {
    if (outcome.stage != "test") continue;
    for (const record::TestResult& test : outcome.tests) {
      all_.push_back(&test);
      by_id_.emplace(test.id, &test);
      by_function_[function_of(test.id)].push_back(&test);
    }
  }
}

const record::TestResult* Tests::find(const std::string& id) const {
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<const record::TestResult*> Tests::of_function(std::string_view id) const {
  auto found = by_function_.find(function_of(id));
  return found == by_function_.end() ? std::vector<const record::TestResult*>() : found->second;
}

/// A name may begin with a bracket, and so may a folder: "test/[id].test.js::[AC1] doubles".
std::string_view function_of(std::string_view id) {
  size_t at = id.find('[');
  while (at != std::string_view::npos && (at == 0 || id[at - 1] == ':' || id[at - 1] == '/'))
    at = id.find('[', at + 1);
  return id.substr(0, at);
}
std::string_view file_of(std::string_view id) { return id.substr(0, id.find("::")); }

Authorised::Authorised(const record::Spec& spec, const Tests& base) {
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    for (const std::string& id : criterion.authorises) {
      std::string name(function_of(id));
      bool is_test =
          std::any_of(base.all().begin(), base.all().end(), [&](const record::TestResult* test) {
            std::string_view one = function_of(test->id);
            return one == name || (one.starts_with(name) && one.substr(name.size(), 2) == "::");
          });
      names_.push_back(is_test ? name : std::string(file_of(name)));
    }
  }
}

bool Authorised::covers(std::string_view id) const {
  std::string_view function = function_of(id);
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
    return function == name ||
           (function.starts_with(name) && function.substr(name.size(), 2) == "::");
  });
}

/// The reader of reports tells a name that is missing where the test stands from one that is
/// missing in the code. Of a NameError the first is never the change's: a test gets its names by
/// its own imports and definitions, and what those do not find is an ImportError. JavaScript's word
/// for it is ReferenceError.
bool is_own_mistake(const record::TestResult& test) {
  return test.cause == "missing-symbol" &&
         (test.message.starts_with("NameError") || test.message.starts_with("ReferenceError"));
}

namespace {

/// What counts as one language where lines are counted: the ending of its files.
std::string_view family_of(std::string_view path) {
  std::string_view ending = path.substr(std::min(path.size(), path.rfind('.')));
  constexpr std::array<std::string_view, 8> kScripts = {".js", ".jsx", ".mjs", ".cjs",
                                                        ".ts", ".tsx", ".mts", ".cts"};
  bool script = std::find(kScripts.begin(), kScripts.end(), ending) != kScripts.end();
  return script ? ".js" : ending;
}

/// The languages of which somebody counted lines: of others nothing is known.
std::set<std::string_view> families_measured(const Input& in) {
  std::set<std::string_view> all;
  for (const record::GateOutcome& outcome : in.outcomes) {
    for (const auto& one : outcome.coverage) all.insert(family_of(one.first));
  }
  return all;
}

/// Where no coverage knows the file: is that because nothing in it runs? Go's profile and gcov's
/// have each file that was compiled and holds statements.
bool only_declares(std::string_view path, Rules rules) {
  constexpr std::array<std::string_view, 3> kTypes = {".d.ts", ".d.mts", ".d.cts"};
  constexpr std::array<std::string_view, 4> kHeaders = {".h", ".hh", ".hpp", ".hxx"};
  std::string_view family = family_of(path);
  if (rules >= Rules::kNotSilenced && family == ".go") return true;
  if (rules < Rules::kDeclarationsDoNotRun) return false;
  return std::find(kHeaders.begin(), kHeaders.end(), family) != kHeaders.end() ||
         std::any_of(kTypes.begin(), kTypes.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

}  // namespace

AddedLines added_lines_of(const Input& in) {
  AddedLines sum;
  std::set<std::string_view> measured = families_measured(in);
  for (const auto& [path, added] : in.added_lines) {
    // Python's came first: without any coverage its lines were taken for missed.
    if (!measured.contains(family_of(path)) && family_of(path) != ".py") continue;
    const record::FileCoverage* known = nullptr;
    for (const record::GateOutcome& outcome : in.outcomes) {
      auto found = outcome.coverage.find(path);
      if (found != outcome.coverage.end()) known = &found->second;
    }
    if (known == nullptr && only_declares(path, in.rules)) continue;
    for (int line : added) {
      bool ran = known != nullptr &&
                 std::binary_search(known->executed.begin(), known->executed.end(), line);
      bool missed = known == nullptr ||
                    std::binary_search(known->missing.begin(), known->missing.end(), line);
      sum.covered += ran ? 1 : 0;
      sum.executable += ran || missed ? 1 : 0;
      if (missed && !ran) sum.missed.emplace_back(path, line);
    }
  }
  return sum;
}

double percent_of(const AddedLines& lines) {
  return lines.executable == 0 ? 100.0 : 100.0 * lines.covered / lines.executable;
}

bool has_coverage(const Input& in) {
  return std::any_of(in.outcomes.begin(), in.outcomes.end(),
                     [](const record::GateOutcome& o) { return !o.coverage.empty(); });
}

std::string test_count_text(const Tests& now, Rules rules) {
  // Once all that was not held against the change was called passed.
  if (rules < Rules::kShownWhole) return counted(now.size(), "test") + " passed";
  size_t passed = 0, skipped = 0;
  for (const record::TestResult* test : now.all()) {
    passed += test->status == record::TestStatus::kPassed ? 1 : 0;
    skipped += test->status == record::TestStatus::kSkipped ? 1 : 0;
  }
  size_t red = now.size() - passed - skipped;
  return counted(passed, "test") + " passed" +
         (skipped > 0 ? fmt::format(", {} skipped", skipped) : "") +
         (red > 0 ? fmt::format(", {} not green before either", red) : "");
}

Judgement tests_pass(const Tests& now, const AddedLines& lines, Rules rules) {
  return judged(Judgement::Kind::kPass,
                fmt::format("{}, {:.0f}% of {} run", test_count_text(now, rules), percent_of(lines),
                            counted(static_cast<size_t>(lines.executable), "added line")));
}

namespace test_rule {

std::string listed() {
  std::string text;
  for (std::string_view rule : kAll) text += fmt::format("- {}\n", rule);
  return text;
}

std::string broken_by(std::string_view what, std::string_view rule) {
  return fmt::format("{}. {}", what, rule);
}

}  // namespace test_rule
}  // namespace gf::stage
