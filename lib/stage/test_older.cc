// How tests were judged before findings had owners: runs of those rules are replayed by it, so
// nothing here may be mended.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "stage/test_judge.h"

namespace gf::stage {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

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
Sides judge_sides(const Input& in, const Tests& base_run, const Tests& now) {
  Sides sides;
  for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
    bool keep = criterion.kind == "keep";
    bool any = false, counts = false;
    std::vector<std::string> reasons;
    for (const TestResult* one : now.all()) {
      if (!carries_id(one->id, criterion.id, in.rules)) continue;
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
      declared = declared || carries_id(test->id, criterion.id, in.rules);
    }
    if (!declared)
      sides.for_test.push_back(test->id +
                               ": it passes on the base; name it ..._guard_... or drop it");
  }
}

}  // namespace

Judgement judge_tests_by_older_rules(const Input& in) {
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
  Sides sides = judge_sides(in, base_run, now);
  for (const TestResult* test : now.all()) {
    // A new test that fails and carries no criterion's id is a failure all the same.
    if (test->status != TestStatus::kFailed || base.find(test->id) != nullptr) continue;
    bool already_reported = std::any_of(
        sides.for_build.begin(), sides.for_build.end(),
        [&](const std::string& line) { return line.find(test->id) != std::string::npos; });
    if (!already_reported) sides.for_build.push_back(text_of(*test));
  }
  if (!sides.for_build.empty()) return back("build", sides.for_build.front(), sides.for_build);
  judge_guards(in, base, base_run, sides);
  if (!sides.for_test.empty())
    return judged(Judgement::Kind::kAgain, sides.for_test.front(), sides.for_test);
  AddedLines lines = added_lines_of(in);
  auto floor = static_cast<double>(in.thresholds.coverage_percent);
  if (has_coverage(in) && percent_of(lines) < floor) {
    std::string reason =
        fmt::format("{:.0f}% of the added lines are run by tests; {:.0f}% is the floor",
                    percent_of(lines), floor);
    std::vector<std::string> feedback = {reason};
    for (const auto& [path, line] : lines.missed)
      feedback.push_back(fmt::format("not run: {}:{}", path, line));
    return judged(Judgement::Kind::kAgain, reason, feedback);
  }
  return tests_pass(now, lines, in.rules);
}

}  // namespace gf::stage
