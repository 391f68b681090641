// The inbox: runs that were sent without a race, one ref each, and how they come into the months.
#include <fmt/format.h>

#include <algorithm>

#include "store/history.h"
#include "store/inside.h"
#include "store/months.h"
#include "store/states.h"
#include "store/summary.h"

namespace gf::store {
namespace {

/// The commit that brought `id` into a month, found by its trailer; empty when there is none.
Result<std::optional<git::CommitInfo>> commit_of(const git::Repo& repo, const Oid& tip,
                                                 const RunId& id, bool replay) {
  std::optional<git::CommitInfo> found;
  History month{{tip}, {}, History::Unreadable::kIsAnError};
  GF_TRY(walk_history(repo, month, [&](const git::CommitInfo& commit) {
    if (!commit.message.starts_with("factory: ")) return Onward::kParents;
    if (trailers_in(commit.message)["Run"] == id.str()) {
      found = commit;
      return Onward::kNowhere;
    }
    // The last parent of a run's replay commit is the run's own chain, which leads into code.
    return replay ? Onward::kAllButTheLastParent : Onward::kParents;
  }));
  return found;
}

/// The same commit with nothing but its run in it. Made of what everybody has, so that sending it
/// again sends the same.
Result<std::optional<Oid>> parcel_of(git::Repo& repo, const RefName& month, const RunId& id,
                                     bool replay) {
  GF_ASSIGN(auto tip, repo.read_ref(month));
  if (!tip) return std::optional<Oid>();
  GF_ASSIGN(auto tree, tree_of_commit(repo, *tip));
  GF_ASSIGN(auto folder, repo.entry_at(tree, run_folder(id)));
  GF_ASSIGN(auto info, commit_of(repo, *tip, id, replay));
  if (!folder || !info) return std::optional<Oid>();
  GF_ASSIGN(auto own,
            repo.update_tree(Oid(), {{run_folder(id), folder->id, git::EntryKind::kTree}}));
  std::vector<Oid> parents;
  if (replay && !info->parents.empty()) parents.push_back(info->parents.back());
  GF_ASSIGN(auto commit,
            repo.write_commit(own, parents, info->author, info->committer, info->message));
  return std::optional<Oid>(commit);
}

/// Whether a fetched parcel is what its name says: one run's folder and, for the ledger, nothing
/// that belongs to the exchanges and no history.
Result<bool> is_parcel(const git::Repo& repo, const Oid& commit, const RunId& id, bool replay) {
  GF_ASSIGN(auto info, repo.commit(commit));
  if (!replay && !info.parents.empty()) return false;
  if (!replay) {
    auto summary = summary_of(info);
    if (!summary || summary->id != id) return false;
  }
  GF_ASSIGN(auto days, repo.read_tree(info.tree));
  if (days.size() != 1 || days[0].name != id.day() || days[0].kind != git::EntryKind::kTree)
    return false;
  GF_ASSIGN(auto runs, repo.read_tree(days[0].id));
  if (runs.size() != 1 || runs[0].name != id.str() || runs[0].kind != git::EntryKind::kTree)
    return false;
  GF_ASSIGN(auto files, repo.read_tree(runs[0].id));
  auto is_file = [&](const git::TreeEntry& file) {
    return file.kind == git::EntryKind::kBlob &&
           (replay || in_ledger(file.name) || file.name == "metrics.json");
  };
  for (const git::TreeEntry& file : files) {
    if (is_file(file)) continue;
    if (!is_state(file)) return false;
    GF_ASSIGN(auto of_state, repo.read_tree(file.id));
    if (!std::all_of(of_state.begin(), of_state.end(), is_file)) return false;
  }
  return true;
}

/// Does the parcel hold a state of the run that the folder lacks?
Result<bool> goes_beyond(const git::Repo& repo, const Oid& parcel, const RunId& id,
                         const Oid& folder) {
  GF_ASSIGN(auto info, repo.commit(parcel));
  GF_ASSIGN(auto sent, repo.entry_at(info.tree, run_folder(id)));
  if (!sent || sent->id == folder) return false;
  GF_ASSIGN(auto theirs, repo.read_tree(sent->id));
  GF_ASSIGN(auto ours, repo.read_tree(folder));
  return std::any_of(theirs.begin(), theirs.end(), [&](const git::TreeEntry& entry) {
    return is_state(entry) && std::none_of(ours.begin(), ours.end(), [&](const auto& known) {
             return known.name == entry.name;
           });
  });
}

}  // namespace

Result<int> Store::fold_inbox(const std::string& remote) {
  git::Repo& repo = *impl_->repo;
  int folded = 0;
  // The exchanges first: a run that is in the ledger counts as taken in.
  for (bool replay : {true, false}) {
    std::string prefix =
        fmt::format("{}{}/{}/", kTracking, remote, replay ? "inbox-replay" : "inbox");
    GF_ASSIGN(auto parcels, repo.refs(prefix));
    for (const auto& [ref, tip] : parcels) {
      auto id = RunId::parse(ref.str().substr(prefix.size()));
      if (!id.ok()) continue;
      auto good = is_parcel(repo, tip, *id, replay);
      if (!good.ok() || !*good) continue;
      RefName month = replay ? replay_ref(*id) : ledger_ref(*id);
      GF_ASSIGN(auto there, impl_->own_folder(*id, month));
      if (there) {
        GF_ASSIGN(bool news, goes_beyond(repo, tip, *id, *there));
        if (!news) continue;
      }
      GF_ASSIGN(bool moved, join_month(repo, month, tip));
      folded += moved && !replay ? 1 : 0;
    }
  }
  return folded;
}

Result<std::vector<std::pair<std::string, Oid>>> Store::inbox_parcel(const RunId& id,
                                                                     bool with_exchanges) {
  std::vector<std::pair<std::string, Oid>> parcel;
  if (with_exchanges) {
    GF_ASSIGN(auto exchanges, parcel_of(*impl_->repo, replay_ref(id), id, true));
    if (exchanges) parcel.emplace_back(kInboxReplay + id.str(), *exchanges);
  }
  GF_ASSIGN(auto summary, parcel_of(*impl_->repo, ledger_ref(id), id, false));
  if (summary) parcel.emplace_back(kInbox + id.str(), *summary);
  return parcel;
}

Result<bool> Store::is_sealed(const RunId& id) const {
  GF_ASSIGN(auto folder, impl_->own_folder(id, ledger_ref(id)));
  return folder.has_value();
}

Result<std::optional<Oid>> Store::Impl::own_folder(const RunId& id, const RefName& month) const {
  GF_ASSIGN(auto tip, repo->read_ref(month));
  if (!tip) return std::optional<Oid>();
  GF_ASSIGN(auto tree, tree_of_commit(*repo, *tip));
  GF_ASSIGN(auto entry, repo->entry_at(tree, run_folder(id)));
  if (!entry) return std::optional<Oid>();
  return std::optional<Oid>(entry->id);
}

}  // namespace gf::store
