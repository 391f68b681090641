// PLAN: the spec, from a model or from a person.
#include "base/text.h"
#include "line/acts.h"
#include "stage/answers.h"
#include "stage/lint.h"
#include "stage/revision.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;

/// A spec that was given is judged by the same linter; nobody can be asked to mend it.
Result<Step> take_given(Parts& parts, const stage::Stage& stage) {
  Step step;
  parts.dossier.spec = parts.assignment.wishes.spec;
  parts.dossier.spec->request = parts.journal.run().request;
  step.output.json = record::Json::object(
      {{"spec", record::to_json(*parts.dossier.spec)}, {"questions", record::Json::array()}});
  GF_ASSIGN(step.judgement, stage.eval(input_for(parts, stage), step.output));
  if (step.judgement.kind == Kind::kAgain) {
    step.judgement.kind = Kind::kStop;
    step.judgement.reason =
        "the given spec does not compile: " + join(step.judgement.feedback, "; ");
  }
  return step;
}

Result<Step> ask_for_one(Parts& parts, const stage::Stage& stage) {
  Step step;
  GF_ASSIGN(auto in, question_for(parts, stage));
  GF_ASSIGN(auto held, parts.dialogue.hold(stage, in, {}));
  step.output = std::move(held.output);
  if (step.output.schema_violations.empty())
    step.output.json = stage::with_answers(step.output.json, in.answers);
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind != Kind::kPass) return step;
  record::Json json = step.output.json.get("spec");
  json.set("v", record::Spec::kVersion);
  json.set("request", parts.journal.run().request);
  GF_ASSIGN(auto spec, record::spec_from_json(json));
  if (in.revision && in.spec) {
    // The spec has a file of its own; what was changed in it stands with the step.
    step.output.json = record::Json::object(
        {{"revision", stage::to_json(*in.revision, stage::spec_changes(*in.spec, spec))}});
    for (const std::string& line : step.judgement.feedback) parts.journal.tell("note", line);
  }
  parts.dossier.spec = std::move(spec);
  return step;
}

/// What the linter would have otherwise and lets pass. Told, never fed back: a warning is no reason
/// to ask again.
void tell_unserved(Parts& parts) {
  for (const stage::LintFinding& finding :
       stage::lint(*parts.dossier.spec, &parts.bench.base_facts())) {
    if (finding.rule == "touchpoint-unserved")
      parts.journal.tell("warning", finding.message + "; " + finding.hint);
  }
}

}  // namespace

Result<Step> act_plan(Parts& parts, const stage::Stage& stage) {
  bool given = parts.assignment.wishes.spec.has_value();
  GF_ASSIGN(auto step, given ? take_given(parts, stage) : ask_for_one(parts, stage));
  step.tree_in = parts.assignment.base.tree;
  if (step.judgement.kind != Kind::kPass) return step;
  if (parts.assignment.wishes.rules >= Rules::kOwners) tell_unserved(parts);
  parts.journal.run().title = parts.dossier.spec->title;
  parts.dossier.spec_id = parts.journal.active().put_spec(*parts.dossier.spec);
  parts.journal.keep_run();
  return step;
}

}  // namespace gf::line
