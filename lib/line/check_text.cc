// Short on purpose: a model reads it in the middle of its work. Equal messages are told once.
#include "line/check_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "gate/language.h"
#include "proc/jail.h"
#include "stage/parts.h"
#include "stage/red_gate.h"
#include "stage/test_judge.h"

namespace gf::line {
namespace {

using record::GateOutcome;

constexpr size_t kMostBelow = 1000000;  ///< files of a folder: all of them
constexpr size_t kMessageLines = 12;    ///< of a failed test

/// "  " before each line, at most `most` of them.
std::string indented(std::string_view text, size_t most) {
  std::vector<std::string> all = lines(text);
  std::string out;
  for (size_t i = 0; i < all.size() && i < most; ++i) out += "    " + all[i] + "\n";
  if (all.size() > most) out += fmt::format("    ({} more)\n", counted(all.size() - most, "line"));
  return out;
}

std::vector<std::string> finding_rows(const GateOutcome& outcome, const GateOutcome* base,
                                      const record::LineMoves& moves) {
  std::vector<record::Finding> none;
  std::vector<std::string> rows;
  for (const record::Finding& finding :
       record::new_findings(base == nullptr ? none : base->findings, outcome.findings, moves)) {
    std::string rule = finding.rule.empty() ? "" : finding.rule + " ";
    std::string line = finding.line > 0 ? fmt::format(":{}", finding.line) : "";
    rows.push_back(fmt::format("  {}{}: {}{}\n", finding.path, line, rule, finding.message));
  }
  return rows;
}

/// Tests that say the same: a class whose set-up broke, the rows of one table.
struct SameWords {
  std::string message;
  std::vector<std::string> tests;
};

std::string first_few(const std::vector<std::string>& names, const std::string& between) {
  constexpr size_t kNamed = 5;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamed; ++i) text += (i > 0 ? between : "") + names[i];
  if (names.size() > kNamed) text += fmt::format("{}and {} more", between, names.size() - kNamed);
  return text;
}

bool is_red(const record::TestResult& test) {
  return test.status == record::TestStatus::kFailed || test.status == record::TestStatus::kError;
}

std::set<std::string_view> failures_of(const GateOutcome* outcome) {
  std::set<std::string_view> ids;
  if (outcome == nullptr) return ids;
  for (const record::TestResult& test : outcome->tests) {
    if (is_red(test)) ids.insert(test.id);
  }
  return ids;
}

/// What the change made red, each message once; then, in a line, what fails without it too.
std::vector<std::string> test_rows(const GateOutcome& outcome, const GateOutcome* base) {
  std::set<std::string_view> red_before = failures_of(base);
  std::vector<SameWords> groups;
  std::map<std::string_view, size_t> group_of;
  std::vector<std::string> known;
  for (const record::TestResult& test : outcome.tests) {
    if (!is_red(test)) continue;
    if (red_before.contains(test.id)) {
      known.push_back(test.id);
      continue;
    }
    auto [group, first] = group_of.try_emplace(test.message, groups.size());
    bool alone = first || test.message.empty();  // who says nothing says nothing in common
    if (alone) groups.push_back({test.message, {}});
    groups[alone ? groups.size() - 1 : group->second].tests.push_back(
        std::string(record::name_of(test.status)) + " " + test.id);
  }
  std::vector<std::string> rows;
  for (const SameWords& group : groups) {
    rows.push_back(fmt::format("  {}\n{}", first_few(group.tests, "\n  "),
                               indented(group.message, kMessageLines)));
  }
  if (!known.empty()) {
    rows.push_back(fmt::format("  {} fail{} before the change as well: {}\n",
                               counted(known.size(), "test"), known.size() == 1 ? "s" : "",
                               first_few(known, ", ")));
  }
  return rows;
}

/// Why a gate of named tests is red although nothing is to be mended; null: it is not so.
const char* red_for_nothing(const GateOutcome& outcome, const GateOutcome* base) {
  if (stage::is_red_by_floor(outcome))
    return "the coverage floor is of all tests, and only the named ones were run";
  if (base != nullptr && stage::is_red_without_a_test(*base) &&
      stage::is_red_without_a_test(outcome))
    return "red without a failed test, as before the change";
  return nullptr;
}

}  // namespace

std::string check_outcome_text(const GateOutcome& outcome, const GateOutcome* base,
                               const record::LineMoves& moves, size_t most) {
  bool tests = outcome.stage == "test";
  std::vector<std::string> rows =
      tests ? test_rows(outcome, base) : finding_rows(outcome, base, moves);
  bool passed = outcome.status == GateOutcome::Status::kPass;
  bool red_before = base != nullptr && base->status != GateOutcome::Status::kPass;
  bool as_before = !tests && !passed && rows.empty() && red_before && !outcome.findings.empty();
  std::string text = outcome.gate + ": " +
                     (as_before ? fmt::format("as before the change ({}, none of them new)",
                                              counted(outcome.findings.size(), "finding"))
                                : std::string(record::name_of(outcome.status)));
  if (tests && outcome.counts.executed() > 0) {
    text += fmt::format(", {} passed, {} failed", outcome.counts.passed,
                        outcome.counts.failed + outcome.counts.errors);
    text += stage::red_without_a_test(outcome);
  } else if (!passed && rows.empty() && !as_before) {
    text += ": " + outcome.reason;
  }
  text += "\n";
  if (!passed && rows.empty() && outcome.findings_total == 0 && !tests)
    text += indented(outcome.output_tail, most);
  for (size_t i = 0; i < rows.size() && i < most; ++i) text += rows[i];
  if (rows.size() > most) text += fmt::format("  and {} more\n", rows.size() - most);
  return text;
}

std::string named_tests_text(const GateOutcome& outcome, const GateOutcome* base,
                             const record::LineMoves& moves) {
  const char* why = red_for_nothing(outcome, base);
  if (why == nullptr) return check_outcome_text(outcome, base, moves);
  return fmt::format("{}: {} passed, 0 failed ({})\n", outcome.gate, outcome.counts.passed, why);
}

std::string without_authorised(GateOutcome& outcome, const stage::Authorised& authorised) {
  std::vector<std::string> taken;
  std::erase_if(outcome.tests, [&](const record::TestResult& test) {
    bool theirs = is_red(test) && authorised.covers(test.id);
    if (theirs) {
      taken.push_back(test.id);
      int& count =
          test.status == record::TestStatus::kError ? outcome.counts.errors : outcome.counts.failed;
      count = std::max(0, count - 1);
    }
    return theirs;
  });
  if (taken.empty()) return {};
  bool red = std::any_of(outcome.tests.begin(), outcome.tests.end(), is_red);
  if (outcome.status == GateOutcome::Status::kFail && !red)
    outcome.status = GateOutcome::Status::kPass;
  return fmt::format("  {} that the spec lets TEST change fail{} now: {}\n",
                     counted(taken.size(), "test"), taken.size() == 1 ? "s" : "",
                     first_few(taken, ", "));
}

bool makes_red(const GateOutcome& outcome, const GateOutcome* base) {
  std::set<std::string_view> known = failures_of(base);
  return std::any_of(outcome.tests.begin(), outcome.tests.end(),
                     [&](const auto& test) { return is_red(test) && !known.contains(test.id); });
}

std::vector<std::string> known_of(const std::vector<std::string>& named,
                                  const std::vector<GateOutcome>& base) {
  std::vector<std::string> known;
  for (const std::string& name : named) {
    auto is_of = [&](const record::TestResult& test) {
      std::string_view rest = test.id;
      if (!rest.starts_with(name)) return false;
      rest.remove_prefix(name.size());
      return rest.empty() || rest.starts_with("::") || rest.starts_with("[");
    };
    bool there = std::any_of(base.begin(), base.end(), [&](const GateOutcome& outcome) {
      return std::any_of(outcome.tests.begin(), outcome.tests.end(), is_of);
    });
    if (there) known.push_back(name);
  }
  return known;
}

void add_failures(const GateOutcome& outcome, GateOutcome& base) {
  std::map<std::string_view, const record::TestResult*> red;
  for (const record::TestResult& test : outcome.tests) {
    if (is_red(test)) red.emplace(test.id, &test);
  }
  if (red.empty()) return;
  for (record::TestResult& test : base.tests) {
    auto found = red.find(test.id);
    if (found == red.end()) continue;
    test = *found->second;
    red.erase(found);
  }
  for (const auto& [id, test] : red) base.tests.push_back(*test);
  if (base.status == GateOutcome::Status::kPass) base.status = GateOutcome::Status::kFail;
}

bool is_clean(const GateOutcome& outcome, const GateOutcome* base, const record::LineMoves& moves) {
  if (outcome.status == GateOutcome::Status::kPass) return true;
  bool red_before = base != nullptr && base->status != GateOutcome::Status::kPass;
  return outcome.stage != "test" && red_before && !outcome.findings.empty() &&
         finding_rows(outcome, base, moves).empty();
}

bool would_pass(const GateOutcome& outcome, const GateOutcome* base,
                const record::LineMoves& moves) {
  using Status = GateOutcome::Status;
  if (outcome.status == Status::kPass || red_for_nothing(outcome, base) != nullptr) return true;
  if (base == nullptr || base->status == Status::kPass) return false;
  if (outcome.stage != "test") return finding_rows(outcome, base, moves).empty();
  std::set<std::string_view> known = failures_of(base);
  return outcome.status == Status::kFail && !outcome.tests.empty() &&
         !stage::is_red_without_a_test(outcome) &&
         std::none_of(outcome.tests.begin(), outcome.tests.end(),
                      [&](const auto& test) { return is_red(test) && !known.contains(test.id); });
}

std::string on_base_text(const std::vector<GateOutcome>& outcomes) {
  constexpr size_t kShown = 30;
  size_t ran = 0, passed = 0;
  std::vector<std::string> functions;
  for (const GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      if (test.status == record::TestStatus::kSkipped) continue;
      ++ran;
      if (test.status != record::TestStatus::kPassed) continue;
      ++passed;
      std::string function(stage::function_of(test.id));
      if (functions.empty() || functions.back() != function) functions.push_back(function);
    }
  }
  if (ran == 0) return {};
  std::string text =
      fmt::format("on the code before the change: {} of {} of these tests fail", ran - passed, ran);
  text += functions.empty() ? "\n" : "; these pass there:\n";
  for (size_t i = 0; i < functions.size() && i < kShown; ++i) text += "  " + functions[i] + "\n";
  if (functions.size() > kShown) text += fmt::format("  and {} more\n", functions.size() - kShown);
  return text;
}

std::string shown_on_base_text(const std::vector<GateOutcome>& on_base,
                               const std::vector<stage::Finding>& unshown) {
  constexpr size_t kShown = 30;
  size_t ran = 0, passed = 0;
  for (const GateOutcome& outcome : on_base) {
    for (const record::TestResult& test : outcome.tests) {
      ran += test.status == record::TestStatus::kSkipped ? 0 : 1;
      passed += test.status == record::TestStatus::kPassed ? 1 : 0;
    }
  }
  std::string text;
  if (ran > 0) {
    text = fmt::format("on the code before the change: {} of {} of these tests fail", ran - passed,
                       ran);
    text += passed > 0 && unshown.empty() ? "; what passes there is taken for a guard\n" : "\n";
  }
  for (size_t i = 0; i < unshown.size() && i < kShown; ++i) text += "  " + unshown[i].text + "\n";
  if (unshown.size() > kShown) text += fmt::format("  and {} more\n", unshown.size() - kShown);
  return text;
}

std::string coverage_text(const std::map<std::string, std::vector<int>>& added,
                          const std::vector<GateOutcome>& outcomes, int64_t floor_percent) {
  constexpr size_t kShown = 30;
  stage::Input in;
  in.added_lines = added;
  in.outcomes = outcomes;
  if (!stage::has_coverage(in)) return {};
  stage::AddedLines sum = stage::added_lines_of(in);
  if (sum.executable == 0) return {};
  std::string text =
      fmt::format("these tests run {} of {} ({:.0f}%; with all tests {}% is asked)", sum.covered,
                  counted(static_cast<size_t>(sum.executable), "added line"),
                  stage::percent_of(sum), floor_percent);
  std::vector<std::string> missed;
  for (const auto& [path, line] : sum.missed) {
    if (missed.size() == kShown) break;
    missed.push_back(fmt::format("{}:{}", path, line));
  }
  if (!missed.empty()) text += "; not run: " + join(missed, ", ");
  if (sum.missed.size() > kShown) text += fmt::format(" and {} more", sum.missed.size() - kShown);
  return text + "\n";
}

std::vector<std::string> with_own_tests(const std::vector<std::string>& named,
                                        const std::vector<std::string>& files,
                                        const record::TreeFacts& tree) {
  std::set<std::string> known(files.begin(), files.end()), found;
  for (const std::string& one : named) {
    size_t end = one.find("::");
    auto path = proc::Jail::normalise(one.substr(0, end));
    if (!path.ok()) continue;
    bool all = one == "." || one == "./";
    std::vector<std::string> below = end == std::string::npos
                                         ? tree.paths(all ? "" : *path, kMostBelow)
                                         : std::vector<std::string>();
    below.push_back(*path);
    for (const std::string& file : below) {
      if (!known.contains(file) && gate::holds_own_tests(tree, file)) found.insert(file);
    }
  }
  return {found.begin(), found.end()};
}

NamedTests named_tests(const std::vector<std::string>& named,
                       const std::vector<std::string>& files) {
  NamedTests all;
  auto add = [&](std::string one) {
    if (std::find(all.tests.begin(), all.tests.end(), one) == all.tests.end())
      all.tests.push_back(std::move(one));
  };
  for (const std::string& one : named) {
    size_t end = one.find("::");
    auto path = proc::Jail::normalise(one.substr(0, end));
    bool all_of_them = one == "." || one == "./", found = false;
    for (const std::string& file : files) {
      bool here = path.ok() && file == *path;
      bool under =
          all_of_them || (path.ok() && end == std::string::npos && file.starts_with(*path + "/"));
      bool below = under && gate::holds_tests(file);  // there are data and snapshots too
      if (!here && !below) continue;
      found = true;
      add(file + (here && end != std::string::npos ? one.substr(end) : ""));
    }
    if (!found)
      all.complaints += fmt::format("there is no test file '{}'\n", printable(clipped(one, 200)));
  }
  return all;
}

}  // namespace gf::line
