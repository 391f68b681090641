// VALIDATE: linters and type checkers decide; no model is asked.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "base/glob.h"
#include "base/text.h"
#include "stage/build_rules.h"
#include "stage/habits.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

using record::GateOutcome;
constexpr size_t kMaxLines = 50;      // of feedback, by the first rules
constexpr size_t kMaxFindings = 200;  // compared, by the first rules
constexpr size_t kShownLines = 30;    // of what a tool without findings printed

// --- Eval ---
/// Findings that the base did not have. By the first rules of cut lists, wherever they are.
std::vector<record::Finding> fresh_in(const Input& in, const GateOutcome* base,
                                      const GateOutcome& now) {
  if (in.moves) {
    return record::new_findings(base == nullptr ? std::vector<record::Finding>() : base->findings,
                                now.findings, *in.moves);
  }
  auto cut = [](std::vector<record::Finding> all) {
    if (all.size() > kMaxFindings) all.resize(kMaxFindings);
    return all;
  };
  std::map<std::string, int> known;
  if (base != nullptr) {
    for (const record::Finding& finding : cut(base->findings)) ++known[finding.key()];
  }
  std::vector<record::Finding> fresh;
  for (const record::Finding& finding : cut(now.findings)) {
    if (known[finding.key()]-- <= 0) fresh.push_back(finding);
  }
  return fresh;
}

const GateOutcome* same_gate(const std::vector<GateOutcome>& outcomes, const std::string& name) {
  for (const GateOutcome& outcome : outcomes) {
    if (outcome.gate == name) return &outcome;
  }
  return nullptr;
}

/// What a gate that names no finding said, as far as anybody can use it.
std::string red_gate_text(const Input& in, const GateOutcome& outcome) {
  std::string text = outcome.gate + ": " + outcome.reason;
  if (!in.moves) return text;
  std::vector<std::string> printed = lines(outcome.output_tail);
  size_t first = printed.size() > kShownLines ? printed.size() - kShownLines : 0;
  for (size_t i = first; i < printed.size(); ++i) text += "\n  " + printed[i];
  return text;
}

/// "0 gates" is no pass that anybody could lean on, and is said in words.
std::string passed_by(const Input& in) {
  size_t asked = 0;
  for (const GateOutcome& outcome : in.outcomes) asked += outcome.stage == "validate" ? 1 : 0;
  if (asked > 0 || !in.moves) return counted(in.outcomes.size(), "gate") + " passed";
  return "nothing was checked: no linter or type checker is configured";
}

/// What this change made red, and the gates that are as red as they were.
struct Red {
  std::vector<Finding> findings;
  std::vector<std::string> kept;
};

Red red_of(const Input& in) {
  Red red;
  for (const GateOutcome& outcome : in.outcomes) {
    if (outcome.stage != "validate" || outcome.status == GateOutcome::Status::kPass) continue;
    const GateOutcome* base = same_gate(in.base_outcomes, outcome.gate);
    std::vector<record::Finding> fresh = fresh_in(in, base, outcome);
    if (in.moves && base != nullptr && in.tree != nullptr) {
      std::erase_if(fresh, [&](const record::Finding& one) {
        return record::is_habit(one, *base, record::paths_of(*in.tree), in.changed,
                                habits_by(in.rules));
      });
    }
    for (const record::Finding& finding : fresh) {
      red.findings.push_back(finding_of(FindingKind::kLint,
                                        outcome.gate + " " + finding.rule + " " + finding.path +
                                            ":" + std::to_string(finding.line) + ": " +
                                            finding.message,
                                        finding.path));
    }
    bool was_red = base != nullptr && base->status != GateOutcome::Status::kPass;
    if (fresh.empty() && was_red) red.kept.push_back(outcome.gate);
    if (fresh.empty() && !was_red) {
      FindingKind kind = outcome.status == GateOutcome::Status::kBroken    ? FindingKind::kBroken
                         : outcome.status == GateOutcome::Status::kTimeout ? FindingKind::kTimeout
                                                                           : FindingKind::kGate;
      red.findings.push_back(finding_of(kind, red_gate_text(in, outcome)));
    }
  }
  for (const record::Finding& finding : in.forbidden) {
    std::string place = finding.path + (finding.line > 0 ? ":" + std::to_string(finding.line) : "");
    red.findings.push_back(
        finding_of(FindingKind::kLint,
                   "forbid " + finding.rule + " " + place + ": " + finding.message, finding.path));
  }
  for (const record::Finding& finding : in.silenced) {
    red.findings.push_back(finding_of(
        FindingKind::kLint,
        fmt::format("{}:{}: {}. {} Where there is no other way, say so in a comment beside it: it "
                    "is asked once.",
                    finding.path, finding.line, finding.message, build_rule::kNotSilenced),
        finding.path));
  }
  std::stable_sort(red.findings.begin(), red.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.text < b.text; });
  return red;
}

/// By the rules before there were owners: to TEST when all are in tests, else to BUILD.
Judgement by_first_rules(const Input& in, const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  bool tests_only = true;
  for (const Finding& finding : findings) {
    lines.push_back(finding.text);
    tests_only = tests_only && finding.kind == FindingKind::kLint &&
                 glob_matches_any(in.test_paths, finding.path);
  }
  if (lines.size() > kMaxLines) lines.resize(kMaxLines);
  return back(tests_only ? "test" : "build", first_line(lines.front()), lines);
}

Result<Judgement> judge_gates(const Input& in, std::string_view stage) {
  Red red = red_of(in);
  if (red.findings.empty()) {
    std::string reason = passed_by(in);
    if (!red.kept.empty()) reason += "; as red as on the base: " + join(red.kept, ", ");
    return judged(Judgement::Kind::kPass, reason);
  }
  if (in.rules < Rules::kOwners) return by_first_rules(in, red.findings);
  std::string reason = first_line(red.findings.front().text);
  return sent_to_owners(in, stage, std::move(reason), std::move(red.findings));
}

Result<Judgement> validate_eval(const Input& in, const Output&) {
  return judge_gates(in, "validate");
}
Result<Judgement> validate_tests_eval(const Input& in, const Output&) {
  return judge_gates(in, "validate-tests");
}

// --- Telemetry ---
void validate_telemetry(const Input& in, const Output&, Meter& meter) {
  double findings = 0;
  for (const GateOutcome& outcome : in.outcomes) findings += outcome.findings_total;
  meter["findings_count"] = findings;
}

}  // namespace

const Stage kValidate = {"validate",    Actor::kTools,     0.0, "", "", {}, nullptr,
                         validate_eval, validate_telemetry};
// Tests are code too: the same judgement, once they are there.
const Stage kValidateTests = {"validate-tests",    Actor::kTools,     0.0, "", "", {}, nullptr,
                              validate_tests_eval, validate_telemetry};

}  // namespace gf::stage
