// What TEST's work is worth, test by test (DESIGN 4).
#include "stage/test_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "stage/parts.h"
#include "stage/test_added.h"
#include "stage/test_held.h"
#include "stage/test_idle.h"
#include "stage/test_rules.h"

namespace gf::stage {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

constexpr size_t kParametersNamed = 3;

/// Faults of tests, told once a function and not once a parameter.
class Faults {
 public:
  /// `rule`: the one that was not kept; empty for what is no fault of a test.
  void add(FindingKind kind, const TestResult& test, const std::string& what,
           std::string_view rule = {}) {
    auto key = std::make_pair(kind, std::string(function_of(test.id)));
    auto [at, is_new] = index_.emplace(key, all_.size());
    if (is_new) all_.push_back({kind, test.id, key.second, what, rule, {}});
    std::vector<std::string>& known = all_[at->second].parameters;
    std::string parameter = test.id.substr(key.second.size());
    // A test that is told twice is one.
    if (std::find(known.begin(), known.end(), parameter) == known.end())
      known.push_back(std::move(parameter));
  }
  void add(FindingKind kind, const std::string& about, const std::string& what,
           std::string_view rule) {
    all_.push_back({kind, "", about, what, rule, {}});
  }
  [[nodiscard]] bool has(std::initializer_list<FindingKind> kinds) const {
    return std::any_of(all_.begin(), all_.end(), [&](const Fault& fault) {
      return std::find(kinds.begin(), kinds.end(), fault.kind) != kinds.end();
    });
  }
  [[nodiscard]] std::vector<Finding> findings() const {
    std::vector<Finding> all;
    for (const Fault& fault : all_) {
      std::string text = fmt::format("{}: {}", name_of_tests(fault), fault.what);
      if (!fault.rule.empty()) text = test_rule::broken_by(text, fault.rule);
      all.push_back(finding_of(fault.kind, text, std::string(file_of(fault.id))));
    }
    return all;
  }

 private:
  struct Fault {
    FindingKind kind;
    std::string id, function, what;
    std::string_view rule;
    std::vector<std::string> parameters;
  };
  static std::string name_of_tests(const Fault& fault) {
    if (fault.parameters.empty()) return fault.function;
    if (fault.parameters.size() == 1) return fault.id;
    std::vector<std::string> named = fault.parameters;
    if (named.size() > kParametersNamed) {
      named.resize(kParametersNamed);
      named.emplace_back("...");
    }
    return fmt::format("{} with {} parameters ({})", fault.function, fault.parameters.size(),
                       join(named, ", "));
  }

  std::vector<Fault> all_;
  std::map<std::pair<FindingKind, std::string>, size_t> index_;
};

/// A test of the base as it is now. One whose parameter holds a text that the change has changed
/// has another id and is the same test: then the one of its function that did worst answers for it.
const TestResult* now_of(const TestResult& before, const Tests& base, const Tests& now) {
  if (const TestResult* same = now.find(before.id)) return same;
  if (before.id.find('[') == std::string::npos) return nullptr;
  const TestResult* worst = nullptr;
  for (const TestResult* one : now.of_function(before.id)) {
    if (base.find(one->id) != nullptr) continue;
    if (worst == nullptr || worst->status == TestStatus::kPassed) worst = one;
  }
  return worst;
}

/// Does something not compile? What is compiled with it was not run, and nothing is known of it.
bool has_uncompiled(const Tests& tests) {
  return std::any_of(tests.all().begin(), tests.all().end(), [](const TestResult* test) {
    return test->status == TestStatus::kError && test->cause == "compile";
  });
}

/// A runner that ends at the first file that it cannot load (mocha), or runs nothing while there is
/// one (pytest): the rest is not there for that, and has not vanished.
bool has_run_nothing(const Tests& tests) {
  return std::all_of(tests.all().begin(), tests.all().end(), [](const TestResult* test) {
    return test->status == TestStatus::kError && test->cause == "collection";
  });
}

/// Rule 1: what passed on the base passes still, unless a criterion may change it.
void judge_base(const Input& in, const Tests& base, const Tests& now, Faults& faults) {
  Authorised authorised(*in.spec, base);
  bool uncompiled = has_uncompiled(now) || (in.rules >= Rules::kSaidIsDone && has_run_nothing(now));
  for (const TestResult* before : base.all()) {
    if (before->status != TestStatus::kPassed || authorised.covers(before->id)) continue;
    const TestResult* after = now_of(*before, base, now);
    if (after == nullptr && uncompiled) continue;  // told of what does not compile
    if (after == nullptr) {
      faults.add(FindingKind::kVanished, *before, "it passed on the base and is not there now",
                 test_rule::kStays);
    } else if (after->status == TestStatus::kSkipped) {
      faults.add(FindingKind::kSkipped, *before, "it passed on the base and is skipped now",
                 test_rule::kStays);
    } else if (after->status != TestStatus::kPassed) {
      faults.add(FindingKind::kBaseTest, *before,
                 "it passed on the base and fails now: " + first_line(after->message));
    }
  }
}

/// Is it a checker's item in a file of tests (pytest-mypy, pytest-ruff, pytest-flake8,
/// pytest-black)? It speaks of that file, whoever's code the tests in it call.
bool is_checked_test_file(const Input& in, const std::string& id) {
  size_t end = id.find("::");
  if (end == std::string::npos || !glob_matches_any(in.test_paths, id.substr(0, end))) return false;
  std::string item = lower(id.substr(end + 2));
  for (std::string_view checker : {"mypy", "mypy-status", "ruff", "ruff::format", "flake8",
                                   "flake-8", "black", "isort", "pylint", "pycodestyle"}) {
    if (item == checker) return true;
  }
  return false;
}

/// New tests that cannot be run, and new tests that say no.
void judge_new(const Input& in, const Tests& base, const Tests& now, Faults& faults) {
  for (const TestResult* test : now.all()) {
    if (base.find(test->id) != nullptr || test->status == TestStatus::kPassed) continue;
    std::string said = first_line(test->message);
    if (test->status == TestStatus::kError) {
      faults.add(FindingKind::kUncollected, *test, test->cause + " failed: " + said,
                 test_rule::kOwnMistake);
    } else if (test->status == TestStatus::kFailed &&
               (is_own_mistake(*test) ||
                (in.rules >= Rules::kFewLines && is_checked_test_file(in, test->id)))) {
      faults.add(FindingKind::kTestMistake, *test, said, test_rule::kOwnMistake);
    } else if (test->status == TestStatus::kFailed) {
      faults.add(FindingKind::kNewTest, *test, "it fails: " + said);
    }
  }
}

/// Rule 3: new tests that passed say so each time. What a repeat does not tell of is not held
/// against anybody: a runner may know a test by another name when it is asked for alone.
void judge_repeats(const Input& in, const Tests& base, const Tests& now, Faults& faults) {
  for (const Input::Repeat& repeat : in.repeats) {
    Tests repeated(repeat.outcomes);
    for (const TestResult* again : repeated.all()) {
      const TestResult* first = now.find(again->id);
      bool is_new = first != nullptr && base.find(again->id) == nullptr;
      bool says_no = again->status == TestStatus::kFailed || again->status == TestStatus::kError;
      if (!is_new || first->status != TestStatus::kPassed || !says_no) continue;
      faults.add(FindingKind::kTestMistake, *again,
                 fmt::format("it passes with all others and fails when it is run {}: {}",
                             repeat.how, first_line(again->message)),
                 test_rule::kAgrees);
    }
  }
}

/// Why a test that passes now does not show its criterion; empty: it does.
struct Doubt {
  std::string what;
  std::string_view rule;
};
std::optional<Doubt> doubt_about(const TestResult& test, const TestResult* before, bool kept) {
  if (test.status != TestStatus::kPassed) return Doubt{"it is skipped", test_rule::kCarriesId};
  if (before == nullptr || before->status == TestStatus::kError) {
    std::string why = before == nullptr ? "it is not collected"
                                        : before->cause + " fails: " + first_line(before->message);
    return Doubt{"before the change " + why, test_rule::kImportsInside};
  }
  if (kept) return std::nullopt;
  if (before->status != TestStatus::kFailed)
    return Doubt{"it passes before the change as well, so it shows nothing new",
                 test_rule::kFailsBefore};
  if (is_own_mistake(*before))
    return Doubt{"before the change it fails by itself: " + first_line(before->message),
                 test_rule::kOwnMistake};
  return std::nullopt;
}

/// What the base lacks, as its tools told it.
struct Uncollected {
  /// Files that do not collect: they take every other one down with them, of which then nothing is
  /// known.
  std::set<std::string_view> files;
  /// Files that name what is not there. The change brings it, for they are run with it: that they
  /// could not be run before is how they fail there.
  std::set<std::string_view> uncompiled;
  /// Is nothing known of the tests of this file that were not run?
  [[nodiscard]] bool explains(std::string_view file) const {
    bool another = !files.empty() && !files.contains(file);
    return another || !uncompiled.empty();
  }
};

Uncollected uncollected_on(const Tests& base_run) {
  Uncollected found;
  for (const TestResult* test : base_run.all()) {
    if (test->status != TestStatus::kError) continue;
    if (test->cause == "collection") found.files.insert(file_of(test->id));
    if (test->cause == "compile") found.uncompiled.insert(file_of(test->id));
  }
  return found;
}

/// Rule 2: each criterion is shown by a test, or guarded where it keeps something.
void judge_criteria(const Input& in, const Tests& base, const Tests& base_run, const Tests& now,
                    Faults& faults) {
  Uncollected uncollected = uncollected_on(base_run);
  std::set<std::string> idle = idle_tests(in);
  for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
    bool shown = false, any = false;
    std::vector<std::pair<const TestResult*, Doubt>> doubts;
    for (const TestResult* test : now.all()) {
      if (!carries_id(test->id, criterion.id, in.rules)) continue;
      const TestResult* before = base_run.find(test->id);
      if (before == nullptr) before = base.find(test->id);
      // An earlier feature had criteria of these numbers too: its tests say nothing of this one.
      const TestResult* known = base.find(test->id);
      bool older = known != nullptr && known->status == TestStatus::kPassed;
      if (older && !record::keeps(criterion)) continue;
      any = true;
      bool says_no = test->status == TestStatus::kFailed || test->status == TestStatus::kError;
      bool unknown = before == nullptr && uncollected.explains(file_of(test->id));
      std::optional<Doubt> doubt;
      if (!says_no && !unknown) doubt = doubt_about(*test, before, record::keeps(criterion));
      if (!says_no && !doubt && idle.contains(std::string(function_of(test->id))))
        doubt = Doubt{"it asserts nothing", test_rule::kAsserts};
      shown = shown || !doubt;  // of one that says no that is a finding already
      if (doubt) doubts.emplace_back(test, std::move(*doubt));
    }
    if (shown || (record::keeps(criterion) && !any)) continue;
    for (const auto& [test, doubt] : doubts)
      faults.add(FindingKind::kUnshown, *test, doubt.what, doubt.rule);
    if (!any)
      faults.add(FindingKind::kUnshown, criterion.id, "no test carries its id",
                 record::keeps(criterion) ? test_rule::kGuards : test_rule::kCarriesId);
  }
}

/// A part of few lines is a matter of luck: one of four is 25% of them. So where there are enough
/// lines to leave one out, one is none too many; a floor of 100% means every line.
bool is_one_of_few(const Input& in, const AddedLines& lines, double floor) {
  constexpr double kAll = 100;
  constexpr int kEnough = 3;
  return in.rules >= Rules::kFewLines && floor < kAll && lines.missed.size() == 1 &&
         lines.executable >= kEnough;
}

/// Tests that fail without the change and pass with it run it: where not one of its lines was seen,
/// it is the measuring that did not work (another process, a copy that was installed). Asked only
/// when every criterion is shown.
bool is_unmeasured(const Input& in, const AddedLines& lines, const Tests& base_run,
                   const Tests& now) {
  if (in.rules < Rules::kMeasured || lines.executable == 0 || lines.covered > 0) return false;
  return std::any_of(now.all().begin(), now.all().end(), [&](const TestResult* test) {
    const TestResult* before = base_run.find(test->id);
    return test->status == TestStatus::kPassed && before != nullptr &&
           before->status == TestStatus::kFailed && !is_own_mistake(*before);
  });
}

/// Rule 4, a finding each file.
void judge_coverage(const Input& in, const AddedLines& lines, Faults& faults) {
  auto floor = static_cast<double>(in.thresholds.coverage_percent);
  if (!has_coverage(in) || percent_of(lines) >= floor || is_one_of_few(in, lines, floor)) return;
  std::map<std::string, std::vector<std::string>> missed;
  for (const auto& [path, line] : lines.missed) missed[path].push_back(std::to_string(line));
  for (const auto& [path, numbers] : missed) {
    std::string what = fmt::format(
        "no test runs {} {} ({:.0f}% of all added lines are run, {:.0f}% is the floor)",
        numbers.size() == 1 ? "line" : "lines", join(numbers, ", "), percent_of(lines), floor);
    faults.add(FindingKind::kCoverage, path, what, test_rule::kRunsLines);
  }
}

/// A gate that did not come to an answer: nothing it says of tests means anything.
std::optional<Finding> unanswered(const Input& in) {
  using Status = GateOutcome::Status;
  for (const GateOutcome& outcome : in.outcomes) {
    std::string text = outcome.gate + ": " + outcome.reason;
    if (outcome.status == Status::kTimeout) return finding_of(FindingKind::kTimeout, text);
    if (outcome.status == Status::kBroken) return finding_of(FindingKind::kBroken, text);
  }
  return std::nullopt;
}

/// Of a test gate that was not started: what of the change kept it from that.
std::optional<Finding> not_started(const Input& in) {
  if (in.rules < Rules::kNotStarted) return std::nullopt;
  for (const GateOutcome& outcome : in.outcomes) {
    if (outcome.status != GateOutcome::Status::kFail || !outcome.tests.empty()) continue;
    for (const record::Finding& one : outcome.findings) {
      if (one.rule != record::kNotBuilt && one.rule != record::kNoEnvironment) continue;
      FindingKind kind = one.path.empty() ? FindingKind::kGate : FindingKind::kLint;
      return finding_of(kind, outcome.gate + ": " + one.message, one.path);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Finding> unshown_by(const Input& in) {
  Tests ran(in.outcomes), base(in.base_outcomes), base_run(in.new_tests_on_base);
  std::set<std::string_view> files;
  for (const TestResult* test : ran.all()) {
    files.insert(file_of(test->id));
    // As in judge_tests(): who is not collected hides what would be told here.
    if (test->status == TestStatus::kError && base.find(test->id) == nullptr) return {};
  }
  std::vector<GateOutcome> all = in.outcomes;
  GateOutcome& rest = all.emplace_back();
  rest.stage = "test";
  bool unread = false;
  for (const TestResult* test : base_run.all()) {
    if (files.contains(file_of(test->id))) continue;
    unread = unread || test->cause == "collection" || test->cause == "compile";
    rest.tests.push_back({test->id, TestStatus::kPassed, "", ""});
  }
  Faults faults;
  judge_criteria(in, base, base_run, Tests(all), faults);
  std::vector<Finding> findings = faults.findings();
  if (unread) std::erase_if(findings, [](const Finding& finding) { return finding.path.empty(); });
  return findings;
}

Judgement judge_tests(const Input& in) {
  if (std::vector<Finding> beyond = beyond_adding_findings(in); !beyond.empty()) {
    std::string reason = beyond.front().text;
    return sent_to_owners(in, "test", std::move(reason), std::move(beyond));
  }
  if (std::optional<Finding> finding = unanswered(in))
    return sent_to_owners(in, "test", finding->text, {*finding});
  if (std::optional<Finding> finding = not_started(in))
    return sent_to_owners(in, "test", finding->text, {*finding});
  Tests base(in.base_outcomes), now(in.outcomes), base_run(in.new_tests_on_base);
  if (now.size() == 0)
    return sent_to_owners(in, "test", "no test was run",
                          {finding_of(FindingKind::kNoTests, "no test was run")});
  Faults faults;
  judge_base(in, base, now, faults);
  judge_new(in, base, now, faults);
  judge_repeats(in, base, now, faults);
  // What follows from a file that is not collected, or from a red test, is no finding of its own.
  bool collected = !faults.has({FindingKind::kUncollected});
  if (collected && !in.unspecified) judge_criteria(in, base, base_run, now, faults);
  AddedLines lines = added_lines_of(in);
  bool unmeasured = is_unmeasured(in, lines, base_run, now);
  if (!faults.has({FindingKind::kUncollected, FindingKind::kBaseTest, FindingKind::kNewTest,
                   FindingKind::kTestMistake, FindingKind::kUnshown}) &&
      !unmeasured)
    judge_coverage(in, lines, faults);
  std::vector<Finding> findings = faults.findings();
  for (Finding& finding : held_findings(in, base, now)) findings.push_back(std::move(finding));
  if (collected && in.unspecified) {
    for (Finding& finding : unshown_by_added(in)) findings.push_back(std::move(finding));
  }
  for (const record::Finding& one : in.settings)
    findings.push_back(finding_of(FindingKind::kGate, one.path + ": " + one.message, one.path));
  if (findings.empty() && (unmeasured || !has_coverage(in))) {
    std::string why = unmeasured && has_coverage(in) ? ", for none of those added was seen" : "";
    return judged(Judgement::Kind::kPass,
                  test_count_text(now, in.rules) + "; which lines they run was not measured" + why);
  }
  if (findings.empty()) return tests_pass(now, lines, in.rules);
  std::string reason = findings.front().text;
  return sent_to_owners(in, "test", std::move(reason), std::move(findings));
}

}  // namespace gf::stage
