// Ledger entries made anew from the replay data: a month's ref that was deleted or cut.
#include "store/inside.h"
#include "store/months.h"
#include "store/states.h"

namespace gf::store {

/// True when the run is in the ledger again. One that cannot be read (a newer format, objects that
/// are not here) does not hold up the others.
Result<bool> Store::Impl::restore(const RunId& id, const Oid& folder) {
  GF_ASSIGN(auto states, states_of(*repo, folder));
  bool restored = false;
  // In the order in which they came: what the run ended as first is the folder itself.
  for (auto state = states.rbegin(); state != states.rend(); ++state) {
    auto whole = read_run(*repo, state->folder, {});
    if (!whole.ok() || whole->run.id != id || whole->run.status == record::RunStatus::kRunning)
      continue;
    ActiveRun::Impl active;
    active.repo = repo;
    active.clock = clock;
    active.redactor = redactor;
    active.tree = state->folder;
    active.run = whole->run;
    active.stages = std::move(whole->stages);
    GF_TRY(seal_ledger(active));
    restored = true;
  }
  return restored;
}

Result<int> Store::rebuild_ledger(Look look) {
  git::Repo& repo = *impl_->repo;
  int restored = 0;
  GF_ASSIGN(auto replays, month_trees(repo, kReplay));
  GF_ASSIGN(auto ledgers, month_trees(repo, kLedger));
  for (const auto& [month, replay] : replays) {
    auto ledger = ledgers.find(month);
    if (!is_month_ref("replay/" + month) || (look == Look::kNew && ledger != ledgers.end()))
      continue;
    GF_ASSIGN(auto lost,
              runs_beyond(repo, replay, ledger == ledgers.end() ? Oid() : ledger->second));
    for (const RunId& id : lost) {
      GF_ASSIGN(auto entry, repo.entry_at(replay, run_folder(id)));
      if (!entry || id.month() != month) continue;
      GF_ASSIGN(bool did, impl_->restore(id, entry->id));
      restored += did ? 1 : 0;
    }
  }
  return restored;
}

}  // namespace gf::store
