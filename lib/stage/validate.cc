// VALIDATE: linters and type checkers decide; no model is asked.
#include <algorithm>
#include <map>

#include "base/glob.h"
#include "base/text.h"
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
std::string told_by(const Input& in, const GateOutcome& outcome) {
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

Result<Judgement> validate_eval(const Input& in, const Output&) {
  std::vector<std::string> lines, kept;
  bool tests_only = true;
  for (const GateOutcome& outcome : in.outcomes) {
    if (outcome.stage != "validate" || outcome.status == GateOutcome::Status::kPass) continue;
    const GateOutcome* base = same_gate(in.base_outcomes, outcome.gate);
    std::vector<record::Finding> fresh = fresh_in(in, base, outcome);
    for (const record::Finding& finding : fresh) {
      lines.push_back(outcome.gate + " " + finding.rule + " " + finding.path + ":" +
                      std::to_string(finding.line) + ": " + finding.message);
      tests_only = tests_only && glob_matches_any(in.test_paths, finding.path);
    }
    bool was_red = base != nullptr && base->status != GateOutcome::Status::kPass;
    if (fresh.empty() && was_red) kept.push_back(outcome.gate);
    if (fresh.empty() && !was_red) {
      lines.push_back(told_by(in, outcome));
      tests_only = false;
    }
  }
  if (lines.empty()) {
    std::string reason = passed_by(in);
    if (!kept.empty()) reason += "; as red as on the base: " + join(kept, ", ");
    return judged(Judgement::Kind::kPass, reason);
  }
  std::sort(lines.begin(), lines.end());
  if (!in.moves && lines.size() > kMaxLines) lines.resize(kMaxLines);
  std::string reason = lines.front().substr(0, lines.front().find('\n'));
  return back(tests_only ? "test" : "build", reason, lines);
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
const Stage kValidateTests = {"validate-tests", Actor::kTools,     0.0, "", "", {}, nullptr,
                              validate_eval,    validate_telemetry};

}  // namespace gf::stage
