// Reading the record: the list of runs, one run by any of its names, one run whole.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "store/held.h"
#include "store/history.h"
#include "store/inside.h"
#include "store/states.h"
#include "store/summary.h"

namespace gf::store {

Result<std::vector<Oid>> Store::Impl::ledger_tips() const {
  std::vector<Oid> tips;
  GF_ASSIGN(auto refs, repo->refs(kRecord));
  for (const auto& [ref, tip] : refs) {
    auto named = record_ref(ref.str());
    if (named && named->kind == "ledger") tips.push_back(tip);
  }
  return tips;
}

Result<void> Store::walk(const std::function<bool(const Summary&)>& visit) const {
  GF_ASSIGN(auto tips, impl_->ledger_tips());
  std::set<RunId> seen;
  GF_TRY(walk_history(*impl_->repo, {.tips = std::move(tips)}, [&](const git::CommitInfo& commit) {
    std::optional<Summary> run = summary_of(commit);
    if (!run || !seen.insert(run->id).second) return Onward::kParents;
    return visit(*run) ? Onward::kParents : Onward::kNowhere;
  }));
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
    run.request = whole->run.request;
    run.base_name = whole->run.base_name;
    run.base = whole->run.base;
    run.status = whole->run.status;
    run.started = whole->run.started;
    run.author = whole->run.author;
    run.batch = batch_of(whole->run);
    if (auto cell = whole->run.policy.find(kCellPolicy); cell != whole->run.policy.end())
      run.cell = cell->second;
    run.issue = issue_of(whole->run);
    run.metrics = record::metrics_of(whole->run, whole->stages);
    run.active = true;
    run.held = is_held(*impl_->repo, run.id);
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
  if (auto spent = spending_of(*info)) return spent;
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

namespace {

/// By one of our own names; "@" is the newest of all.
bool is_named(const Summary& run, const std::string& name) {
  return name == "@" || run.id.id8() == name || run.slug == name ||
         (!run.pull_request.empty() && run.pull_request == name);
}

bool begins(const RunId& id, const std::string& name) {
  return is_beginning(name) && id.id8().starts_with(name);
}

void take_newer(std::optional<RunId>& found, const std::optional<RunId>& other) {
  if (other && (!found || *found < *other)) found = other;
}

/// The commit that the name stands for, if it does.
Result<std::optional<git::CommitInfo>> commit_named(const git::Repo& repo,
                                                    const std::string& name) {
  std::optional<git::CommitInfo> commit;
  if (name == "@") return commit;
  auto resolved = repo.resolve_commit(name);
  if (!resolved.ok() || !*resolved) return commit;
  GF_ASSIGN(commit, repo.commit(**resolved));
  return commit;
}

/// What is known of a name, for an index or a walk.
Wanted wanted_of(const git::Repo& repo, const std::string& name,
                 const std::optional<git::CommitInfo>& commit) {
  Wanted wanted{name, Oid(), Oid(), {}};
  if (!commit) return wanted;
  wanted.commit = commit->id;
  wanted.tree = commit->tree;
  if (commit->parents.size() != 1) return wanted;
  auto parent = repo.commit(commit->parents[0]);
  if (parent.ok()) wanted.patch_id = repo.patch_id(parent->tree, commit->tree).value_or("");
  return wanted;
}

/// The ledger from its newest run back, until one has the name or is the very commit.
Result<Found> found_in_ledger(const Store& store, const Wanted& wanted) {
  Found found;
  GF_TRY(store.walk([&](const Summary& run) {
    if (is_named(run, wanted.name)) {
      found.named = run.id;
      return false;
    }
    if (begins(run.id, wanted.name)) found.begun.push_back(run.id);
    if (wanted.commit.is_zero()) return true;
    bool exact = run.head == wanted.commit;
    bool alike =
        run.tree == wanted.tree || (!wanted.patch_id.empty() && run.patch_id == wanted.patch_id);
    if (exact || (alike && !found.by_commit)) found.by_commit = run.id;
    return !exact;
  }));
  return found;
}

/// The one run whose digits begin so.
Result<std::optional<RunId>> only_one(const std::set<RunId>& begun, const std::string& name) {
  if (begun.empty()) return std::optional<RunId>();
  if (begun.size() == 1) return std::optional<RunId>(*begun.begin());
  std::vector<std::string> ids;
  for (const RunId& id : begun) ids.push_back(id.id8());
  constexpr size_t kIdsNamed = 5;
  size_t more = ids.size() - std::min(ids.size(), kIdsNamed);
  ids.resize(ids.size() - more);
  return Error{Fault::kUser,
               fmt::format("'{}' is the beginning of several runs: {}{}", name, join(ids, ", "),
                           more > 0 ? fmt::format(" and {} more", more) : ""),
               {},
               "give more of the digits"};
}

}  // namespace

bool is_beginning(std::string_view name) {
  return name.size() >= 4 && name.size() < 8 &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::optional<RunId>> Store::find(const std::string& name) const {
  if (name.empty()) return std::optional<RunId>();
  if (auto id = RunId::parse(name); id.ok()) {
    GF_ASSIGN(bool known, impl_->knows(*id));
    return known ? std::optional<RunId>(*id) : std::nullopt;
  }
  // The best of our own names: the newest run, whether it is going on or has ended.
  std::optional<RunId> named;
  std::set<RunId> begun;
  GF_ASSIGN(auto active, active_runs());
  for (const Summary& run : active) {
    if (is_named(run, name)) take_newer(named, run.id);
    if (begins(run.id, name)) begun.insert(run.id);
  }
  GF_ASSIGN(auto commit, commit_named(*impl_->repo, name));
  if (commit && !named) {
    for (const RunId& id : runs_named_in(commit->message)) {
      GF_ASSIGN(bool known, impl_->knows(id));
      if (known) return std::optional<RunId>(id);
    }
  }
  Wanted wanted = wanted_of(*impl_->repo, name, commit);
  std::optional<Found> found;
  if (name != "@" && impl_->look_up) found = impl_->look_up(*impl_->repo, wanted);
  if (!found) {
    GF_ASSIGN(found, found_in_ledger(*this, wanted));
  }
  take_newer(named, found->named);
  if (named) return named;
  if (found->by_commit) return found->by_commit;
  begun.insert(found->begun.begin(), found->begun.end());
  return only_one(begun, name);
}

namespace {

/// Of the newest runs those that may have been asked for what somebody asks now.
Result<std::vector<RunId>> newest_answered(const Store& store) {
  constexpr size_t kLooked = 200;
  std::vector<RunId> found;
  size_t seen = 0;
  GF_TRY(store.walk([&](const Summary& run) {
    using enum record::RunStatus;
    if (run.status == kDelivered || run.status == kNeedsAnswers) found.push_back(run.id);
    return ++seen < kLooked;
  }));
  return found;
}

}  // namespace

Result<std::vector<record::RunRecord>> Store::asked(const std::string& request) const {
  std::vector<record::RunRecord> runs;
  if (request.empty()) return runs;
  std::optional<Found> found;
  if (impl_->look_up) found = impl_->look_up(*impl_->repo, {{}, Oid(), Oid(), {}, request});
  std::vector<RunId> ids;
  if (found) ids = std::move(found->asked);
  if (!found) {
    GF_ASSIGN(ids, newest_answered(*this));
  }
  for (const RunId& id : ids) {
    GF_ASSIGN(auto folder, impl_->folder_of(id, "ledger"));
    if (!folder) continue;
    GF_ASSIGN(auto state, latest_state(*impl_->repo, *folder));
    // One that cannot be read stops nobody: doctor and metrics name it.
    auto whole = read_run(*impl_->repo, state, {.messages = false, .listed = true});
    if (whole.ok() && whole->run.request == request) runs.push_back(std::move(whole->run));
  }
  return runs;
}

void Store::look_up_with(LookUp look_up) { impl_->look_up = std::move(look_up); }

Result<std::optional<Oid>> Store::Impl::folder_of(const RunId& id, const char* kind) const {
  std::vector<Oid> tips;
  GF_ASSIGN(auto own,
            repo->read_ref(RefName::known(fmt::format("{}{}/{}", kRecord, kind, id.month()))));
  if (own) tips.push_back(*own);
  GF_ASSIGN(auto fetched, repo->refs(kTracking));
  for (const auto& [ref, tip] : fetched) {
    auto named = record_ref(ref.str());
    if (named && named->is(kind, id.month())) tips.push_back(tip);
  }
  std::vector<Oid> folders;
  for (const Oid& tip : tips) {
    GF_ASSIGN(auto info, repo->commit(tip));
    GF_ASSIGN(auto entry, repo->entry_at(info.tree, run_folder(id)));
    if (entry && entry->kind == git::EntryKind::kTree) folders.push_back(entry->id);
  }
  return furthest(*repo, folders);
}

Result<std::vector<std::string>> Store::disagreements(const RunId& id) const {
  std::map<std::string, std::set<Oid>> copies;
  std::vector<std::set<std::string>> files;
  GF_ASSIGN(auto refs, impl_->repo->refs(kRecord));
  for (const auto& [ref, tip] : refs) {
    auto named = record_ref(ref.str());
    bool month = named && (named->is("ledger", id.month()) || named->is("replay", id.month()));
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
  Run& run = watched.run;
  run.held = run.run.status == record::RunStatus::kRunning && is_held(*impl_->repo, id);
  return std::move(run);
}

Result<void> Store::reload(const RunId& id, Watched& watched) const {
  GF_ASSIGN(auto tip, impl_->repo->read_ref(active_ref(id)));
  if (tip) {
    GF_ASSIGN(auto info, impl_->repo->commit(*tip));
    return read_on(*impl_->repo, info.tree, {.exchanges = true}, watched);
  }
  GF_ASSIGN(auto replay, impl_->folder_of(id, "replay"));
  if (replay) {
    GF_ASSIGN(auto state, latest_state(*impl_->repo, *replay));
    return read_on(*impl_->repo, state, {.exchanges = true}, watched);
  }
  GF_ASSIGN(auto ledger, impl_->folder_of(id, "ledger"));
  if (ledger) {
    GF_ASSIGN(auto state, latest_state(*impl_->repo, *ledger));
    return read_on(*impl_->repo, state, {}, watched);
  }
  return Error{Fault::kUser,
               fmt::format("the record of {} is not in this clone", id.str()),
               {},
               "run 'git factory init' once, then 'git fetch'"};
}

}  // namespace gf::store
