// A run that has ended goes on: what is known of it is an active run again.
#include <fmt/format.h>

#include <algorithm>

#include "store/inside.h"
#include "store/states.h"

namespace gf::store {
namespace {

Error lacks_exchanges(const RunId& id) {
  return Error{Fault::kUser,
               fmt::format("what was said to models in {} is not in this clone", id.id8()),
               {},
               "'git factory sync' brings it where it was shared (factory.share=full); else ask "
               "again with 'git factory feature'"};
}

Error taken_by_another(const RunId& id) {
  return Error{Fault::kTransient,
               fmt::format("run {} was taken up by another process", id.str()),
               {},
               fmt::format("see 'git factory show {}'", id.id8())};
}

/// The files of one state alone: an active run has no others below.
Result<Oid> alone(git::Repo& repo, const Oid& state) {
  GF_ASSIGN(auto entries, repo.read_tree(state));
  std::erase_if(entries, is_state);
  return repo.write_tree(entries);
}

}  // namespace

Result<ActiveRun> Store::take_up(
    const RunId& id,
    const std::function<Result<record::RunRecord>(const record::RunRecord&)>& go_on) {
  git::Repo& repo = *impl_->repo;
  GF_ASSIGN(auto folder, impl_->folder_of(id, "replay"));
  if (!folder) return lacks_exchanges(id);
  GF_ASSIGN(auto state, latest_state(repo, *folder));
  auto active = std::make_unique<ActiveRun::Impl>();
  active->repo = impl_->repo;
  active->clock = impl_->clock;
  active->redactor = impl_->redactor;
  active->ref = active_ref(id);
  GF_ASSIGN(auto files, alone(repo, state));
  GF_TRY(active->load_from(files));
  auto there = [&](int seq) {
    return std::any_of(active->exchanges.begin(), active->exchanges.end(),
                       [&](const record::Exchange& exchange) { return exchange.seq == seq; });
  };
  for (const record::StageRecord& stage : active->stages) {
    if (!std::all_of(stage.exchanges.begin(), stage.exchanges.end(), there))
      return lacks_exchanges(id);
  }
  GF_ASSIGN(auto next, go_on(active->run));
  // The chain begins anew, on what the run had built: its steps are kept by the month's ref.
  if (active->stage_commit.is_zero()) active->stage_commit = active->run.base;
  if (!repo.exists(active->stage_commit)) active->stage_commit = Oid();
  ActiveRun taken(std::move(active));
  taken.put_run(next);
  if (auto saved = taken.save(); !saved.ok()) {
    return saved.error().fault == Fault::kTransient ? taken_by_another(id) : saved.error();
  }
  // Another process may have taken it up and ended it since we looked.
  GF_ASSIGN(auto folder_now, impl_->folder_of(id, "replay"));
  if (folder_now == folder) return taken;
  GF_TRY(drop(taken));
  return taken_by_another(id);
}

}  // namespace gf::store
