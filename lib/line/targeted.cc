// The first look only ever says no: a yes is the whole suite's.
#include "line/targeted.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "line/gatekeeper.h"

namespace gf::line {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

std::string file_with(const TestResult& test) { return test.id.substr(0, test.id.find("::")); }

bool says_no(const TestResult& test) {
  return test.status == TestStatus::kFailed || test.status == TestStatus::kError;
}

void count(const TestResult& test, record::GateCounts& counts) {
  counts.passed += test.status == TestStatus::kPassed ? 1 : 0;
  counts.failed += test.status == TestStatus::kFailed ? 1 : 0;
  counts.errors += test.status == TestStatus::kError ? 1 : 0;
  counts.skipped += test.status == TestStatus::kSkipped ? 1 : 0;
}

std::map<std::string, TestStatus> statuses_in(const std::vector<GateOutcome>& base) {
  std::map<std::string, TestStatus> known;
  for (const GateOutcome& outcome : base) {
    for (const TestResult& test : outcome.tests) known[test.id] = test.status;
  }
  return known;
}

/// Tests that say no and did not on the base; nothing where a run is not to be believed.
std::set<std::string> red_anew(const std::vector<GateOutcome>& outcomes,
                               const std::vector<GateOutcome>& base) {
  std::map<std::string, TestStatus> known = statuses_in(base);
  std::set<std::string> red;
  for (const GateOutcome& outcome : outcomes) {
    if (does_not_work(outcome)) return {};
    for (const TestResult& test : outcome.tests) {
      auto before = known.find(test.id);
      bool red_before = before != known.end() && (before->second == TestStatus::kFailed ||
                                                  before->second == TestStatus::kError);
      if (says_no(test) && !red_before) red.insert(test.id);
    }
  }
  return red;
}

using Ids = std::set<std::string>;

/// Of `asked`, which the base has: how many are not there what they were, in the same company?
Result<size_t> red_on_base(Parts& parts, std::vector<std::string> files, Ids asked) {
  std::map<std::string, TestStatus> known = statuses_in(parts.bench.base_outcomes());
  std::erase_if(files,
                [&](const std::string& path) { return !parts.bench.base_facts().has_path(path); });
  if (asked.empty()) return size_t{0};
  using Outcomes = std::vector<GateOutcome>;
  GF_ASSIGN(Outcomes outcomes, parts.bench.visit(parts.bench.base().tree, [&] {
    return parts.bench.run("test", files, {});
  }));
  for (const GateOutcome& outcome : outcomes) {
    for (const TestResult& test : outcome.tests) {
      if (test.status == known[test.id]) asked.erase(test.id);
    }
  }
  return asked.size();
}

/// How many of `asked`, new ones, say no when the change's own tests run without others: the
/// question that TEST asks later, and so asked once. Where it would not ask it nothing is known.
Result<size_t> red_alone(Parts& parts, const Ids& asked) {
  if (parts.assignment.wishes.rules < Rules::kTargeted) return asked.size();
  if (asked.empty() || parts.assignment.repeats < 2) return size_t{0};
  GF_ASSIGN(const Change* change, parts.bench.change());
  parts.journal.tell("check.begin", "new tests by themselves");
  GF_ASSIGN(auto outcomes, parts.bench.repeat(test_files_of(parts, *change), 2));
  size_t red = 0;
  for (const GateOutcome& outcome : outcomes) {
    if (does_not_work(outcome)) continue;
    red += static_cast<size_t>(std::count_if(
        outcome.tests.begin(), outcome.tests.end(),
        [&](const TestResult& test) { return says_no(test) && asked.contains(test.id); }));
  }
  return red;
}

Result<bool> is_to_be_believed(Parts& parts, const std::vector<std::string>& files,
                               const Ids& red) {
  std::map<std::string, TestStatus> known = statuses_in(parts.bench.base_outcomes());
  Ids old, fresh;
  RedTests seen;
  for (const std::string& test : red) {
    (known.contains(test) ? old : fresh).insert(test);
    seen.sent_back_before = seen.sent_back_before || parts.dossier.sent_back_first.contains(test);
  }
  seen.known = old.size();
  seen.fresh = fresh.size();
  if (!seen.sent_back_before) {
    GF_ASSIGN(seen.known_on_base, red_on_base(parts, files, old));
    if (old.empty()) {
      GF_ASSIGN(seen.fresh_alone, red_alone(parts, fresh));
    }
  }
  Believed word = believed(seen);
  if (word == Believed::kYes) return true;
  const char* why = seen.sent_back_before ? "a test that was sent back says no again: all tests run"
                    : word == Believed::kNotNow
                        ? "new tests say no among others and not by themselves: all tests run"
                        : "a test says no without the others, on the base too: from here on all "
                          "tests run at once";
  parts.journal.tell("note", why);
  parts.dossier.selects_no_more = word == Believed::kNeverAgain;
  return false;
}

int tests_in(const std::vector<GateOutcome>& outcomes) {
  int all = 0;
  for (const GateOutcome& outcome : outcomes) {
    if (outcome.stage == "test") all += outcome.counts.executed() + outcome.counts.skipped;
  }
  return all;
}

}  // namespace

Believed believed(const RedTests& red) {
  if (red.sent_back_before) return Believed::kNotNow;
  if (red.known_on_base > 0) return Believed::kNeverAgain;
  return red.known > 0 || red.fresh_alone > 0 ? Believed::kYes : Believed::kNotNow;
}

std::vector<GateOutcome> with_the_rest_of(std::vector<GateOutcome> now,
                                          const std::vector<GateOutcome>& base,
                                          const std::set<std::string>& files) {
  for (const GateOutcome& before : base) {
    if (before.stage != "test") continue;
    auto own = std::find_if(now.begin(), now.end(),
                            [&](const GateOutcome& one) { return one.gate == before.gate; });
    if (own == now.end()) {
      now.push_back(before);
      continue;
    }
    std::set<std::string> there;
    for (const TestResult& test : own->tests) there.insert(test.id);
    for (const TestResult& test : before.tests) {
      if (files.contains(file_with(test)) || there.contains(test.id)) continue;
      own->tests.push_back(test);
      count(test, own->counts);
    }
  }
  return now;
}

Result<FirstLook> look_first(Parts& parts, const stage::Stage& stage, Step& step) {
  FirstLook look;
  parts.dossier.targeted.clear();
  if (parts.dossier.selects_no_more) return look;
  GF_ASSIGN(auto selection, parts.bench.select_tests());
  if (!selection) return look;
  if (selection->findings.empty()) {
    parts.dossier.targeted = "all ran at once: " + selection->reason;
    parts.journal.tell("note", "all tests run at once: " + selection->reason);
    return look;
  }
  std::vector<std::string> files;
  for (const record::Finding& one : selection->findings) files.push_back(one.path);
  look.files.insert(files.begin(), files.end());
  look.nearest = selection->findings.front().rule == kNearest;
  parts.journal.tell("check.begin", (look.nearest ? "tests nearest to the change: "
                                                  : "tests that can reach the change: ") +
                                        selection->reason);
  stage::Input in = input_for(parts, stage);
  in.base_outcomes = parts.bench.base_outcomes();
  GF_ASSIGN(in.outcomes, parts.bench.run("test", files, {}));
  GF_TRY(run_failures_again(parts, in.outcomes));
  look.ran = tests_in(in.outcomes);
  std::set<std::string> red = red_anew(in.outcomes, in.base_outcomes);
  if (red.empty()) return look;
  GF_ASSIGN(bool believed, is_to_be_believed(parts, files, red));
  if (!believed) return look;
  GF_ASSIGN(const Change* change, parts.bench.change());
  in.changed = change->paths();
  in.outcomes = with_the_rest_of(std::move(in.outcomes), in.base_outcomes, look.files);
  GF_ASSIGN(in.new_tests_on_base, new_tests_on(parts, *change, parts.assignment.base.tree));
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  look.goes_back = step.judgement.kind != stage::Judgement::Kind::kPass;
  if (!look.goes_back) return look;
  parts.dossier.sent_back_first.insert(red.begin(), red.end());
  stage.telemetry(in, step.output, step.meter);
  step.meter.erase("added_lines_coverage_percent");  // of a part of the tests nobody asked for it
  step.meter["tests_count"] = look.ran;
  parts.journal.tell("note", fmt::format("{} ran, and one of them says no: the rest need not",
                                         counted(static_cast<size_t>(look.ran), "test")));
  parts.dossier.tested = std::move(in.outcomes);
  return look;
}

Result<void> hold_against(Parts& parts, const FirstLook& look,
                          const std::vector<GateOutcome>& whole) {
  if (look.files.empty()) return Done{};
  parts.dossier.targeted =
      fmt::format("{} of {}, those {} the change, ran first; then all", look.ran,
                  counted(static_cast<size_t>(tests_in(whole)), "test"),
                  look.nearest ? "nearest to" : "that can reach");
  if (look.nearest) return Done{};
  std::map<std::string, TestStatus> known = statuses_in(parts.bench.base_outcomes());
  std::vector<record::Finding> missed;
  for (const GateOutcome& outcome : whole) {
    for (const TestResult& test : outcome.tests) {
      auto before = known.find(test.id);
      bool passed = before != known.end() && before->second == TestStatus::kPassed;
      if (passed && says_no(test) && !look.files.contains(file_with(test)))
        missed.push_back({file_with(test), 0, "selection-missed", test.id, "note"});
    }
  }
  if (missed.empty()) return Done{};
  parts.dossier.selects_no_more = true;
  parts.dossier.targeted += fmt::format("; {} of the others failed", missed.size());
  parts.journal.tell("warning",
                     fmt::format("{} that 'can not reach the change' did: from here on all tests "
                                 "run at once",
                                 counted(missed.size(), "test")));
  return parts.bench.keep_missed(missed);
}

}  // namespace gf::line
