// The end of a run: replay, ledger, notes, then the active ref goes; and the repair of a seal that
// was cut off between any two.
#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/inside.h"
#include "store/states.h"
#include "store/summary.h"

namespace gf::store {

namespace {

/// A run's folder for a month's ref.
struct Sealed {
  RunId id;
  Oid state;   ///< the files of the run as it ended now
  bool again;  ///< it had ended before: with questions, which were answered
  Oid known;   ///< its folder as any ref has it, ours or fetched; zero: none has
};

/// Adds one run's folder to a month's ref, or what the run ended as now to the folder it has.
Result<void> add_to_month(git::Repo& repo, const Clock& clock, const RefName& ref,
                          const Sealed& sealed, const std::vector<Oid>& more_parents,
                          const std::function<std::string(bool first)>& message) {
  const RunId& id = sealed.id;
  return git::until_won("sealing " + id.str(), [&]() -> Result<bool> {
    GF_ASSIGN(auto tip, repo.read_ref(ref));
    Oid before, folder = sealed.again ? sealed.known : Oid();
    std::vector<Oid> parents;
    if (tip) {
      GF_ASSIGN(auto info, repo.commit(*tip));
      before = info.tree;
      parents.push_back(*tip);
      GF_ASSIGN(auto there, repo.entry_at(before, run_folder(id)));
      if (there && !sealed.again) return true;  // a seal that was cut off had come this far
      if (there) folder = there->id;
    }
    Oid whole = sealed.state;
    if (!folder.is_zero()) {
      GF_ASSIGN(whole, with_state(repo, folder, sealed.state));
      GF_ASSIGN(auto there, repo.entry_at(before, run_folder(id)));
      if (there && there->id == whole) return true;  // as above
    }
    GF_ASSIGN(auto next,
              repo.update_tree(before, {{run_folder(id), whole, git::EntryKind::kTree}}));
    parents.insert(parents.end(), more_parents.begin(), more_parents.end());
    git::Signature who = writer(repo, clock);
    GF_ASSIGN(auto commit, repo.write_commit(next, parents, who, who, message(!tip)));
    return repo.compare_and_swap(ref, tip.value_or(Oid()), commit, "factory: " + id.str());
  });
}

}  // namespace

Result<void> Store::Impl::seal_replay(const ActiveRun::Impl& active) {
  GF_ASSIGN(auto known, folder_of(active.run.id, "replay"));
  Sealed sealed{active.run.id, active.tree, active.run.times_taken_up() > 0, known.value_or(Oid())};
  return add_to_month(*repo, *clock, replay_ref(active.run.id), sealed, {active.tip}, [&](bool) {
    return fmt::format("factory: exchanges of {}\n\nFactory-Run: {}\n", active.run.id.str(),
                       active.run.id.str());
  });
}

Result<void> Store::Impl::seal_ledger(const ActiveRun::Impl& active) {
  record::RunMetrics metrics = record::metrics_of(active.run, active.stages);
  GF_ASSIGN(auto entries, repo->read_tree(active.tree));
  std::erase_if(entries, [](const git::TreeEntry& entry) { return !in_ledger(entry.name); });
  GF_ASSIGN(auto blob, repo->write_blob(record::to_json(metrics).dump() + "\n"));
  entries.push_back({"metrics.json", git::EntryKind::kBlob, blob});
  Sealed sealed{active.run.id, {}, active.run.times_taken_up() > 0, {}};
  GF_ASSIGN(sealed.state, repo->write_tree(entries));
  GF_ASSIGN(auto known, folder_of(active.run.id, "ledger"));
  sealed.known = known.value_or(Oid());
  GF_ASSIGN(auto months, repo->refs(kLedger));
  std::optional<Oid> before;
  for (const auto& [ref, tip] : months) {
    if (ref.str() < ledger_ref(active.run.id).str()) before = tip;
  }
  return add_to_month(*repo, *clock, ledger_ref(active.run.id), sealed, {}, [&](bool first) {
    return ledger_message(active.run, metrics, first ? before : std::nullopt, redactor);
  });
}

/// What stock git shows on the delivered commit; all of it is in the ledger too.
Result<void> Store::Impl::seal_notes(const ActiveRun::Impl& active) {
  return write_notes(active.run, active.stages, active.spec, active.verdict);
}

Result<void> Store::seal(ActiveRun& active, const record::RunRecord& final_run) {
  active.put_run(final_run);
  GF_TRY(active.save());
  GF_TRY(impl_->seal_replay(*active.impl_));
  GF_TRY(impl_->seal_ledger(*active.impl_));
  GF_TRY(impl_->seal_notes(*active.impl_));
  GF_ASSIGN(bool deleted, impl_->repo->delete_ref(active.impl_->ref, active.impl_->tip));
  (void)deleted;  // false: another process finished the same seal
  return Done{};
}

Result<void> Store::drop(ActiveRun& active) {
  GF_TRY(impl_->repo->delete_ref(active.impl_->ref, active.impl_->tip));
  return Done{};
}

/// An active run whose status is final was cut off in its seal: the seal goes on.
Result<void> Store::Impl::finish(const RefName& ref, const Oid& tip) {
  GF_ASSIGN(auto info, repo->commit(tip));
  GF_ASSIGN(auto entry, repo->entry_at(info.tree, "run.json"));
  if (!entry) return Done{};
  GF_ASSIGN(auto json, (Folder{*repo, info.tree}.json(*entry)));
  auto status = record::run_status_of(json.get_string("status"));
  if (!status || *status == record::RunStatus::kRunning) return Done{};
  ActiveRun::Impl active;
  active.repo = repo;
  active.clock = clock;
  active.redactor = redactor;
  active.ref = ref;
  GF_TRY(active.load());
  GF_TRY(seal_replay(active));
  GF_TRY(seal_ledger(active));
  GF_TRY(seal_notes(active));
  GF_TRY(repo->delete_ref(ref, active.tip));
  return Done{};
}

Result<void> Store::Impl::repair() {
  GF_ASSIGN(auto refs, repo->refs(kActive));
  for (const auto& [ref, tip] : refs) {
    auto id = RunId::parse(ref.str().substr(std::string(kActive).size()));
    if (!id.ok()) continue;
    // What cannot be finished (a newer format, a disk that is full, a clone that may only be read)
    // stays active and is tried again; it must not keep people from reading the rest.
    auto done = finish(ref, tip);
    if (!done.ok()) continue;
  }
  return Done{};
}

}  // namespace gf::store
