#include "store/states.h"

#include <algorithm>
#include <tuple>

#include "record/run.h"

namespace gf::store {
namespace {

constexpr std::string_view kStateFolder = "answered-";
constexpr size_t kMaxRun = 64u << 20;

/// What the folder's own run.json tells; what cannot be read tells nothing.
State state_at(const git::Repo& repo, const Oid& folder) {
  State state{folder, 0, {}, {}};
  auto entry = repo.entry_at(folder, "run.json");
  if (!entry.ok() || !*entry) return state;
  state.run_file = (*entry)->id;
  auto text = repo.read_blob(state.run_file, kMaxRun);
  auto json = text.ok() ? record::Json::parse(*text) : Result<record::Json>(text.error());
  auto run = json.ok() ? record::run_from_json(*json) : Result<record::RunRecord>(json.error());
  if (!run.ok()) return state;
  state.answers = run->times_taken_up();
  state.ended = run->ended;
  return state;
}

/// The files of a folder's first state, without the states that came after it.
std::vector<git::TreeEntry> files_in(std::vector<git::TreeEntry> entries) {
  std::erase_if(entries, is_state);
  return entries;
}

bool same_files(const std::vector<git::TreeEntry>& a, const std::vector<git::TreeEntry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.name == other.name && one.id == other.id;
  });
}

}  // namespace

bool is_state(const git::TreeEntry& entry) {
  return entry.kind == git::EntryKind::kTree && entry.name.starts_with(kStateFolder);
}

bool counts_before(const State& a, const State& b) {
  if (a.answers != b.answers) return a.answers > b.answers;
  return std::tie(a.ended, a.run_file) < std::tie(b.ended, b.run_file);
}

Result<std::vector<State>> states_of(const git::Repo& repo, const Oid& folder) {
  std::vector<State> states = {state_at(repo, folder)};
  GF_ASSIGN(auto entries, repo.read_tree(folder));
  for (const git::TreeEntry& entry : entries) {
    if (is_state(entry)) states.push_back(state_at(repo, entry.id));
  }
  std::stable_sort(states.begin(), states.end(), counts_before);
  return states;
}

Result<Oid> latest_state(const git::Repo& repo, const Oid& folder) {
  GF_ASSIGN(auto entries, repo.read_tree(folder));
  if (std::none_of(entries.begin(), entries.end(), is_state)) return folder;
  GF_ASSIGN(auto states, states_of(repo, folder));
  return states.front().folder;
}

Result<std::optional<Oid>> furthest(const git::Repo& repo, const std::vector<Oid>& folders) {
  std::optional<Oid> found;
  std::optional<State> best;
  for (const Oid& folder : folders) {
    if (!found) {
      found = folder;
      continue;
    }
    if (folder == *found) continue;
    // Only where refs hold different folders: mostly they do not.
    if (!best) {
      GF_ASSIGN(auto states, states_of(repo, *found));
      best = states.front();
    }
    GF_ASSIGN(auto states, states_of(repo, folder));
    if (states.front().answers <= best->answers) continue;
    found = folder;
    best = states.front();
  }
  return found;
}

Result<Oid> with_state(git::Repo& repo, const Oid& folder, const Oid& state) {
  GF_ASSIGN(auto entries, repo.read_tree(folder));
  GF_ASSIGN(auto files, repo.read_tree(state));
  bool there = same_files(files_in(entries), files) ||
               std::any_of(entries.begin(), entries.end(), [&](const git::TreeEntry& entry) {
                 return is_state(entry) && entry.id == state;
               });
  if (there) return folder;
  return repo.update_tree(
      folder, {{std::string(kStateFolder) + state.short_hex(10), state, git::EntryKind::kTree}});
}

}  // namespace gf::store
