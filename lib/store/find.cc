// Reading the record: the list of runs, one run by any of its names, one run whole.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>

#include "base/text.h"
#include "store/inside.h"
#include "store/summary.h"

namespace gf::store {

Result<std::vector<Oid>> Store::Impl::ledger_tips() const {
  std::vector<Oid> tips;
  GF_ASSIGN(auto own, repo->refs(kLedger));
  GF_ASSIGN(auto fetched, repo->refs(kTracking));
  for (const auto& [ref, tip] : own) tips.push_back(tip);
  for (const auto& [ref, tip] : fetched) {
    if (ref.str().find("/ledger/") != std::string::npos) tips.push_back(tip);
  }
  return tips;
}

Result<void> Store::walk(const std::function<bool(const Summary&)>& visit) const {
  GF_ASSIGN(auto tips, impl_->ledger_tips());
  auto older = [](const git::CommitInfo& a, const git::CommitInfo& b) {
    return std::pair(a.committer.when, a.id) < std::pair(b.committer.when, b.id);
  };
  std::priority_queue<git::CommitInfo, std::vector<git::CommitInfo>, decltype(older)> queue(older);
  std::set<Oid> seen;
  std::set<std::string> told;
  auto push = [&](const Oid& id) {
    if (!seen.insert(id).second) return;
    auto info = impl_->repo->commit(id);
    // The cut of a shallow history ends the walk there, as it does for git.
    if (info.ok()) queue.push(std::move(info).value());
  };
  for (const Oid& tip : tips) push(tip);
  while (!queue.empty()) {
    git::CommitInfo commit = queue.top();
    queue.pop();
    for (const Oid& parent : commit.parents) push(parent);
    std::optional<Summary> run = summary_of(commit);
    if (!run || !told.insert(run->id.str()).second) continue;
    if (!visit(*run)) return Done{};
  }
  return Done{};
}

Result<std::vector<Summary>> Store::active_runs() const {
  GF_ASSIGN(auto refs, impl_->repo->refs(kActive));
  std::vector<Summary> runs;
  for (const auto& [ref, tip] : refs) {
    auto info = impl_->repo->commit(tip);
    if (!info.ok()) continue;
    auto whole = read_run(*impl_->repo, info->tree, {.messages = false, .listed = true});
    if (!whole.ok()) continue;
    Summary run;
    run.id = whole->run.id;
    run.slug = whole->run.slug;
    run.title = whole->run.title;
    run.base_name = whole->run.base_name;
    run.base = whole->run.base;
    run.status = whole->run.status;
    run.started = whole->run.started;
    run.author = whole->run.author;
    run.batch = batch_of(whole->run);
    run.metrics = record::metrics_of(whole->run, whole->stages);
    run.active = true;
    runs.push_back(std::move(run));
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

Result<std::vector<std::pair<RunId, Oid>>> Store::active_tips() const {
  GF_ASSIGN(auto refs, impl_->repo->refs(kActive));
  std::vector<std::pair<RunId, Oid>> tips;
  for (const auto& [ref, tip] : refs) {
    auto id = RunId::parse(ref.str().substr(std::string_view(kActive).size()));
    if (id.ok()) tips.emplace_back(std::move(id).value(), tip);
  }
  return tips;
}

std::optional<Spending> Store::spent_at(const Oid& tip) const {
  auto info = impl_->repo->commit(tip);
  if (!info.ok()) return std::nullopt;
  if (auto told = spending_of(*info)) return told;
  auto whole = read_run(*impl_->repo, info->tree, {.exchanges = true, .messages = false});
  return whole.ok() ? std::optional(spending_of(*whole)) : std::nullopt;
}

/// Whether this clone knows the run at all.
Result<bool> Store::Impl::knows(const RunId& id) const {
  GF_ASSIGN(auto active, repo->read_ref(active_ref(id)));
  if (active) return true;
  GF_ASSIGN(auto ledger, folder_of(id, "ledger"));
  return ledger.has_value();
}

std::vector<RunId> runs_named_in(const std::string& message) {
  std::vector<RunId> ids;
  for (const std::string& line : lines(message)) {
    std::string_view text = trim(line);
    if (!text.starts_with("Factory-Run:")) continue;
    if (auto id = RunId::parse(trim(text.substr(12))); id.ok()) ids.push_back(*id);
  }
  return ids;
}

Result<std::optional<RunId>> Store::find(const std::string& name) const {
  if (name.empty()) return std::optional<RunId>();
  if (auto id = RunId::parse(name); id.ok()) {
    GF_ASSIGN(bool known, impl_->knows(*id));
    return known ? std::optional<RunId>(*id) : std::nullopt;
  }
  // The best of our own names: the newest run, whether it is going on or has ended.
  std::optional<RunId> found;
  auto matches = [&](const Summary& run) {
    bool own = run.id.id8() == name || run.slug == name ||
               (!run.pull_request.empty() && run.pull_request == name);
    return name == "@" || own;
  };
  GF_ASSIGN(auto active, active_runs());
  for (const Summary& run : active) {
    if (matches(run) && (!found || *found < run.id)) found = run.id;
  }
  std::optional<git::CommitInfo> commit;
  if (auto resolved = impl_->repo->resolve_commit(name);
      name != "@" && resolved.ok() && *resolved) {
    GF_ASSIGN(commit, impl_->repo->commit(**resolved));
    for (const RunId& id : runs_named_in(commit->message)) {
      GF_ASSIGN(bool known, impl_->knows(id));
      if (known && !found) return std::optional<RunId>(id);
    }
  }
  std::string patch;
  if (commit && commit->parents.size() == 1) {
    auto parent = impl_->repo->commit(commit->parents[0]);
    if (parent.ok()) patch = impl_->repo->patch_id(parent->tree, commit->tree).value_or("");
  }
  if (name != "@" && impl_->look_up) {
    Wanted wanted{name, commit ? commit->id : Oid(), commit ? commit->tree : Oid(), patch};
    if (auto answer = impl_->look_up(*impl_->repo, wanted)) {
      if (answer->named && (!found || *found < *answer->named)) found = answer->named;
      return found ? found : answer->by_commit;
    }
  }
  std::optional<RunId> by_commit;
  GF_TRY(walk([&](const Summary& run) {
    if (matches(run)) {
      if (!found || *found < run.id) found = run.id;
      return false;
    }
    bool same = commit && (run.head == commit->id || run.tree == commit->tree ||
                           (!patch.empty() && run.patch_id == patch));
    if (same && (!by_commit || run.head == commit->id)) by_commit = run.id;
    return !(commit && run.head == commit->id);
  }));
  return found ? found : by_commit;
}

void Store::look_up_with(LookUp look_up) { impl_->look_up = std::move(look_up); }

Result<std::optional<Oid>> Store::Impl::folder_of(const RunId& id, const char* kind) const {
  std::vector<Oid> tips;
  GF_ASSIGN(auto own,
            repo->read_ref(RefName::known(fmt::format("refs/factory/{}/{}", kind, id.month()))));
  if (own) tips.push_back(*own);
  GF_ASSIGN(auto fetched, repo->refs(kTracking));
  for (const auto& [ref, tip] : fetched) {
    if (ref.str().ends_with(fmt::format("/{}/{}", kind, id.month()))) tips.push_back(tip);
  }
  for (const Oid& tip : tips) {
    GF_ASSIGN(auto info, repo->commit(tip));
    GF_ASSIGN(auto entry, repo->entry_at(info.tree, run_folder(id)));
    if (entry && entry->kind == git::EntryKind::kTree) return std::optional<Oid>(entry->id);
  }
  return std::optional<Oid>();
}

Result<std::vector<std::string>> Store::disagreements(const RunId& id) const {
  std::string suffix = "/" + id.month();
  std::map<std::string, std::set<Oid>> copies;
  std::vector<std::set<std::string>> files;
  GF_ASSIGN(auto refs, impl_->repo->refs("refs/factory/"));
  for (const auto& [ref, tip] : refs) {
    const std::string& name = ref.str();
    bool month = name.ends_with("/ledger" + suffix) || name.ends_with("/replay" + suffix);
    if (!month) continue;
    GF_ASSIGN(auto info, impl_->repo->commit(tip));
    GF_ASSIGN(auto folder, impl_->repo->entry_at(info.tree, run_folder(id)));
    if (!folder || folder->kind != git::EntryKind::kTree) continue;
    GF_ASSIGN(auto entries, impl_->repo->read_tree(folder->id));
    std::set<std::string> here;
    for (const git::TreeEntry& entry : entries) {
      if (!in_ledger(entry.name)) continue;
      copies[entry.name].insert(entry.id);
      here.insert(entry.name);
    }
    files.push_back(std::move(here));
  }
  std::vector<std::string> different;
  for (const auto& [name, ids] : copies) {
    bool everywhere = std::all_of(files.begin(), files.end(), [&, name = name](const auto& there) {
      return there.contains(name);
    });
    if (ids.size() > 1 || !everywhere) different.push_back(name);
  }
  return different;
}

Result<Run> Store::load(const RunId& id) const {
  Watched watched;
  GF_TRY(reload(id, watched));
  return std::move(watched.run);
}

Result<void> Store::reload(const RunId& id, Watched& watched) const {
  GF_ASSIGN(auto tip, impl_->repo->read_ref(active_ref(id)));
  if (tip) {
    GF_ASSIGN(auto info, impl_->repo->commit(*tip));
    return read_on(*impl_->repo, info.tree, {.exchanges = true}, watched);
  }
  GF_ASSIGN(auto replay, impl_->folder_of(id, "replay"));
  if (replay) return read_on(*impl_->repo, *replay, {.exchanges = true}, watched);
  GF_ASSIGN(auto ledger, impl_->folder_of(id, "ledger"));
  if (ledger) return read_on(*impl_->repo, *ledger, {}, watched);
  return Error{Fault::kUser,
               fmt::format("the record of {} is not in this clone", id.str()),
               {},
               "run 'git factory init' once, then 'git fetch'"};
}

}  // namespace gf::store
