// SCOUT: where the change belongs, read from the tree.
#include "line/acts.h"

namespace gf::line {

Result<Step> act_scout(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  GF_ASSIGN(auto in, question_for(parts, stage));
  GF_ASSIGN(auto held, parts.dialogue.hold(stage, in, {}));
  step.output = std::move(held.output);
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind == stage::Judgement::Kind::kPass) {
    GF_ASSIGN(parts.dossier.brief, stage::brief_from_json(step.output.json));
  }
  return step;
}

}  // namespace gf::line
