// VALIDATE: linters and type checkers decide; no model is asked.
#include <algorithm>
#include <map>

#include "base/glob.h"
#include "base/text.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

using record::GateOutcome;
constexpr size_t kMaxLines = 50;

// --- Eval ---
/// Findings that the base did not have, each counted as often as it is new.
std::vector<record::Finding> new_findings(const GateOutcome* base, const GateOutcome& now) {
  std::map<std::string, int> known;
  if (base != nullptr) {
    for (const record::Finding& finding : base->findings) ++known[finding.key()];
  }
  std::vector<record::Finding> fresh;
  for (const record::Finding& finding : now.findings) {
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

Result<Judgement> validate_eval(const Input& in, const Output&) {
  std::vector<std::string> lines, kept;
  bool tests_only = true;
  for (const GateOutcome& outcome : in.outcomes) {
    if (outcome.stage != "validate" || outcome.status == GateOutcome::Status::kPass) continue;
    const GateOutcome* base = same_gate(in.base_outcomes, outcome.gate);
    std::vector<record::Finding> fresh = new_findings(base, outcome);
    for (const record::Finding& finding : fresh) {
      lines.push_back(outcome.gate + " " + finding.rule + " " + finding.path + ":" +
                      std::to_string(finding.line) + ": " + finding.message);
      tests_only = tests_only && glob_matches_any(in.test_paths, finding.path);
    }
    bool was_red = base != nullptr && base->status != GateOutcome::Status::kPass;
    if (fresh.empty() && was_red) kept.push_back(outcome.gate);
    if (fresh.empty() && !was_red) {
      lines.push_back(outcome.gate + ": " + outcome.reason);
      tests_only = false;
    }
  }
  if (lines.empty()) {
    std::string reason = counted(in.outcomes.size(), "gate") + " passed";
    if (!kept.empty()) reason += "; as red as on the base: " + join(kept, ", ");
    return judged(Judgement::Kind::kPass, reason);
  }
  std::sort(lines.begin(), lines.end());
  if (lines.size() > kMaxLines) lines.resize(kMaxLines);
  return back(tests_only ? "test" : "build", lines.front(), lines);
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
