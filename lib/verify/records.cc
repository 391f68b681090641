// Where records lie, and which run made a commit that does not say so.
#include <algorithm>

#include "base/text.h"
#include "git/notes.h"
#include "store/history.h"
#include "store/states.h"
#include "store/summary.h"
#include "verify/evidence.h"

namespace gf::verify {
namespace {

constexpr size_t kMaxNote = 4u << 20;

}  // namespace

Records::Records(const git::Repo& repo, const std::vector<Question>& pushed)
    : repo_(repo), pushed_(pushed) {}

Result<void> Records::list_refs() {
  if (listed_) return Done{};
  auto add = [this](const std::string& ref, const Oid& tip) {
    if (auto named = store::record_ref(ref)) refs_.push_back({ref, *named, tip});
  };
  GF_ASSIGN(auto own, repo_.refs(store::kRecord));
  for (const auto& [ref, tip] : own) add(ref.str(), tip);
  // What is here counts before what is being pushed.
  std::stable_partition(refs_.begin(), refs_.end(),
                        [](const Ref& ref) { return ref.named.remote.empty(); });
  for (const Question& question : pushed_) {
    if (!question.new_id.is_zero()) add(question.ref, question.new_id);
  }
  listed_ = true;
  return Done{};
}

Result<std::optional<Oid>> Records::root_of(const std::string& ref, const Oid& tip) {
  auto known = roots_.find(tip);
  if (known != roots_.end()) return known->second;
  std::optional<Oid> root;
  auto info = repo_.commit(tip);
  if (!info.ok() && repo_.exists(tip)) return info.error().because_of(ref);
  if (info.ok()) root = info->tree;
  roots_.emplace(tip, root);
  return root;
}

Result<std::optional<Oid>> Records::folder_in(const Oid& root, const RunId& run) {
  GF_ASSIGN(auto day, repo_.entry_at(root, run.day()));
  if (!day || day->kind != git::EntryKind::kTree) return std::optional<Oid>();
  auto known = days_.find(day->id);
  if (known == days_.end()) {
    GF_ASSIGN(auto entries, repo_.read_tree(day->id));
    std::map<std::string, Oid> runs;
    for (const git::TreeEntry& entry : entries) {
      if (entry.kind == git::EntryKind::kTree) runs.emplace(entry.name, entry.id);
    }
    known = days_.emplace(day->id, std::move(runs)).first;
  }
  auto folder = known->second.find(run.str());
  return folder == known->second.end() ? std::nullopt : std::optional<Oid>(folder->second);
}

size_t Records::most_answers(const std::vector<Place>& places) {
  size_t most = 0;
  for (const Place& place : places) most = std::max(most, place.answers);
  return most;
}

Result<std::vector<Records::Place>> Records::places_of(const RunId& run, size_t below) {
  GF_TRY(list_refs());
  std::vector<Place> ended, open;
  for (const Ref& ref : refs_) {
    bool ledger = ref.named.is("ledger", run.month()) || ref.named.is("inbox", run.str());
    bool here = ref.named.remote.empty() && ref.named.is("active", run.str());
    if (!ledger && !here && !ref.named.is("evidence", run.str())) continue;
    GF_ASSIGN(auto root, root_of(ref.ref, ref.tip));
    std::optional<Oid> folder = root;
    if (root && !here) {
      GF_ASSIGN(folder, folder_in(*root, run));
    }
    if (!folder) continue;
    GF_ASSIGN(auto states, store::states_of(repo_, *folder));
    for (const store::State& state : states) {
      if (state.answers >= below) continue;
      (ledger ? ended : open).push_back({ref.ref, state.folder, state.answers});
    }
  }
  // A run that has not ended yet is pushed before it is sealed; one that was answered had ended
  // before, with questions, and what it ended as then decides nothing any more.
  size_t known = most_answers(ended);
  std::vector<Place>& places = ended.empty() || most_answers(open) > known ? open : ended;
  size_t most = most_answers(places);
  std::erase_if(places, [&](const Place& place) { return place.answers < most; });
  return std::move(places);
}

Result<std::string> Records::note_on(const Oid& target) {
  GF_ASSIGN(auto tip, repo_.read_ref(RefName::known(store::kReviewNotes)));
  return tip ? note_under(*tip, target) : std::string();
}

Result<std::vector<std::string>> Records::gates_noted_on(const Oid& tree) {
  std::vector<Oid> tips;
  GF_ASSIGN(auto own, repo_.read_ref(RefName::known(store::kGatesNotes)));
  if (own) tips.push_back(*own);
  GF_ASSIGN(auto fetched, repo_.refs(store::kNotesTracking));
  for (const auto& [ref, tip] : fetched) {
    if (ref.str().ends_with("/factory/gates")) tips.push_back(tip);
  }
  for (const Question& question : pushed_) {
    if (question.ref == store::kGatesNotes && !question.new_id.is_zero())
      tips.push_back(question.new_id);
  }
  std::vector<std::string> noted;
  for (const Oid& tip : tips) {
    for (std::string& line : lines(note_under(tip, tree))) {
      if (!trim(line).empty()) noted.push_back(std::move(line));
    }
  }
  return noted;
}

/// A note is a hint at most: one that cannot be read is none.
std::string Records::note_under(const Oid& tip, const Oid& target) {
  auto note = git::Notes::read_at(repo_, tip, target, kMaxNote);
  return note.ok() ? note->value_or("") : std::string();
}

Result<std::optional<std::string>> Records::foreign_note(const Oid& commit,
                                                         const Approval& approval) {
  GF_ASSIGN(auto text, note_on(commit));
  std::optional<std::string> foreign;
  for (const std::string& line : lines(text)) {
    if (trim(line).empty()) continue;
    auto json = record::Json::parse(line);
    std::string run = json.ok() ? json->get_string("run") : "";
    if (run == approval.run.id.str() && json->get_string("tree") == approval.verdict.tree.hex() &&
        json->get_string("verdict") == "approved") {
      return std::optional<std::string>();
    }
    foreign = run.empty() ? "something that is no verdict" : run;
  }
  return foreign;
}

Result<void> Records::index_ledgers() {
  if (indexed_) return Done{};
  GF_TRY(list_refs());
  store::History history;
  for (const Ref& ref : refs_) {
    if (ref.named.kind == "ledger" || ref.named.kind == "inbox") history.tips.push_back(ref.tip);
  }
  GF_TRY(store::walk_history(repo_, history, [&](const git::CommitInfo& commit) {
    if (auto run = store::summary_of(commit)) {
      if (!run->tree.is_zero()) by_tree_.emplace(run->tree, run->id);
      if (!run->patch_id.empty()) by_patch_.emplace(run->patch_id, run->id);
    }
    return store::Onward::kParents;
  }));
  indexed_ = true;
  return Done{};
}

Result<std::vector<RunId>> Records::noted_on(const Oid& commit, const Oid& tree) {
  std::vector<RunId> runs;
  for (const Oid& target : {commit, tree}) {
    GF_ASSIGN(auto text, note_on(target));
    for (const std::string& line : lines(text)) {
      auto json = record::Json::parse(line);
      if (!json.ok()) continue;
      auto run = RunId::parse(json->get_string("run"));
      if (run.ok() && std::find(runs.begin(), runs.end(), *run) == runs.end()) runs.push_back(*run);
    }
  }
  return runs;
}

Result<std::vector<RunId>> Records::listed_for(const Oid& tree, const std::string& patch_id) {
  GF_TRY(index_ledgers());
  std::vector<RunId> runs;
  auto add = [&](const RunId& run) {
    if (std::find(runs.begin(), runs.end(), run) == runs.end()) runs.push_back(run);
  };
  auto [tree_first, tree_last] = by_tree_.equal_range(tree);
  for (auto it = tree_first; it != tree_last; ++it) add(it->second);
  auto [patch_first, patch_last] = by_patch_.equal_range(patch_id);
  for (auto it = patch_first; it != patch_last && !patch_id.empty(); ++it) add(it->second);
  return runs;
}

}  // namespace gf::verify
