#include "line/check.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/text.h"
#include "line/entitlement.h"
#include "proc/jail.h"
#include "stage/red_gate.h"
#include "stage/test_judge.h"

namespace gf::line {
namespace {

using record::GateOutcome;

constexpr size_t kMessageLines = 12;  ///< of a failed test

/// "  " before each line, at most `most` of them.
std::string indented(std::string_view text, size_t most) {
  std::vector<std::string> all = lines(text);
  std::string out;
  for (size_t i = 0; i < all.size() && i < most; ++i) out += "    " + all[i] + "\n";
  if (all.size() > most) out += fmt::format("    ({} more)\n", counted(all.size() - most, "line"));
  return out;
}

std::vector<std::string> told_findings(const GateOutcome& outcome, const GateOutcome* base,
                                       const record::LineMoves& moves) {
  std::vector<record::Finding> none;
  std::vector<std::string> told;
  for (const record::Finding& finding :
       record::new_findings(base == nullptr ? none : base->findings, outcome.findings, moves)) {
    std::string rule = finding.rule.empty() ? "" : finding.rule + " ";
    std::string line = finding.line > 0 ? fmt::format(":{}", finding.line) : "";
    told.push_back(fmt::format("  {}{}: {}{}\n", finding.path, line, rule, finding.message));
  }
  return told;
}

/// Tests that say the same: a class whose set-up broke, the rows of one table.
struct SameWords {
  std::string message;
  std::vector<std::string> tests;
};

std::string told_few(const std::vector<std::string>& names, const std::string& between) {
  constexpr size_t kNamed = 5;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamed; ++i) text += (i > 0 ? between : "") + names[i];
  if (names.size() > kNamed) text += fmt::format("{}and {} more", between, names.size() - kNamed);
  return text;
}

/// What the change made red, each message once; then, in a line, what fails without it too.
std::vector<std::string> told_tests(const GateOutcome& outcome, const GateOutcome* base) {
  auto red = [](const record::TestResult& test) {
    return test.status == record::TestStatus::kFailed || test.status == record::TestStatus::kError;
  };
  std::set<std::string_view> red_before;
  if (base != nullptr) {
    for (const record::TestResult& test : base->tests) {
      if (red(test)) red_before.insert(test.id);
    }
  }
  std::vector<SameWords> groups;
  std::map<std::string_view, size_t> group_of;
  std::vector<std::string> known;
  for (const record::TestResult& test : outcome.tests) {
    if (!red(test)) continue;
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
  std::vector<std::string> told;
  for (const SameWords& group : groups) {
    told.push_back(fmt::format("  {}\n{}", told_few(group.tests, "\n  "),
                               indented(group.message, kMessageLines)));
  }
  if (!known.empty()) {
    told.push_back(fmt::format("  {} fail{} before the change as well: {}\n",
                               counted(known.size(), "test"), known.size() == 1 ? "s" : "",
                               told_few(known, ", ")));
  }
  return told;
}

const GateOutcome* outcome_on_base(const std::vector<GateOutcome>& base, const std::string& gate) {
  for (const GateOutcome& outcome : base) {
    if (outcome.gate == gate) return &outcome;
  }
  return nullptr;
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

std::string told_outcome(const GateOutcome& outcome, const GateOutcome* base,
                         const record::LineMoves& moves, size_t most) {
  bool tests = outcome.stage == "test";
  std::vector<std::string> told =
      tests ? told_tests(outcome, base) : told_findings(outcome, base, moves);
  bool passed = outcome.status == GateOutcome::Status::kPass;
  bool red_before = base != nullptr && base->status != GateOutcome::Status::kPass;
  bool as_before = !tests && !passed && told.empty() && red_before && !outcome.findings.empty();
  std::string text = outcome.gate + ": " +
                     (as_before ? fmt::format("as before the change ({}, none of them new)",
                                              counted(outcome.findings.size(), "finding"))
                                : std::string(record::name_of(outcome.status)));
  if (tests && outcome.counts.executed() > 0) {
    text += fmt::format(", {} passed, {} failed", outcome.counts.passed,
                        outcome.counts.failed + outcome.counts.errors);
    text += stage::red_without_a_test(outcome);
  } else if (!passed && told.empty() && !as_before) {
    text += ": " + outcome.reason;
  }
  text += "\n";
  if (!passed && told.empty() && outcome.findings_total == 0 && !tests)
    text += indented(outcome.output_tail, most);
  for (size_t i = 0; i < told.size() && i < most; ++i) text += told[i];
  if (told.size() > most) text += fmt::format("  and {} more\n", told.size() - most);
  return text;
}

std::string told_named_tests(const GateOutcome& outcome, const GateOutcome* base,
                             const record::LineMoves& moves) {
  const char* why = red_for_nothing(outcome, base);
  if (why == nullptr) return told_outcome(outcome, base, moves);
  return fmt::format("{}: {} passed, 0 failed ({})\n", outcome.gate, outcome.counts.passed, why);
}

bool is_clean(const GateOutcome& outcome, const GateOutcome* base, const record::LineMoves& moves) {
  if (outcome.status == GateOutcome::Status::kPass) return true;
  bool red_before = base != nullptr && base->status != GateOutcome::Status::kPass;
  return outcome.stage != "test" && red_before && !outcome.findings.empty() &&
         told_findings(outcome, base, moves).empty();
}

std::string told_on_base(const std::vector<GateOutcome>& outcomes,
                         const std::vector<std::string>& kept) {
  constexpr size_t kShown = 30;
  size_t ran = 0, passed = 0, guards = 0;
  auto guards_one = [&](const std::string& test) {
    return std::any_of(kept.begin(), kept.end(),
                       [&](const std::string& id) { return stage::carries_id(test, id); });
  };
  std::vector<std::string> functions;
  for (const GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      if (test.status == record::TestStatus::kSkipped) continue;
      ++ran;
      if (test.status != record::TestStatus::kPassed) continue;
      ++passed;
      if (guards_one(test.id)) {
        ++guards;
        continue;
      }
      std::string function(stage::function_of(test.id));
      if (functions.empty() || functions.back() != function) functions.push_back(function);
    }
  }
  if (ran == 0) return {};
  std::string text =
      fmt::format("on the code before the change: {} of {} of these tests fail", ran - passed, ran);
  if (guards > 0)
    text += fmt::format("; {} that guard{} what stays as it is pass{} there, as {} to", guards,
                        guards == 1 ? "s" : "", guards == 1 ? "es" : "",
                        guards == 1 ? "it has" : "they have");
  text += passed > guards ? "; these pass there:\n" : "\n";
  for (size_t i = 0; i < functions.size() && i < kShown; ++i) text += "  " + functions[i] + "\n";
  if (functions.size() > kShown) text += fmt::format("  and {} more\n", functions.size() - kShown);
  return text;
}

std::string told_coverage(const std::map<std::string, std::vector<int>>& added,
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

ExtraTool* check_for(const Parts& parts, Check& check) {
  return parts.assignment.wishes.rules >= Rules::kOwners ? &check : nullptr;
}

/// What one look came to.
struct Check::Seen {
  std::vector<GateOutcome> outcomes;
  record::LineMoves moves;
  std::string coverage;  ///< of the lines as the fixers leave them
};

record::ToolSpec Check::spec() const {
  using record::Json;
  Json tests = Json::object(
      {{"type", "array"},
       {"items", Json::object({{"type", "string"}})},
       {"description", "Test files or test ids (tests/test_a.py::test_x) to run as well."}});
  return {"check",
          "Run the linters and type checkers on what you have written so far, and the tests that "
          "you name. Layout is mended by itself and is not reported.",
          Json::object({{"type", "object"},
                        {"properties", Json::object({{"tests", tests}})},
                        {"required", Json::array()},
                        {"additionalProperties", false}})};
}

/// On what the fixers make of the tree, and back again.
Result<Check::Seen> Check::look(const std::vector<std::string>& tests) {
  Seen seen;
  GF_ASSIGN(const Change* change, parts_.bench.change());
  std::vector<std::string> paths = change->paths();
  seen.moves = change->moves();
  GF_ASSIGN(auto parsed, parts_.bench.parse(paths));
  if (parsed.status != GateOutcome::Status::kPass) {
    seen.outcomes.push_back(std::move(parsed));
    return seen;
  }
  auto looked = parts_.bench.visit(parts_.bench.tree(), [&]() -> Result<void> {
    GF_TRY(let_fixers_work(parts_));
    GF_ASSIGN(seen.outcomes, parts_.bench.run("validate", {}, paths));
    if (tests.empty()) return Done{};
    GF_ASSIGN(auto ran, parts_.bench.run("test", tests, {}));
    GF_ASSIGN(const Change* tried, parts_.bench.change());
    seen.coverage = told_coverage(lines_to_cover(parts_.assignment, *tried), ran,
                                  parts_.assignment.thresholds.coverage_percent);
    seen.outcomes.insert(seen.outcomes.end(), ran.begin(), ran.end());
    return Done{};
  });
  if (!looked.ok()) return looked.error();
  return seen;
}

/// What else will be judged: the entry that BUILD writes itself, and that TEST's tests fail on the
/// code before the change.
Result<std::string> Check::beside_gates(bool tests_were_run) {
  if (parts_.assignment.wishes.rules < Rules::kTried) return std::string();
  if (of_tests_) {
    if (!tests_were_run) return std::string();
    GF_ASSIGN(const Change* change, parts_.bench.change());
    GF_ASSIGN(auto on_base, new_tests_on(parts_, *change, parts_.assignment.base.tree));
    std::vector<std::string> kept;
    if (parts_.assignment.wishes.rules >= Rules::kSaidIsDone && parts_.dossier.spec) {
      for (const record::Criterion& one : parts_.dossier.spec->acceptance_criteria)
        if (record::keeps(one)) kept.push_back(one.id);
    }
    std::string text = told_on_base(on_base, kept);
    found_nothing_ = found_nothing_ && text.find('\n') + 1 == text.size();
    return text;
  }
  if (!parts_.dossier.changelog_is_builders) return std::string();
  GF_ASSIGN(auto wrong, wrong_with_entry(parts_));
  found_nothing_ = found_nothing_ && wrong.empty();
  return wrong.empty() ? "changelog entry: pass\n" : join(wrong, "\n") + "\n";
}

Result<std::string> Check::answer(const record::Json& arguments) {
  found_nothing_ = false;
  if (left_ == 0)
    return std::string("no check is left for this attempt; answer with what you have");
  GF_TRY(parts_.bench.take_in());
  std::vector<std::string> tests;
  for (const std::string& named : arguments.get_strings("tests")) {
    size_t end = named.find("::");
    auto path = proc::Jail::normalise(named.substr(0, end));
    if (!path.ok() || !is_test_path(parts_.assignment, *path) ||
        !parts_.bench.facts().has_path(*path))
      return fmt::format("there is no test file '{}'", printable(clipped(named, 200)));
    tests.push_back(*path + (end == std::string::npos ? "" : named.substr(end)));
  }
  GF_ASSIGN(const Change* change, parts_.bench.change());
  if (change->deltas.empty()) return std::string("nothing has been written yet");
  --left_;
  GF_ASSIGN(auto seen, look(tests));
  std::string text;
  found_nothing_ = true;
  for (const GateOutcome& outcome : seen.outcomes) {
    const GateOutcome* base = outcome_on_base(parts_.bench.base_outcomes(), outcome.gate);
    if (parts_.assignment.wishes.rules < Rules::kSaidIsDone) {
      text += told_outcome(outcome, base, seen.moves);
      found_nothing_ = found_nothing_ && is_clean(outcome, base, seen.moves);
      continue;
    }
    text += told_named_tests(outcome, base, seen.moves);
    found_nothing_ = found_nothing_ && (red_for_nothing(outcome, base) != nullptr ||
                                        is_clean(outcome, base, seen.moves));
  }
  if (seen.outcomes.empty())
    text = "no linter or type checker is configured, and no test was named\n";
  text += seen.coverage;
  GF_ASSIGN(auto besides, beside_gates(!tests.empty()));
  text += besides;
  return text + fmt::format("({} left)", counted(static_cast<size_t>(left_), "check"));
}

}  // namespace gf::line
