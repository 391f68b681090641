#include "line/acts.h"

#include <fmt/format.h>

namespace gf::line {
namespace {

constexpr size_t kSummaryLines = 300;

}  // namespace

Result<Step> perform(Parts& parts, const stage::Stage& stage) {
  for (const Act& act : kActs) {
    if (act.stage == stage.name) return act.perform(parts, stage);
  }
  return Error{Fault::kInternal, fmt::format("no act for the stage '{}'", stage.name), {}, {}};
}

stage::Input input_for(const Parts& parts, const stage::Stage& stage) {
  Showing showing;
  showing.assignment = &parts.assignment;
  showing.dossier = &parts.dossier;
  showing.tree = &parts.bench.facts();
  showing.request = parts.journal.run().request;
  showing.feedback = parts.course.feedback(stage.name);
  if (stage.name == "plan") showing.tree_summary = parts.bench.base_facts().summary(kSummaryLines);
  return input_for(stage, showing);
}

Result<stage::Input> question_for(const Parts& parts, const stage::Stage& stage) {
  stage::Input in = input_for(parts, stage);
  GF_TRY(parts.dialogue.prepare(stage, in));
  return in;
}

}  // namespace gf::line
