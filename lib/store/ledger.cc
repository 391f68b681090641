// The ledger in bulk: months, days, runs, records.
#include "store/ledger.h"

#include <fmt/format.h>

#include "store/active.h"
#include "store/history.h"
#include "store/names.h"
#include "store/states.h"
#include "store/summary.h"

namespace gf::store {
namespace {

/// What two refs hold differently is taken from the first, unless the other knows a later state.
void take_further(const git::Repo& repo, Oid& folder, const Oid& other) {
  if (folder == other) return;
  auto found = furthest(repo, {folder, other});
  if (found.ok() && *found) folder = **found;
}

std::string compact(const std::string& month) { return month.substr(0, 4) + month.substr(5, 2); }

}  // namespace

Result<Ledger> Ledger::open(const git::Repo& repo) {
  Ledger ledger(repo);
  GF_ASSIGN(auto refs, repo.refs(kRecord));
  // Our own first, and of each the ledger: what two hold differently is taken from the first.
  for (bool fetched : {false, true}) {
    for (const auto& [ref, tip] : refs) {
      auto named = record_ref(ref.str());
      if (!named || named->remote.empty() == fetched || !is_month(named->name)) continue;
      bool replay = named->kind == "replay";
      if (replay || named->kind == "ledger")
        ledger.months_[named->name].push_back({ref, tip, replay});
    }
  }
  return ledger;
}

std::map<std::string, std::string> Ledger::months() const {
  std::map<std::string, std::string> states;
  for (const auto& [month, refs] : months_) {
    // Which ref it is does not matter, only what it holds: a join moves ours to what was fetched.
    for (const Ref& ref : refs) states[month] += (ref.replay ? "R" : "L") + ref.tip.hex();
  }
  return states;
}

std::optional<Ledger::Tree> Ledger::folders_in(const Oid& tree) const {
  auto entries = repo_->read_tree(tree);
  if (!entries.ok()) return std::nullopt;
  Tree folders;
  for (const git::TreeEntry& entry : *entries) {
    if (entry.kind == git::EntryKind::kTree) folders[entry.name] = entry.id;
  }
  return folders;
}

const Ledger::Tree& Ledger::days_of(const Ref& ref, Trouble& trouble) {
  auto [place, fresh] = days_.try_emplace(ref.tip);
  if (!fresh) return place->second;
  auto info = repo_->commit(ref.tip);
  std::optional<Tree> days = info.ok() ? folders_in(info->tree) : std::nullopt;
  if (days) {
    place->second = std::move(*days);
  } else {
    trouble.lines.push_back(fmt::format("'{}' cannot be read", ref.name.str()));
    trouble.missing = true;
  }
  return place->second;
}

std::map<std::string, std::string> Ledger::days(const std::string& month, Trouble& trouble) {
  std::map<std::string, std::string> states;
  for (const Ref& ref : months_[month]) {
    for (const auto& [day, tree] : days_of(ref, trouble)) {
      if (day.size() == 2) states[compact(month) + day] += (ref.replay ? "R" : "L") + tree.hex();
    }
  }
  return states;
}

std::map<RunId, Ledger::Folders> Ledger::runs(const std::string& day, Trouble& trouble) {
  std::map<RunId, Folders> runs;
  std::map<RunId, Oid> replays;
  std::string month = day.substr(0, 4) + "-" + day.substr(4, 2);
  for (const Ref& ref : months_[month]) {
    const Tree& days = days_of(ref, trouble);
    auto found = days.find(day.substr(6));
    if (found == days.end()) continue;
    std::optional<Tree> folders = folders_in(found->second);
    if (!folders) {
      trouble.lines.push_back(fmt::format("day {} of '{}' cannot be read", day, ref.name.str()));
      trouble.missing = true;
      continue;
    }
    for (const auto& [name, tree] : *folders) {
      auto id = RunId::parse(name);
      if (!id.ok() || !name.starts_with(day)) {
        trouble.lines.push_back(fmt::format("'{}' of '{}' holds '{}', which is no run of that day",
                                            day.substr(6), ref.name.str(), name));
      } else if (ref.replay) {
        take_further(*repo_, replays.try_emplace(*id, tree).first->second, tree);
      } else {
        take_further(*repo_, runs.try_emplace(*id, Folders{tree, Oid()}).first->second.ledger,
                     tree);
      }
    }
  }
  for (auto& [id, folders] : runs) {
    auto replay = replays.find(id);
    if (replay != replays.end()) folders.replay = replay->second;
  }
  return runs;
}

Run Ledger::read(const git::Repo& repo, const RunId& id, const Folders& folders, Trouble& trouble) {
  Reading reading;
  reading.messages = false;
  reading.oddities = &trouble.lines;
  reading.missing = &trouble.missing;
  Run run;
  auto take = [&](const Oid& folder) -> std::optional<Run> {
    auto state = latest_state(repo, folder);
    auto taken = read_run(repo, std::move(state).value_or(folder), reading);
    if (taken.ok()) return std::move(taken).value();
    trouble.lines.push_back(taken.error().message);
    trouble.missing = trouble.missing || !repo.exists(folder);
    return std::nullopt;
  };
  if (auto kept = take(folders.ledger)) run = std::move(*kept);
  if (!run.run.id.empty() && run.run.id != id) {
    trouble.lines.push_back(fmt::format("run.json is of another run, {}", run.run.id.str()));
    run = Run();
  }
  if (!folders.replay.is_zero()) {
    // The replay folder repeats the ledger's files.
    reading.records = false;
    reading.exchanges = true;
    if (auto kept = take(folders.replay)) {
      run.exchanges = std::move(kept->exchanges);
      run.has_exchanges = true;
    }
  }
  return run;
}

std::optional<Summary> Ledger::summary(const RunId& id) {
  const bool fresh = !summaries_.contains(id.month());
  auto& summaries = summaries_[id.month()];
  if (fresh) {
    History month;
    for (const Ref& ref : months_[id.month()]) {
      if (!ref.replay) month.tips.push_back(ref.tip);
    }
    // Nothing to pass on: what cannot be read ends this walk, it does not fail it.
    (void)walk_history(*repo_, month, [&](const git::CommitInfo& commit) {
      if (auto summary = summary_of(commit)) summaries.try_emplace(summary->id, *summary);
      return Onward::kParents;
    });
  }
  auto found = summaries.find(id);
  if (found == summaries.end()) return std::nullopt;
  return found->second;
}

}  // namespace gf::store
