// PLAN: compiles a request to a spec.
#include <array>

#include "base/text.h"
#include "stage/changelog_told.h"
#include "stage/first_lint/first_lint.h"
#include "stage/kinds.h"
#include "stage/lint.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

// --- Prompt ---
Result<std::vector<record::Message>> plan_prompt(const Input& in) {
  return messages_from(in, {{"request", fenced("", in.request)},
                            {"tree", in.tree_summary},
                            {"kinds", kinds_text()},
                            {"operators", operators_text()},
                            {"changelog", in.changelog.empty() ? "" : fenced("", in.changelog)}});
}

// --- Tools ---  PLAN has none: what it must know is in its prompt.

// --- Eval ---
/// By the linter that the run was begun with.
std::vector<LintFinding> plan_findings(const record::Spec& spec, const Input& in) {
  return in.rules < Rules::kOwners ? first::lint(spec, in.tree) : lint(spec, in.tree);
}

Result<Judgement> plan_eval(const Input& in, const Output& out) {
  if (auto bad = malformed(out)) return *bad;
  record::Json json = out.json.get("spec");
  std::vector<std::string> questions = out.json.get_strings("questions");
  if (!json.is_object()) {
    if (questions.empty())
      return judged(Judgement::Kind::kAgain, "neither a spec nor a question",
                    {"give a spec, or ask what is missing"});
    Judgement judgement =
        judged(Judgement::Kind::kQuestions, "the request does not compile", questions);
    judgement.failure = record::FailureClass::kRefused;
    return judgement;
  }
  json.set("v", record::Spec::kVersion);
  json.set("request", in.request);
  auto spec = record::spec_from_json(json);
  if (!spec.ok())
    return judged(Judgement::Kind::kAgain, spec.error().message, {spec.error().message});
  std::vector<std::string> errors;
  for (const LintFinding& finding : plan_findings(*spec, in)) {
    if (finding.severity != LintFinding::Severity::kError) continue;
    std::string where = finding.criterion.empty() ? "spec" : finding.criterion;
    errors.push_back(finding.rule + " " + where + ": " + finding.message + "; " + finding.hint);
  }
  if (!in.changelog.empty() && in.tree != nullptr) {
    for (const std::string& id : criteria_about_entry(detect_changelog(*in.tree), *spec))
      errors.push_back("changelog " + id +
                       ": it is about the changelog entry, which is written from `changelog` and "
                       "checked by itself; leave this criterion out");
  }
  if (!errors.empty())
    return judged(Judgement::Kind::kAgain, "the spec does not compile: " + errors.front(), errors);
  return judged(Judgement::Kind::kPass, "compiles: " + spec->title);
}

// --- Telemetry ---
void plan_telemetry(const Input&, const Output& out, Meter& meter) {
  record::Json spec = out.json.get("spec");
  meter["criteria_count"] = static_cast<double>(spec.get("acceptance_criteria").size());
  meter["assumptions_count"] = static_cast<double>(spec.get("assumptions").size());
  meter["questions_count"] = static_cast<double>(out.json.get("questions").size());
}

}  // namespace

const Stage kPlan = {"plan", Actor::kModel, 0.7,       "plan.md",     "plan.schema.json",
                     {},     plan_prompt,   plan_eval, plan_telemetry};

}  // namespace gf::stage
