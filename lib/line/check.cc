// Tried on what the fixers make of the tree, then put back. Outcomes are known by tree, so the step
// that follows does not run them again.
#include "line/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "line/added_to.h"
#include "line/check_text.h"
#include "line/code_facts.h"
#include "line/entitlement.h"
#include "proc/jail.h"
#include "stage/habits.h"
#include "stage/test_judge.h"

namespace gf::line {
namespace {

using record::GateOutcome;

constexpr size_t kMostPaths = 1000000;  ///< of a tree: all of them

const GateOutcome* outcome_on_base(const std::vector<GateOutcome>& base, const std::string& gate) {
  for (const GateOutcome& outcome : base) {
    if (outcome.gate == gate) return &outcome;
  }
  return nullptr;
}

/// What VALIDATE finds by code, as a gate would tell it.
GateOutcome found_by_code(const char* gate, std::vector<record::Finding> findings) {
  GateOutcome outcome;
  outcome.gate = gate;
  outcome.stage = "validate";
  outcome.status = GateOutcome::Status::kFail;
  outcome.findings = std::move(findings);
  outcome.findings_total = static_cast<int>(outcome.findings.size());
  outcome.reason = counted(outcome.findings.size(), "finding");
  return outcome;
}

}  // namespace

ExtraTool* check_for(const Parts& parts, Check& check) {
  return parts.assignment.wishes.rules >= Rules::kOwners ? &check : nullptr;
}

/// What one look came to.
struct Check::Seen {
  std::vector<GateOutcome> outcomes;
  record::LineMoves moves;
  std::vector<std::string> changed;
  std::string coverage;                              ///< of the lines as the fixers leave them
  std::map<std::string, std::string> for_test = {};  ///< by gate: without_authorised()
  /// What the named tests did on the base, where the change seems to have made one red: some fail
  /// whenever they are run without the rest of their suite.
  std::vector<GateOutcome> named_on_base = {};
};

record::ToolSpec Check::spec() const {
  using record::Json;
  Json tests = Json::object(
      {{"type", "array"},
       {"items", Json::object({{"type", "string"}})},
       {"description",
        "Test files, folders of them or test ids (tests/test_a.py::test_x) to run as well."}});
  return {"check",
          "Run the linters and type checkers on what you have written so far, and the tests that "
          "you name. Layout is mended by itself and is not reported.",
          Json::object({{"type", "object"},
                        {"properties", Json::object({{"tests", tests}})},
                        {"required", Json::array()},
                        {"additionalProperties", false}})};
}

/// What factory.forbid has against the change, as VALIDATE will say it.
GateOutcome Check::forbidden_of(const Change& change) const {
  if (parts_.assignment.forbidden.empty()) return found_by_code("forbid", {});
  return found_by_code("forbid",
                       gate::forbidden_in(code_facts(parts_, change), parts_.assignment.forbidden));
}

/// On what the fixers make of the tree, and back again.
Result<Check::Seen> Check::look(const std::vector<std::string>& tests) {
  Seen seen;
  GF_ASSIGN(const Change* change, parts_.bench.change());
  std::vector<std::string> paths = change->paths();
  seen.moves = change->moves();
  seen.changed = paths;
  GF_ASSIGN(auto parsed, parts_.bench.parse(paths));
  if (parsed.status != GateOutcome::Status::kPass) {
    seen.outcomes.push_back(std::move(parsed));
    return seen;
  }
  GateOutcome forbidden = forbidden_of(*change);
  GateOutcome silenced = found_by_code("silenced", silenced_lines(parts_, *change));
  auto looked = parts_.bench.visit(parts_.bench.tree(), [&]() -> Result<void> {
    GF_TRY(let_fixers_work(parts_));
    GF_ASSIGN(seen.outcomes, parts_.bench.run("validate", {}, paths));
    if (!forbidden.findings.empty()) seen.outcomes.push_back(forbidden);
    if (!silenced.findings.empty()) seen.outcomes.push_back(silenced);
    if (tests.empty()) return Done{};
    GF_ASSIGN(auto ran, parts_.bench.run("test", tests, {}));
    GF_ASSIGN(const Change* tried, parts_.bench.change());
    seen.coverage = coverage_text(lines_to_cover(parts_.assignment, *tried), ran,
                                  parts_.assignment.thresholds.coverage_percent);
    seen.outcomes.insert(seen.outcomes.end(), ran.begin(), ran.end());
    return Done{};
  });
  if (!looked.ok()) return looked.error();
  if (parts_.assignment.wishes.rules >= Rules::kSeenDecides) GF_TRY(tell_apart(seen, tests));
  return seen;
}

/// Whose the red ones of the named tests are: TEST's, as the spec allows, or the base's.
Result<void> Check::tell_apart(Seen& seen, const std::vector<std::string>& tests) {
  const std::vector<GateOutcome>& base = parts_.bench.base_outcomes();
  if (!of_tests_ && parts_.dossier.spec) {
    stage::Authorised authorised(*parts_.dossier.spec, stage::Tests(base));
    for (GateOutcome& outcome : seen.outcomes) {
      if (outcome.stage == "test")
        seen.for_test[outcome.gate] = without_authorised(outcome, authorised);
    }
  }
  bool red = std::any_of(seen.outcomes.begin(), seen.outcomes.end(), [&](const auto& outcome) {
    return outcome.stage == "test" && makes_red(outcome, outcome_on_base(base, outcome.gate));
  });
  std::vector<std::string> there = red ? known_of(tests, base) : std::vector<std::string>();
  if (there.empty()) return Done{};
  GF_ASSIGN(seen.named_on_base, parts_.bench.visit(parts_.assignment.base.tree, [&] {
    return parts_.bench.run("test", there, {});
  }));
  return Done{};
}

/// What TEST's tests show, by the code before the change.
Result<std::string> Check::shown_on_base(const Seen& seen) {
  GF_ASSIGN(const Change* change, parts_.bench.change());
  stage::Input in;
  GF_ASSIGN(in.new_tests_on_base, new_tests_on(parts_, *change, parts_.assignment.base.tree));
  if (parts_.assignment.wishes.rules < Rules::kSaidIsDone || !parts_.dossier.spec) {
    std::string text = on_base_text(in.new_tests_on_base);
    if (text.find('\n') + 1 != text.size())
      to_mend_.emplace_back("tests pass on the code before the change");
    return text;
  }
  in.rules = parts_.assignment.wishes.rules;
  in.spec = parts_.dossier.spec;
  in.base_outcomes = parts_.bench.base_outcomes();
  in.outcomes = seen.outcomes;
  std::vector<stage::Finding> unshown = stage::unshown_by(in);
  if (!unshown.empty()) to_mend_.emplace_back("a criterion is not shown");
  return shown_on_base_text(in.new_tests_on_base, unshown);
}

/// What TEST did to files that it may only add to, beyond that.
Result<std::string> Check::beyond_adding_text() {
  GF_ASSIGN(auto beyond, beyond_adding(parts_));
  std::string text;
  for (const record::Finding& one : beyond) text += fmt::format("{}: {}\n", one.path, one.message);
  if (!text.empty()) to_mend_.emplace_back("more was done to a file than to add a test");
  return text;
}

/// What else will be judged: the entry that BUILD writes itself, and what TEST's tests show.
Result<std::string> Check::beside_gates(const Seen& seen, bool tests_were_run) {
  if (parts_.assignment.wishes.rules < Rules::kTried) return std::string();
  if (of_tests_) {
    GF_ASSIGN(auto beyond, beyond_adding_text());
    if (!beyond.empty() || !tests_were_run) return beyond;
    return shown_on_base(seen);
  }
  if (!parts_.dossier.changelog_is_builders) return std::string();
  GF_ASSIGN(auto wrong, wrong_with_entry(parts_));
  if (!wrong.empty()) {
    to_mend_.emplace_back("the changelog entry is wrong");
    entry_reported_ = true;
  }
  return wrong.empty() ? "changelog entry: pass\n" : join(wrong, "\n") + "\n";
}

std::string Check::gate_text(const GateOutcome& outcome, const Seen& seen) {
  const GateOutcome* base = outcome_on_base(parts_.bench.base_outcomes(), outcome.gate);
  if (parts_.assignment.wishes.rules < Rules::kSaidIsDone) {
    if (!is_clean(outcome, base, seen.moves)) to_mend_.push_back(outcome.gate);
    return check_outcome_text(outcome, base, seen.moves);
  }
  GateOutcome with_habits;
  if (base != nullptr) {
    with_habits =
        record::with_habits(*base, outcome, seen.moves, record::paths_of(parts_.bench.facts()),
                            seen.changed, stage::habits_by(parts_.assignment.wishes.rules));
    if (const GateOutcome* named = outcome_on_base(seen.named_on_base, outcome.gate))
      add_failures(*named, with_habits);
    base = &with_habits;
  }
  if (!would_pass(outcome, base, seen.moves))
    to_mend_.push_back(fmt::format("'{}' has something to mend", outcome.gate));
  auto for_test = seen.for_test.find(outcome.gate);
  return named_tests_text(outcome, base, seen.moves) +
         (for_test == seen.for_test.end() ? "" : for_test->second);
}

std::string Check::to_mend() const { return join(to_mend_, ", "); }

Result<std::string> Check::answer(const record::Json& arguments) {
  auto refused = [&](const char* why, std::string text) -> Result<std::string> {
    to_mend_ = {why};
    return text;
  };
  if (left_ == 0) {
    to_mend_.clear();  // an answer beside it is the one that is asked for
    if (parts_.assignment.wishes.rules < Rules::kSaidIsDone) to_mend_ = {"no check was left"};
    return std::string("no check is left for this attempt; answer with what you have");
  }
  GF_TRY(parts_.bench.take_in());
  std::vector<std::string> asked = arguments.get_strings("tests"), files;
  if (!asked.empty()) files = parts_.bench.facts().paths("", kMostPaths);
  std::erase_if(files,
                [&](const std::string& path) { return !is_test_path(parts_.assignment, path); });
  if (parts_.assignment.wishes.rules >= Rules::kAskedAsTold) {
    for (std::string& path : with_own_tests(asked, files, parts_.bench.facts()))
      files.push_back(std::move(path));
  }
  NamedTests named = named_tests(asked, files);
  // By old rules one wrong name was an answer by itself.
  if (parts_.assignment.wishes.rules < Rules::kAskedOnce && !named.complaints.empty())
    return refused("nothing was checked",
                   std::string(trim(named.complaints.substr(0, named.complaints.find('\n')))));
  const std::vector<std::string>& tests = named.tests;
  GF_ASSIGN(const Change* change, parts_.bench.change());
  if (change->deltas.empty()) return refused("nothing was checked", "nothing has been written yet");
  --left_;
  GF_ASSIGN(auto seen, look(tests));
  to_mend_.clear();
  std::string text;
  for (const GateOutcome& outcome : seen.outcomes) text += gate_text(outcome, seen);
  if (seen.outcomes.empty())
    text = "no linter or type checker is configured, and no test was named\n";
  text += seen.coverage;
  GF_ASSIGN(auto besides, beside_gates(seen, !tests.empty()));
  text += besides + named.complaints;
  return text + fmt::format("({} left)", counted(static_cast<size_t>(left_), "check"));
}

}  // namespace gf::line
