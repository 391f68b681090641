// Where records lie, and which run made a commit that does not say so.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "base/text.h"
#include "verify/evidence.h"

namespace gf::verify {
namespace {

constexpr const char* kReviewNotes = "refs/notes/factory/review";
constexpr size_t kMaxNote = 4u << 20;

/// "refs/factory/<kind>/<name>", "refs/factory/remotes/<remote>/<kind>/<name>": is it of this kind
/// and name? The names are git-factory-record(5)'s.
bool holds(const std::string& ref, const std::string& kind, const std::string& name) {
  return ref == "refs/factory/" + kind + "/" + name ||
         (ref.starts_with("refs/factory/remotes/") && ref.ends_with("/" + kind + "/" + name));
}

bool is_ledger(const std::string& ref) {
  return ref.starts_with("refs/factory/ledger/") ||
         (ref.starts_with("refs/factory/remotes/") && ref.find("/ledger/") != std::string::npos);
}

/// A value of a ledger commit's trailers.
std::string value_of(const std::vector<std::string>& message, std::string_view key) {
  for (const std::string& line : message) {
    if (line.starts_with(key)) return line.substr(key.size());
  }
  return {};
}

}  // namespace

Records::Records(const git::Repo& repo, const std::vector<Question>& pushed)
    : repo_(repo), pushed_(pushed) {}

Result<void> Records::list_refs() {
  if (listed_) return Done{};
  GF_ASSIGN(auto own, repo_.refs("refs/factory/"));
  for (const auto& [ref, tip] : own) refs_.emplace_back(ref.str(), tip);
  // What is here counts before what is being pushed.
  std::stable_partition(refs_.begin(), refs_.end(), [](const auto& entry) {
    return !entry.first.starts_with("refs/factory/remotes/");
  });
  for (const Question& question : pushed_) {
    if (question.ref.starts_with("refs/factory/") && !question.new_id.is_zero())
      refs_.emplace_back(question.ref, question.new_id);
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

Result<std::vector<Records::Place>> Records::places_of(const RunId& run) {
  GF_TRY(list_refs());
  std::vector<Place> places;
  for (const auto& [ref, tip] : refs_) {
    if (!holds(ref, "ledger", run.month()) && !holds(ref, "inbox", run.str())) continue;
    GF_ASSIGN(auto root, root_of(ref, tip));
    if (!root) continue;
    GF_ASSIGN(auto folder, folder_in(*root, run));
    if (folder) places.push_back({ref, *folder});
  }
  if (!places.empty()) return places;
  // A run that has not ended yet is pushed before it is sealed.
  for (const auto& [ref, tip] : refs_) {
    bool here = ref == "refs/factory/active/" + run.str();
    if (!here && !holds(ref, "evidence", run.str())) continue;
    GF_ASSIGN(auto root, root_of(ref, tip));
    if (!root) continue;
    if (here) {
      places.push_back({ref, *root});
      continue;
    }
    GF_ASSIGN(auto folder, folder_in(*root, run));
    if (folder) places.push_back({ref, *folder});
  }
  return places;
}

Result<std::string> Records::note_on(const Oid& target) {
  GF_ASSIGN(auto tip, repo_.read_ref(RefName::known(kReviewNotes)));
  return tip ? note_under(kReviewNotes, *tip, target) : Result<std::string>(std::string());
}

Result<std::vector<std::string>> Records::gates_noted_on(const Oid& tree) {
  std::map<std::string, Oid> tips;
  GF_ASSIGN(auto own, repo_.read_ref(RefName::known(kGatesNotes)));
  if (own) tips.emplace(kGatesNotes, *own);
  GF_ASSIGN(auto fetched, repo_.refs("refs/notes/remotes/"));
  for (const auto& [ref, tip] : fetched) {
    if (ref.str().ends_with("/factory/gates")) tips.emplace(ref.str(), tip);
  }
  for (const Question& question : pushed_) {
    if (question.ref == kGatesNotes && !question.new_id.is_zero())
      tips.emplace("the push", question.new_id);
  }
  std::vector<std::string> noted;
  for (const auto& [ref, tip] : tips) {
    GF_ASSIGN(auto text, note_under(ref, tip, tree));
    for (std::string& line : lines(text)) {
      if (!trim(line).empty()) noted.push_back(std::move(line));
    }
  }
  return noted;
}

Result<std::string> Records::note_under(const std::string& ref, const Oid& tip, const Oid& target) {
  GF_ASSIGN(auto root, root_of(ref, tip));
  if (!root) return std::string();
  std::string hex = target.hex();
  std::string text;
  for (int depth = 0; depth <= 3; ++depth) {
    std::string path;
    for (int i = 0; i < depth; ++i) path += hex.substr(2 * static_cast<size_t>(i), 2) + "/";
    path += hex.substr(2 * static_cast<size_t>(depth));
    GF_ASSIGN(auto entry, repo_.entry_at(*root, path));
    if (!entry || entry->kind == git::EntryKind::kTree) continue;
    // A note is a hint at most: one that cannot be read is none.
    text += repo_.read_blob(entry->id, kMaxNote).value_or("") + "\n";
  }
  return text;
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
  std::deque<Oid> queue;
  std::set<Oid> seen;
  auto push = [&](const Oid& id) {
    if (seen.insert(id).second) queue.push_back(id);
  };
  for (const auto& [ref, tip] : refs_) {
    if (is_ledger(ref) || ref.find("/inbox/") != std::string::npos) push(tip);
  }
  while (!queue.empty()) {
    auto info = repo_.commit(queue.front());
    queue.pop_front();
    if (!info.ok()) continue;  // the cut of a shallow history
    for (const Oid& parent : info->parents) push(parent);
    std::vector<std::string> message = lines(info->message);
    auto run = RunId::parse(value_of(message, "Factory-Run: "));
    if (!run.ok()) continue;
    auto tree = Oid::parse(value_of(message, "Factory-Tree: "));
    if (tree.ok()) by_tree_.emplace(*tree, *run);
    std::string patch = value_of(message, "Factory-Patch-Id: ");
    if (!patch.empty()) by_patch_.emplace(patch, *run);
  }
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
  auto [tree_first, tree_last] = by_tree_.equal_range(tree);
  for (auto it = tree_first; it != tree_last; ++it) runs.push_back(it->second);
  auto [patch_first, patch_last] = by_patch_.equal_range(patch_id);
  for (auto it = patch_first; it != patch_last && !patch_id.empty(); ++it) {
    if (std::find(runs.begin(), runs.end(), it->second) == runs.end()) runs.push_back(it->second);
  }
  return runs;
}

}  // namespace gf::verify
