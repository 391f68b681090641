// PR: the approved tree becomes a commit, a branch and a pull request.
#include "line/acts.h"

namespace gf::line {

Result<Step> act_deliver(Parts& parts, const stage::Stage& /*nothing is left to judge*/) {
  Step step;
  step.tree_in = parts.bench.tree();
  const std::optional<record::Verdict>& verdict = parts.dossier.verdict;
  if (!verdict || !verdict->approved || verdict->tree != step.tree_in) {
    return Error{Fault::kInternal, "the tree to deliver is not the one that was approved", {}, {}};
  }
  GF_TRY(parts.delivery.commit());
  GF_TRY(parts.delivery.sign());
  GF_TRY(parts.delivery.place());
  const record::RunRecord& run = parts.journal.run();
  if (parts.assignment.wishes.no_pr) {
    step.judgement.reason = "branch " + RefName::known(run.branch).short_name();
  } else {
    GF_TRY(parts.delivery.send(parts.dossier.outcomes()));
    step.judgement.reason = "pull request " + run.pull_request;
  }
  step.judgement.kind = stage::Judgement::Kind::kPass;
  return step;
}

}  // namespace gf::line
