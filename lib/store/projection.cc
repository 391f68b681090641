// The notes of a run: what stock git shows of it. Made at the seal, and again from the ledger
// whenever they are lost.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "git/notes.h"
#include "store/history.h"
#include "store/inside.h"
#include "store/months.h"
#include "store/states.h"
#include "store/summary.h"

namespace gf::store {
namespace {

constexpr size_t kLongestLook = 20000;  ///< commits of notes history; beyond, everything is checked

/// The time comes first, so that sorted lines are in order of time; a Json sorts its keys itself.
std::string line_at(const std::string& time, record::Json json) {
  json.erase("started");
  return fmt::format("{{\"at\":\"{}\",{}\n", time, json.dump().substr(1));
}

using NoteList = std::vector<std::pair<Oid, std::string>>;

struct Written {
  NoteList trace, spec, metrics, review;
};

/// What a run's notes stand on: what it delivered, or what it looked at. Of the second there is no
/// line in `review`, which is for verdicts.
Oid noted(const record::RunRecord& run) {
  auto looked_at = run.policy.find(kCellCommit);
  if (run.status != record::RunStatus::kReviewed || looked_at == run.policy.end()) return run.head;
  return Oid::parse(looked_at->second).value_or(Oid());
}

Written notes_of(const record::RunRecord& run, const std::vector<record::StageRecord>& stages,
                 const std::optional<record::Spec>& spec,
                 const std::optional<record::Verdict>& verdict, const record::Redactor& redactor) {
  Written notes;
  std::string trace;
  for (const record::StageRecord& stage : stages) {
    record::Json json = redacted(record::to_json(stage), redactor);
    for (const char* heavy : {"output", "feedback", "gates", "telemetry"}) json.erase(heavy);
    json.set("run", run.id.str());
    trace += line_at(iso8601(stage.started), json);
  }
  record::Json end = record::to_json(record::metrics_of(run, stages));
  end.set("run", run.id.str());
  end.set("stage", "line");
  end.set("status", record::name_of(run.status));
  std::string last = line_at(iso8601(run.ended), end);
  Oid on = noted(run);
  notes.trace = {{on, trace + last}};
  notes.metrics = {{on, last}};
  if (run.head.is_zero()) return notes;
  if (spec) notes.spec = {{run.head, redactor(record::to_markdown(*spec))}};
  if (!verdict) return notes;
  record::Json judged = redacted(record::to_json(*verdict), redactor);
  judged.erase("table");
  std::string line =
      fmt::format("{{\"at\":\"{}\",{}\n", iso8601(verdict->time), judged.dump().substr(1));
  notes.review = {{run.head, line}};
  if (!run.tree.is_zero()) notes.review.emplace_back(run.tree, line);
  return notes;
}

RefName notes_ref(size_t number) { return RefName::known(kNotes[number]); }

}  // namespace

Result<void> Store::Impl::write_notes(const record::RunRecord& run,
                                      const std::vector<record::StageRecord>& stages,
                                      const std::optional<record::Spec>& spec,
                                      const std::optional<record::Verdict>& verdict) {
  if (noted(run).is_zero()) return Done{};
  Written notes = notes_of(run, stages, spec, verdict, redactor);
  git::Signature who = writer(*repo, *clock);
  std::string why = fmt::format("factory: {}\n\nFactory-Run: {}\n", run.id.str(), run.id.str());
  GF_TRY(git::Notes(*repo, notes_ref(0)).add_lines(notes.trace, who, why));
  if (!notes.spec.empty()) GF_TRY(git::Notes(*repo, notes_ref(1)).write(notes.spec, who, why));
  GF_TRY(git::Notes(*repo, notes_ref(2)).add_lines(notes.metrics, who, why));
  if (!notes.review.empty())
    GF_TRY(git::Notes(*repo, notes_ref(3)).add_lines(notes.review, who, why));
  return Done{};
}

namespace {

/// What was true when the notes were last known to be whole: the tips of ledger and notes.
using Tips = std::map<std::string, Oid>;

Result<Tips> tips_now(const git::Repo& repo) {
  Tips tips;
  GF_ASSIGN(auto months, repo.refs(kLedger));
  for (const auto& [ref, tip] : months) tips[ref.str()] = tip;
  for (const char* name : kNotes) {
    GF_ASSIGN(auto tip, repo.read_ref(RefName::known(name)));
    if (tip) tips[name] = *tip;
  }
  return tips;
}

/// A cache outside the record: without it everything is checked, and nothing else changes.
std::string stamp_file(const git::Repo& repo) { return repo.common_dir() + "/factory/notes-whole"; }

Tips read_stamp(const git::Repo& repo) {
  Tips tips;
  std::ifstream file(stamp_file(repo));
  std::string hex, ref;
  while (file >> hex >> ref) {
    if (auto id = Oid::parse(hex); id.ok()) tips[ref] = *id;
  }
  return tips;
}

/// Best effort: without it everything is checked again.
void write_stamp(const git::Repo& repo, const Tips& tips) {
  std::string text;
  for (const auto& [ref, tip] : tips) text += tip.hex() + " " + ref + "\n";
  (void)write_file(stamp_file(repo), text).ok();
}

/// Whether notes can only have been added since the stamp: every newer commit is one of ours.
/// `git notes prune`, `remove` and a deleted or replaced ref show here.
Result<bool> only_grew(const git::Repo& repo, const Tips& before, const Tips& now) {
  for (const char* name : kNotes) {
    auto old_tip = before.find(name), tip = now.find(name);
    if (old_tip == before.end() || tip == now.end()) return false;
    bool met = old_tip->second == tip->second;
    size_t looked = 0;
    History fresh{{tip->second}, {old_tip->second}, History::Unreadable::kIsAnError};
    GF_ASSIGN(bool ours, walk_history(repo, fresh, [&](const git::CommitInfo& commit) {
                met = met ||
                      std::count(commit.parents.begin(), commit.parents.end(), old_tip->second) > 0;
                bool good = ++looked < kLongestLook && (commit.message.starts_with("factory: ") ||
                                                        commit.message.starts_with("join"));
                return good ? Onward::kParents : Onward::kNowhere;
              }));
    if (!ours || !met) return false;
  }
  return true;
}

/// The objects of one run that notes belong on.
struct Annotated {
  RunId run;
  Oid head, tree;
};

/// Every delivered run of our months.
Result<std::vector<Annotated>> all_delivered(const git::Repo& repo, const Tips& tips) {
  History months{{}, {}, History::Unreadable::kIsAnError};
  for (const auto& [ref, tip] : tips) {
    if (ref.starts_with(kLedger)) months.tips.push_back(tip);
  }
  std::vector<Annotated> runs;
  GF_TRY(walk_history(repo, months, [&](const git::CommitInfo& commit) {
    auto run = summary_of(commit);
    if (run && !run->head.is_zero()) runs.push_back({run->id, run->head, run->tree});
    return Onward::kParents;
  }));
  return runs;
}

/// The runs that came since `before`, delivered or not.
Result<std::vector<RunId>> fresh_runs(const git::Repo& repo, const Tips& before, const Tips& now) {
  std::vector<RunId> runs;
  for (const auto& [ref, tip] : now) {
    if (!ref.starts_with(kLedger)) continue;
    auto old_tip = before.find(ref);
    GF_ASSIGN(auto here, tree_of_commit(repo, tip));
    // A tip that is gone with its history (a month that was dropped) hides nothing.
    auto known = tree_of_commit(repo, old_tip == before.end() ? Oid() : old_tip->second);
    GF_ASSIGN(auto fresh, runs_beyond(repo, here, std::move(known).value_or(Oid()), News::kStates));
    runs.insert(runs.end(), fresh.begin(), fresh.end());
  }
  return runs;
}

Result<std::array<std::set<Oid>, std::size(kNotes)>> annotated(git::Repo& repo) {
  std::array<std::set<Oid>, std::size(kNotes)> there;
  for (size_t i = 0; i < there.size(); ++i) {
    auto targets = git::Notes(repo, notes_ref(i)).targets();
    // An unreadable notes tree counts as empty: what can be written is written.
    if (targets.ok()) there[i].insert(targets->begin(), targets->end());
  }
  return there;
}

}  // namespace

/// True when something was missing. A run whose objects are not here has no notes to give; the
/// rest is not held up by it.
Result<bool> Store::Impl::rebuild(const RunId& id) {
  GF_ASSIGN(auto folder, folder_of(id, "ledger"));
  if (!folder) return false;
  GF_ASSIGN(auto state, latest_state(*repo, *folder));
  auto record = read_run(*repo, state, {});
  if (!record.ok()) return false;
  GF_ASSIGN(auto before, tips_now(*repo));
  GF_TRY(write_notes(record->run, record->stages, record->spec, record->verdict));
  GF_ASSIGN(auto after, tips_now(*repo));
  return after != before;
}

Result<int> Store::rebuild_notes(Look look) {
  git::Repo& repo = *impl_->repo;
  GF_ASSIGN(auto now, tips_now(repo));
  Tips before = look == Look::kAll ? Tips() : read_stamp(repo);
  if (now == before) return 0;
  int rebuilt = 0;
  auto grew = only_grew(repo, before, now);
  if (grew.ok() && *grew) {
    // Writing what is there already changes nothing, so new runs need no look beforehand.
    GF_ASSIGN(auto fresh, fresh_runs(repo, before, now));
    for (const RunId& id : fresh) {
      GF_ASSIGN(bool did, impl_->rebuild(id));
      rebuilt += did ? 1 : 0;
    }
  } else {
    GF_ASSIGN(auto runs, all_delivered(repo, now));
    GF_ASSIGN(auto there, annotated(repo));
    std::set<RunId> done;
    for (const Annotated& run : runs) {
      bool whole = there[3].contains(run.tree);
      for (const auto& targets : there) whole = whole && targets.contains(run.head);
      if (whole || !done.insert(run.run).second) continue;
      GF_ASSIGN(bool did, impl_->rebuild(run.run));
      rebuilt += did ? 1 : 0;
    }
  }
  GF_ASSIGN(auto after, tips_now(repo));
  write_stamp(repo, after);
  return rebuilt;
}

}  // namespace gf::store
