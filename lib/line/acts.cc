#include "line/acts.h"

#include <fmt/format.h>

#include "session/searched.h"

namespace gf::line {
Result<Step> perform(Parts& parts, const stage::Stage& stage) {
  for (const Act& act : kActs) {
    if (act.stage == stage.name) return act.perform(parts, stage);
  }
  return Error{Fault::kInternal, fmt::format("no act for the stage '{}'", stage.name), {}, {}};
}

Showing showing_for(const Parts& parts, const stage::Stage& stage) {
  Showing showing;
  showing.assignment = &parts.assignment;
  showing.dossier = &parts.dossier;
  showing.tree = &parts.bench.facts();
  showing.request = parts.journal.run().request;
  showing.feedback = parts.course.feedback(stage.name);
  return showing;
}

stage::Input input_for(const Parts& parts, const stage::Stage& stage) {
  return input_for(stage, showing_for(parts, stage));
}

Result<stage::Input> question_for(const Parts& parts, const stage::Stage& stage) {
  Showing showing = showing_for(parts, stage);
  if (stage.name == "plan") {
    showing.tree_summary =
        stage::digest(session::GitSearched(parts.context.git, parts.bench.base_facts()),
                      showing.request, parts.assignment.test_paths);
  } else if (parts.bench.is_open()) {
    GF_ASSIGN(showing.change, parts.bench.change());
  }
  stage::Input in = input_for(stage, showing);
  GF_TRY(parts.dialogue.prepare(stage, in));
  return in;
}

}  // namespace gf::line
