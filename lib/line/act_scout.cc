// SCOUT: where the change belongs, read from the tree; and what the spec has otherwise than the
// tree shows.
#include "base/text.h"
#include "line/acts.h"
#include "stage/corrections.h"

namespace gf::line {
namespace {

/// The judgement has applied them already and found nothing wrong; from here on the spec has them.
void correct_spec(Parts& parts, const record::Json& answer) {
  std::vector<stage::Correction> given = stage::corrections_from_json(answer);
  if (given.empty()) return;
  stage::Corrected corrected = stage::correct(*parts.dossier.spec, given, parts.bench.facts(),
                                              parts.assignment.wishes.rules);
  if (!corrected.wrong.empty()) return;
  bool by_person = parts.assignment.wishes.spec.has_value();
  for (const std::string& line : corrected.descriptions) {
    parts.journal.tell(
        by_person ? "warning" : "note",
        (by_person ? "the given spec stays, though: " : "the spec was corrected: ") + line);
  }
  if (by_person) return;  // a person's spec is no model's to change
  parts.dossier.spec = std::move(corrected.spec);
  parts.dossier.spec_id = parts.journal.active().put_spec(*parts.dossier.spec);
}

}  // namespace

Result<Step> act_scout(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  GF_ASSIGN(auto in, question_for(parts, stage));
  GF_ASSIGN(auto held, parts.dialogue.hold(stage, in, {}));
  step.output = std::move(held.output);
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind == stage::Judgement::Kind::kPass) {
    GF_ASSIGN(auto brief, stage::brief_from_json(step.output.json));
    stage::SettledBrief settled = stage::settled(std::move(brief), parts.bench.facts());
    for (const std::string& line : settled.changes) parts.journal.tell("note", "memo: " + line);
    parts.dossier.brief = std::move(settled.brief);
    correct_spec(parts, step.output.json);
  }
  return step;
}

}  // namespace gf::line
