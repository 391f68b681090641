// PLAN: compiles a request to a spec.
#include <array>
#include <map>

#include "base/text.h"
#include "stage/answers.h"
#include "stage/changelog_prompt.h"
#include "stage/first_lint/first_lint.h"
#include "stage/kinds.h"
#include "stage/lint.h"
#include "stage/parts.h"
#include "stage/revision.h"
#include "stage/stated.h"

namespace gf::stage {
namespace {

// --- Prompt ---
/// The spec as PLAN may give it again: `v` and `request` are not its own to write.
record::Json answerable(const record::Spec& spec, Rules rules) {
  record::Json json = record::to_json(spec);
  if (rules < Rules::kMeasured) return json;
  json.erase("v");
  json.erase("request");
  return json;
}

/// The spec that is to be revised, and why.
std::string revision_section(const Input& in) {
  std::vector<std::string> reasons;
  for (const Finding& finding : in.revision->findings) reasons.push_back("- " + finding.text);
  return "The spec is there already. " + in.revision->by +
         " found that it does not say what is needed, or says what cannot be:\n" +
         fenced("", join(reasons, "\n")) +
         "Give the whole spec again with this mended. Everything that these reasons do not name "
         "stays word for word as it is. The spec as it is:\n" +
         fenced("json", answerable(*in.spec, in.rules).pretty()) + "\n";
}

/// The criteria that the request states: the words are data still, that they are asked for is not.
std::string stated_in(const Input& in) {
  if (in.rules < Rules::kStated) return {};
  std::string stated = stated_section(in.request);
  if (stated.empty()) return {};
  return "The request states these as its criteria. Each becomes a criterion whose `source` quotes "
         "it, or a constraint where it asks that something stays:\n" +
         fenced("", stated);
}

Result<std::vector<record::Message>> plan_prompt(const Input& in) {
  std::map<std::string, std::string> values = {
      {"request", fenced("", in.request) + stated_in(in) + answers_section(in.answers)},
      {"tree", in.tree_summary},
      {"kinds", kinds_text()},
      {"operators", operators_text() + values_text()},
      {"changelog", in.changelog.empty() ? "" : fenced("", in.changelog)},
      {"conventions", in.conventions.empty() ? "" : fenced("", in.conventions)},
      {"about_commits", commits_section(in, "; the title becomes a subject")}};
  if (in.revision)
    values["feedback"] = revision_section(in) + (in.feedback.empty() ? "" : feedback_section(in));
  return messages_from(in, std::move(values));
}

// --- Tools ---  PLAN has none: what it must know is in its prompt.

// --- Eval ---
/// By the linter that the run was begun with.
std::vector<LintFinding> plan_findings(const record::Spec& spec, const Input& in) {
  return in.rules < Rules::kOwners ? first::lint(spec, in.tree) : lint(spec, in.tree, in.rules);
}

Judgement does_not_compile(const Input& in, const std::vector<std::string>& errors) {
  return sent_to_owners(in, "plan", "the spec does not compile: " + errors.front(),
                        findings_of(FindingKind::kSpec, errors));
}

/// A revision compiles as any spec does, and changes nothing that nobody asked it to.
Judgement judge_revision(const Input& in, const record::Spec& spec,
                         std::vector<std::string> errors) {
  std::vector<SpecChange> changes = spec_changes(*in.spec, spec);
  std::vector<std::string> unasked = unasked_changes(changes, in.revision->findings);
  errors.insert(errors.end(), unasked.begin(), unasked.end());
  if (changes.empty()) errors.emplace_back("nothing of the spec was changed");
  if (!errors.empty()) return does_not_compile(in, errors);
  Judgement judgement =
      judged(Judgement::Kind::kPass, "revised: " + counted(changes.size(), "change"));
  judgement.feedback = lines_of_changes(changes);
  return judgement;
}

Result<Judgement> plan_eval(const Input& in, const Output& out) {
  if (auto bad = malformed(in, "plan", out)) return *bad;
  record::Json json = out.json.get("spec");
  std::vector<std::string> questions = out.json.get_strings("questions");
  if (!json.is_object()) {
    if (questions.empty())
      return judged(Judgement::Kind::kAgain, "neither a spec nor a question",
                    {"give a spec, or ask what is missing"});
    Judgement judgement =
        judged(Judgement::Kind::kQuestions, "the request does not compile", questions);
    judgement.failure = record::FailureClass::kRefused;
    judgement.likeliest = out.json.get_strings("likeliest");
    if (!judgement.likeliest.empty()) judgement.likeliest.resize(questions.size());
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
  if (in.revision && in.spec) return judge_revision(in, *spec, std::move(errors));
  if (!errors.empty()) return does_not_compile(in, errors);
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
