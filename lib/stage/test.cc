// TEST: writes tests from the spec, never from the code, and lets the tools judge (DESIGN 4).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "stage/parts.h"

namespace gf::stage {

/// "tests/t.py::test_ac2_missing[9]" carries "AC2": the id is a word between underscores.
bool carries_id(std::string_view test_id, std::string_view criterion_id) {
  std::string name = lower(
      test_id.substr(test_id.rfind(':') == std::string_view::npos ? 0 : test_id.rfind(':') + 1));
  name = "_" + name.substr(0, name.find('[')) + "_";
  return name.find("_" + lower(criterion_id) + "_") != std::string::npos;
}

std::vector<std::string> criteria_without_tests(const record::Spec& spec,
                                                const std::vector<record::TestResult>& tests) {
  std::vector<std::string> without;
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    bool has = criterion.kind == "keep" ||
               std::any_of(tests.begin(), tests.end(), [&](const record::TestResult& test) {
                 return carries_id(test.id, criterion.id);
               });
    if (!has) without.push_back(criterion.id);
  }
  return without;
}

namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

// --- Prompt ---
Result<std::vector<record::Message>> test_prompt(const Input& in) {
  std::string tests = told_files(in.tests);
  if (!tests.empty()) tests = "Tests that you may change, as they are now:\n" + tests;
  return messages_from(in, {{"spec", fenced("", spec_text(*in.spec))},
                            {"brief", fenced("json", in.brief ? to_json(*in.brief).pretty() : "") +
                                          base_failures_section(in)},
                            {"signatures", fenced("", in.signatures)},
                            {"tests", tests}});
}

// --- Tools ---  which tests it may read and write is the engine's to say; bodies of new code it
// may not read.
constexpr std::array<std::string_view, 6> kTestTools = {"list_dir",   "read_file", "grep",
                                                        "write_file", "edit_file", "delete_file"};

// --- Eval ---
/// The tests of one run, in order, and each by its id: a suite is gone through and asked about test
/// by test, so a look-up may not go through it again. Points into the outcomes.
class Tests {
 public:
  explicit Tests(const std::vector<GateOutcome>& outcomes) {
    for (const GateOutcome& outcome : outcomes) {
      if (outcome.stage != "test") continue;
      for (const TestResult& test : outcome.tests) {
        all_.push_back(&test);
        by_id_.emplace(test.id, &test);  // of an id that comes twice the first counts
      }
    }
  }
  [[nodiscard]] const TestResult* find(const std::string& id) const {
    auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }
  [[nodiscard]] const std::vector<const TestResult*>& all() const { return all_; }
  [[nodiscard]] size_t size() const { return all_.size(); }

 private:
  std::vector<const TestResult*> all_;
  std::unordered_map<std::string_view, const TestResult*> by_id_;
};

std::string text_of(const TestResult& test) {
  return test.id + ": " + test.message.substr(0, test.message.find('\n'));
}

/// Rule 1: what passed on the base passes still, unless a criterion may change it.
std::vector<std::string> broken(const Input& in, const Tests& base, const Tests& now) {
  std::set<std::string> authorised;
  for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
    authorised.insert(criterion.authorises.begin(), criterion.authorises.end());
  }
  std::vector<std::string> lines;
  for (const TestResult* before : base.all()) {
    if (before->status != TestStatus::kPassed) continue;
    const TestResult* after = now.find(before->id);
    if (after != nullptr && after->status == TestStatus::kPassed) continue;
    bool may_change = authorised.contains(before->id) ||
                      authorised.contains(before->id.substr(0, before->id.find("::")));
    if (may_change) continue;
    if (after == nullptr) {
      lines.push_back(before->id + ": it passed on the base and has vanished");
    } else if (after->status == TestStatus::kSkipped) {
      lines.push_back(before->id + ": it passed on the base and is skipped now");
    } else {
      lines.push_back("it passed on the base: " + text_of(*after));
    }
  }
  return lines;
}

struct Sides {
  std::vector<std::string> for_build, for_test;
};

/// Rule 2: each criterion has a test that fails on the base in its body, and passes now.
Sides judge_criteria(const Input& in, const Tests& base_run, const Tests& now) {
  Sides sides;
  for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
    bool keep = criterion.kind == "keep";
    bool any = false, counts = false;
    std::vector<std::string> reasons;
    for (const TestResult* one : now.all()) {
      if (!carries_id(one->id, criterion.id)) continue;
      const TestResult& test = *one;
      any = true;
      if (test.status == TestStatus::kFailed) {
        sides.for_build.push_back(criterion.id + " " + text_of(test));
        counts = true;  // whose fault it is on the base is asked once the code is right
        continue;
      }
      if (test.status != TestStatus::kPassed) {
        reasons.push_back(text_of(test));
        continue;
      }
      const TestResult* before = base_run.find(test.id);
      bool right = before != nullptr && before->status == TestStatus::kFailed &&
                   (before->cause == "assertion" || before->cause == "missing-symbol");
      if (right || keep) {
        counts = true;
      } else if (before == nullptr || before->status == TestStatus::kError) {
        reasons.push_back(test.id + ": on the base it does not get as far as its body (" +
                          (before == nullptr ? "not collected" : before->cause) +
                          "); import new code inside the test");
      } else if (before->status == TestStatus::kPassed) {
        reasons.push_back(test.id + ": it passes on the base already, so it shows nothing");
      } else {
        reasons.push_back(test.id + ": on the base it fails by something else than an assertion: " +
                          before->message.substr(0, before->message.find('\n')));
      }
    }
    if (counts || (keep && !any)) continue;
    if (!any)
      reasons.push_back(criterion.id + ": no test carries its id (test_" + lower(criterion.id) +
                        "_...)");
    sides.for_test.insert(sides.for_test.end(), reasons.begin(), reasons.end());
  }
  return sides;
}

/// New tests that pass on the base must say that they are guards, or belong to a `keep` criterion.
void judge_guards(const Input& in, const Tests& base, const Tests& base_run, Sides& sides) {
  for (const TestResult* test : base_run.all()) {
    if (test->status != TestStatus::kPassed || base.find(test->id) != nullptr) continue;
    bool declared = lower(test->id).find("guard") != std::string::npos;
    for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
      declared = declared || carries_id(test->id, criterion.id);
    }
    if (!declared)
      sides.for_test.push_back(test->id +
                               ": it passes on the base; name it ..._guard_... or drop it");
  }
}

struct Lines {
  int covered = 0, executable = 0;
  std::vector<std::string> missed;
};
/// Rule 4: of the lines this change added, those that can run and those that did.
Lines coverage(const Input& in) {
  Lines sum;
  for (const auto& [path, added] : in.added_lines) {
    const record::FileCoverage* known = nullptr;
    for (const GateOutcome& outcome : in.outcomes) {
      auto found = outcome.coverage.find(path);
      if (found != outcome.coverage.end()) known = &found->second;
    }
    for (int line : added) {
      bool ran = known != nullptr &&
                 std::binary_search(known->executed.begin(), known->executed.end(), line);
      bool missed = known == nullptr ||
                    std::binary_search(known->missing.begin(), known->missing.end(), line);
      sum.covered += ran ? 1 : 0;
      sum.executable += ran || missed ? 1 : 0;
      if (missed && !ran) sum.missed.push_back(path + ":" + std::to_string(line));
    }
  }
  return sum;
}

double percent(const Lines& lines) {
  return lines.executable == 0 ? 100.0 : 100.0 * lines.covered / lines.executable;
}

double floor_of(const Input& in) { return static_cast<double>(in.thresholds.coverage_percent); }

bool has_coverage(const Input& in) {
  return std::any_of(in.outcomes.begin(), in.outcomes.end(),
                     [](const GateOutcome& o) { return !o.coverage.empty(); });
}

Result<Judgement> test_eval(const Input& in, const Output& out) {
  std::vector<std::string> missing = out.json.get_strings("missing");
  if (!missing.empty()) {
    Judgement judgement =
        judged(Judgement::Kind::kStop, "the spec does not say: " + join(missing, "; "), missing);
    judgement.failure = record::FailureClass::kRefused;
    return judgement;
  }
  for (const GateOutcome& outcome : in.outcomes) {
    using Status = GateOutcome::Status;
    if (outcome.status == Status::kTimeout)
      return back("build", outcome.gate + " " + outcome.reason,
                  {outcome.gate + " " + outcome.reason});
    if (outcome.status == Status::kBroken)
      return judged(Judgement::Kind::kAgain, outcome.gate + ": " + outcome.reason,
                    {outcome.gate + ": " + outcome.reason});
  }
  Tests base(in.base_outcomes), now(in.outcomes), base_run(in.new_tests_on_base);
  if (now.size() == 0)
    return judged(Judgement::Kind::kAgain, "no test was run", {"no test was run"});
  std::vector<std::string> uncollected;
  for (const TestResult* test : now.all()) {
    if (test->status == TestStatus::kError && base.find(test->id) == nullptr)
      uncollected.push_back(text_of(*test));
  }
  if (!uncollected.empty())
    return judged(Judgement::Kind::kAgain, uncollected.front(), uncollected);
  if (auto lines = broken(in, base, now); !lines.empty())
    return back("build", lines.front(), lines);
  Sides sides = judge_criteria(in, base_run, now);
  for (const TestResult* test : now.all()) {
    // A new test that fails and carries no criterion's id is a failure all the same.
    if (test->status != TestStatus::kFailed || base.find(test->id) != nullptr) continue;
    bool listed_already = std::any_of(
        sides.for_build.begin(), sides.for_build.end(),
        [&](const std::string& line) { return line.find(test->id) != std::string::npos; });
    if (!listed_already) sides.for_build.push_back(text_of(*test));
  }
  if (!sides.for_build.empty()) return back("build", sides.for_build.front(), sides.for_build);
  judge_guards(in, base, base_run, sides);
  if (!sides.for_test.empty())
    return judged(Judgement::Kind::kAgain, sides.for_test.front(), sides.for_test);
  Lines lines = coverage(in);
  if (has_coverage(in) && percent(lines) < floor_of(in)) {
    std::string reason =
        fmt::format("{:.0f}% of the added lines are run by tests; {:.0f}% is the floor",
                    percent(lines), floor_of(in));
    std::vector<std::string> feedback = {reason};
    for (const std::string& line : lines.missed) feedback.push_back("not run: " + line);
    return judged(Judgement::Kind::kAgain, reason, feedback);
  }
  return judged(
      Judgement::Kind::kPass,
      fmt::format("{} passed, {:.0f}% of {} run", counted(now.size(), "test"), percent(lines),
                  counted(static_cast<size_t>(lines.executable), "added line")));
}

// --- Telemetry ---
void test_telemetry(const Input& in, const Output&, Meter& meter) {
  meter["tests_count"] = static_cast<double>(Tests(in.outcomes).size());
  meter["new_tests_count"] = static_cast<double>(Tests(in.new_tests_on_base).size());
  meter["added_lines_coverage_percent"] = std::round(percent(coverage(in)) * 10) / 10;
}

}  // namespace

const Stage kTest = {"test",     Actor::kModel, 0.2,       "test.md",     "test.schema.json",
                     kTestTools, test_prompt,   test_eval, test_telemetry};

}  // namespace gf::stage
