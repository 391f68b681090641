// What REVIEW is shown: bounded, so that it grows with the change and not with the repository.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "stage/habits.h"
#include "stage/kinds.h"
#include "stage/parts.h"
#include "stage/red_gate.h"
#include "stage/review.h"

namespace gf::stage {
namespace {

constexpr size_t kHunksRoom = 128u
                              << 10;      ///< bytes of all hunks: a change that people still review
constexpr size_t kSinceRoom = 48u << 10;  ///< of what changed since the first round
constexpr size_t kTestsOfAKind = 200;  ///< tests that carry an id, and that did not pass, of a gate
constexpr size_t kMessageBytes = 300;  ///< of why a test failed: its first line says what
constexpr size_t kFindingsShown = 20;  ///< of a gate that is not green

/// Where a hunk stands in line for room: in the order of the spec's touchpoints, then the others.
size_t rank_of(const ReviewHunk& hunk, const std::vector<std::string>& asked) {
  return static_cast<size_t>(std::find(asked.begin(), asked.end(), hunk.path) - asked.begin());
}

std::vector<bool> shown_within(const std::vector<ReviewHunk>& hunks,
                               const std::vector<std::string>& asked, size_t room) {
  std::vector<size_t> order(hunks.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return rank_of(hunks[a], asked) < rank_of(hunks[b], asked);
  });
  std::vector<bool> whole(hunks.size(), false);
  for (size_t i : order) {
    if (hunks[i].text.size() > room) continue;
    room -= hunks[i].text.size();
    whole[i] = true;
  }
  return whole;
}

/// A hunk with the new file's line numbers in front, so that a pointer need not be counted out.
std::string with_line_numbers(const ReviewHunk& hunk) {
  std::string text;
  int line = hunk.new_start;
  for (const std::string& one : lines(hunk.text)) {
    bool here = !one.starts_with("@@") && !one.starts_with("-") && !one.starts_with("\\");
    text += here ? fmt::format("{:>5} {}\n", line++, one) : fmt::format("      {}\n", one);
  }
  return text;
}

/// Each hunk has its id, since each has to be accounted for; what there was no room for is told.
std::string hunks_text(const std::vector<ReviewHunk>& hunks, const std::vector<std::string>& asked,
                       size_t room) {
  std::vector<bool> whole = shown_within(hunks, asked, room);
  std::string text;
  for (size_t i = 0; i < hunks.size(); ++i) {
    const ReviewHunk& hunk = hunks[i];
    std::string body =
        whole[i]
            ? fenced("diff", with_line_numbers(hunk))
            : fmt::format("({} bytes are left out; read {} of the file from line {})\n",
                          hunk.text.size(), counted(static_cast<size_t>(hunk.new_count), "line"),
                          hunk.new_start);
    text += fmt::format("{} {}{}\n{}\n", hunk.id, hunk.path,
                        hunk.changelog ? " (the changelog entry of this change)" : "", body);
  }
  return text;
}

std::string short_message(const std::string& text) {
  return clipped(first_line(text), kMessageBytes);
}

/// What a test was on the base, by its id; asked once a test that is not green.
class OnBase {
 public:
  explicit OnBase(const std::vector<record::GateOutcome>& outcomes) {
    for (const record::GateOutcome& outcome : outcomes) {
      for (const record::TestResult& test : outcome.tests) by_id_.emplace(test.id, test.status);
      gates_.emplace(outcome.gate, &outcome);
    }
  }
  /// " (on the base: failed)"; empty where nothing is known of the base.
  [[nodiscard]] std::string text(const std::string& id) const {
    if (gates_.empty()) return {};
    auto found = by_id_.find(id);
    if (found == by_id_.end()) return " (not there on the base)";
    return fmt::format(" (on the base: {})", record::name_of(found->second));
  }
  [[nodiscard]] bool skipped(const std::string& id) const {
    auto found = by_id_.find(id);
    return found != by_id_.end() && found->second == record::TestStatus::kSkipped;
  }
  [[nodiscard]] const record::GateOutcome* gate(const std::string& name) const {
    auto found = gates_.find(name);
    return found == gates_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, record::TestStatus> by_id_;
  std::map<std::string, const record::GateOutcome*> gates_;
};

/// The ids of what is judged: criteria, constraints, what is out of scope, assumptions.
std::vector<std::string> judged_ids(const record::Spec& spec) {
  std::vector<std::string> ids;
  for (const record::Criterion& criterion : spec.acceptance_criteria) ids.push_back(criterion.id);
  for (size_t i = 1; i <= spec.constraints.size(); ++i) ids.push_back(fmt::format("C{}", i));
  for (size_t i = 1; i <= spec.out_of_scope.size(); ++i) ids.push_back(fmt::format("O{}", i));
  for (const record::Assumption& assumption : spec.assumptions) ids.push_back(assumption.id);
  return ids;
}

bool carries_any(const std::vector<std::string>& ids, const std::string& test) {
  return std::any_of(ids.begin(), ids.end(),
                     [&](const std::string& id) { return carries_id(test, id); });
}

/// "passed in tests/t.py: test_x, TestA::test_y (6 cases)", by file in the order of the first.
class Passed {
 public:
  explicit Passed(std::set<std::string> functions) : functions_(std::move(functions)) {}
  void add(const std::string& status, const std::string& id) {
    size_t at = id.find("::");
    std::string file = status + (at == std::string::npos ? "" : " in " + id.substr(0, at));
    TestFunction test = function_of_id(id, functions_);
    const std::string& function = test.name;
    auto [cases, is_new] = cases_.emplace(std::pair(file, function), 0);
    cases->second += test.is_case ? 1 : 0;
    if (!is_new) return;
    auto known = std::find_if(files_.begin(), files_.end(),
                              [&](const auto& one) { return one.first == file; });
    if (known == files_.end()) known = files_.insert(known, {file, {}});
    known->second.push_back(function);
  }
  [[nodiscard]] size_t size() const { return cases_.size(); }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const auto& [file, functions] : files_) {
      std::vector<std::string> named;
      for (const std::string& function : functions) {
        size_t cases = cases_.at({file, function});
        named.push_back(function +
                        (cases == 0 ? "" : fmt::format(" ({})", counted(cases, "case"))));
      }
      text += fmt::format("  {}: {}\n", file, join(named, ", "));
    }
    return text;
  }

 private:
  std::set<std::string> functions_;                              ///< that the change defines
  std::map<std::pair<std::string, std::string>, size_t> cases_;  ///< by file and function
  std::vector<std::pair<std::string, std::vector<std::string>>> files_;
};

/// The tests that a judgement can lean on or has to explain, and how many others there were: a
/// whole suite would be most of the prompt, and says nothing about this change.
std::string tests_text(const Input& in, const record::GateOutcome& outcome, const OnBase& base) {
  std::string text;
  std::map<std::string, size_t> left_out;
  std::vector<std::string> ids = judged_ids(*in.spec);
  Passed carrying(test_functions_in(in.hunks));
  size_t not_passed = 0;
  for (const record::TestResult& test : outcome.tests) {
    bool passed = test.status == record::TestStatus::kPassed;
    // A test that is skipped as it was says nothing of the change.
    bool as_ever = test.status == record::TestStatus::kSkipped && base.skipped(test.id);
    std::string status(record::name_of(test.status));
    if (!passed && !as_ever && not_passed < kTestsOfAKind) {
      ++not_passed;
      std::string why = short_message(test.message);
      text += fmt::format("  {} {}{}{}\n", status, test.id, base.text(test.id),
                          why.empty() ? "" : ": " + why);
    } else if (carrying.size() < kTestsOfAKind && carries_any(ids, test.id)) {
      carrying.add(status, test.id);
    } else {
      ++left_out[status];
    }
  }
  text = carrying.text() + text;
  for (const auto& [status, count] : left_out)
    text += fmt::format("  and {}: {}\n", counted(count, "other test"), status);
  return text;
}

/// Those of `all` that are not among `told`.
std::vector<record::Finding> others_than(const std::vector<record::Finding>& told,
                                         std::vector<record::Finding> all) {
  std::set<std::pair<std::string, int>> known;
  for (const record::Finding& one : told) known.emplace(one.key(), one.line);
  std::erase_if(all, [&](const auto& one) { return known.contains({one.key(), one.line}); });
  return all;
}

/// A gate that is not green: what it says that it did not say of the base.
std::string findings_text(const Input& in, const record::GateOutcome& outcome, const OnBase& base) {
  if (outcome.status == record::GateOutcome::Status::kPass || outcome.findings.empty()) return {};
  const record::GateOutcome* before = base.gate(outcome.gate);
  record::GateOutcome with;
  size_t habits = 0;
  if (before != nullptr && in.tree != nullptr && in.rules >= Rules::kSaidIsDone) {
    with = record::with_habits(*before, outcome, in.moves.value_or(record::LineMoves()),
                               record::paths_of(*in.tree), in.changed, habits_by(in.rules));
    habits = with.findings.size() - before->findings.size();
    before = &with;
  }
  std::vector<record::Finding> fresh =
      record::new_findings(before == nullptr ? std::vector<record::Finding>() : before->findings,
                           outcome.findings, in.moves.value_or(record::LineMoves()));
  std::string text;
  size_t shown = 0;
  for (const record::Finding& finding : fresh) {
    if (++shown > kFindingsShown) break;
    text += fmt::format("  {}:{} {} {}\n", finding.path, finding.line, finding.rule,
                        short_message(finding.message));
  }
  if (fresh.size() > kFindingsShown)
    text += fmt::format("  and {}\n", counted(fresh.size() - kFindingsShown, "other finding"));
  if (habits > 0) {
    std::set<std::string> rules;
    for (size_t i = with.findings.size() - habits; i < with.findings.size(); ++i)
      rules.insert(with.findings[i].rule);
    text += fmt::format("  {} of rules that most files like theirs break here: {}\n",
                        counted(habits, "finding"),
                        join(std::vector<std::string>(rules.begin(), rules.end()), ", "));
  }
  bool none_new = fresh.empty();
  size_t old = outcome.findings.size() - fresh.size() - habits;
  if (old > 0) {
    std::vector<record::Finding> told = std::move(fresh);
    told.insert(told.end(), with.findings.end() - static_cast<std::ptrdiff_t>(habits),
                with.findings.end());
    text += fmt::format("  {} {} there before the change as well{}{}\n", counted(old, "finding"),
                        old == 1 ? "was" : "were", files_named(others_than(told, outcome.findings)),
                        none_new ? ", and none is new" : "");
  }
  return text;
}

/// A gate that is red although no test of it failed, beside the same on the base: what was so
/// before needs no explanation.
std::string as_on_base(const record::GateOutcome& outcome, const OnBase& base) {
  if (red_without_a_test(outcome).empty()) return {};
  const record::GateOutcome* before = base.gate(outcome.gate);
  if (before == nullptr) return {};
  return fmt::format(" (on the base: {}{})", record::name_of(before->status),
                     is_red_without_a_test(*before) ? ", and no test failed there either" : "");
}

/// "==== tests coverage ====" without what makes it a line across a terminal.
std::string without_rulers(const std::string& text) {
  constexpr size_t kKept = 3;
  std::string kept;
  size_t same = 0;
  for (char c : text) {
    bool rules = c == '=' || c == '_' || c == '-' || c == '*';
    same = rules && !kept.empty() && kept.back() == c ? same + 1 : 1;
    if (!rules || same <= kKept) kept += c;
  }
  return kept;
}

std::string gates_text(const Input& in) {
  OnBase base(in.base_outcomes);
  std::string text;
  for (const record::GateOutcome& outcome : in.outcomes) {
    text += fmt::format("{}: {}{}{}\n", outcome.gate, record::name_of(outcome.status),
                        as_on_base(outcome, base), without_rulers(red_without_a_test(outcome)));
    text += findings_text(in, outcome, base) + tests_text(in, outcome, base);
  }
  return text;
}

std::string since_text(const Input& in) {
  if (in.since.empty()) return {};
  std::vector<ReviewHunk> hunks = in.since;
  for (ReviewHunk& hunk : hunks) hunk.id = "changed:";
  return "You have reviewed this once before. Since then this has changed:\n" +
         hunks_text(hunks, in.spec->touchpoints, kSinceRoom);
}

}  // namespace

Result<std::vector<record::Message>> review_prompt(const Input& in) {
  std::string tests = files_text(in.tests);
  if (!tests.empty()) tests = "Tests of the criteria that no hunk shows:\n" + tests;
  std::string uses = in.uses.empty() ? ""
                                     : "Where else the names stand that it changes:\n" +
                                           fenced("", in.uses) + "\n";
  if (!in.definitions.empty()) {
    uses = "What it uses and stands in, as far as no hunk shows it:\n" +
           fenced("", in.definitions) + "\n" + uses;
  }
  std::string facts =
      in.facts.empty() ? "" : "What code found in the change:\n" + fenced("", in.facts) + "\n";
  return messages_from(in, {{"spec", fenced("", spec_text(*in.spec))},
                            {"facts", facts},
                            {"values", values_text()},
                            {"hunks", hunks_text(in.hunks, in.spec->touchpoints, kHunksRoom)},
                            {"uses", uses},
                            {"tests", tests},
                            {"since", since_text(in)},
                            {"gates", fenced("", gates_text(in))}});
}

}  // namespace gf::stage
