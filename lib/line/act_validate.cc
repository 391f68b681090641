// VALIDATE, of the code and once more when there are tests: linters and type checkers.
#include "line/acts.h"
#include "line/code_facts.h"

namespace gf::line {

Result<Step> act_validate(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  stage::Input in = input_for(parts, stage);
  GF_ASSIGN(const Change* change, parts.bench.change());
  in.changed = change->paths();
  GF_ASSIGN(in.outcomes, parts.bench.run("validate", {}, in.changed));
  GF_ASSIGN(in.base_outcomes, parts.bench.base_outcomes_for(in.outcomes, in.changed));
  if (parts.assignment.wishes.rules >= Rules::kOwners) in.moves = change->moves();
  if (!parts.assignment.forbidden.empty())
    in.forbidden = gate::forbidden_in(code_facts(parts, *change), parts.assignment.forbidden);
  in.silenced = silenced_lines(parts, *change);
  for (const record::Finding& one : in.silenced) parts.dossier.silences_reported.insert(one.key());
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  parts.dossier.validated = std::move(in.outcomes);
  return step;
}

}  // namespace gf::line
