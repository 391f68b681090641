// PR: the approved tree becomes a commit, a branch and a pull request; on the newest base, where
// the change goes there by itself.
#include "line/acts.h"
#include "line/onto_newer.h"
#include "line/rework.h"

namespace gf::line {

Result<Step> act_deliver(Parts& parts, const stage::Stage& /*nothing is left to judge*/) {
  Step step;
  step.tree_in = parts.bench.tree();
  if (!parts.dossier.approved(step.tree_in)) {
    return Error{Fault::kInternal, "the tree to deliver is not the one that was approved", {}, {}};
  }
  const int number = parts.journal.seq() + 1;
  // A request that people look at stays where it is: its base is followed when it is opened.
  bool again = rework_before(parts.journal.run(), number) != nullptr;
  std::optional<Onto> onto;
  if (!again) {
    GF_ASSIGN(onto, follow_base(parts));
  }
  std::string about_base = onto ? to_text(*onto, parts.journal.run()) : std::string();
  if (onto) {
    step.output.json = record::Json::object(
        {{"base", onto->base.commit.hex()}, {"on_it", !onto->tree.is_zero()}, {"why", onto->why}});
  }
  step.judgement.kind = stage::Judgement::Kind::kPass;
  if (const record::Rework* rework = rework_at(parts.journal.run(), number)) {
    parts.delivery.stands(*rework, parts.past.replays());
    step.judgement.reason = "delivered as " + rework->head.short_hex();
    return step;
  }
  GF_TRY(parts.delivery.commit());
  GF_TRY(parts.delivery.sign());
  GF_TRY(parts.delivery.place());
  const record::RunRecord& run = parts.journal.run();
  if (parts.assignment.wishes.no_pr) {
    step.judgement.reason = "branch " + RefName::known(run.branch).short_name();
  } else {
    GF_TRY(parts.delivery.send(parts.dossier.outcomes(), about_base));
    step.judgement.reason = "pull request " + run.pull_request;
    if (again) GF_TRY(parts.delivery.answer(parts.course.contested(), parts.dossier.outcomes()));
  }
  return step;
}

}  // namespace gf::line
