#include "git/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace gf::git {
namespace {

constexpr size_t kMaxNote = 64u << 20;
constexpr int kDeepest = 3;         ///< folders of fan-out that are looked into
constexpr size_t kFullFolder = 16;  ///< notes in one of 256 folders: 4,096 in all, evenly spread

/// "abcd..." -> "ab/cd..." with `depth` folders.
std::string path_at(const std::string& hex, int depth) {
  std::string path;
  for (int i = 0; i < depth; ++i) path += hex.substr(2 * static_cast<size_t>(i), 2) + "/";
  return path + hex.substr(2 * static_cast<size_t>(depth));
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<Oid> tree_of(const Repo& repo, const std::optional<Oid>& tip) {
  if (!tip) return Oid();
  GF_ASSIGN(auto info, repo.commit(*tip));
  return info.tree;
}

/// One folder below 16 notes in `ab/`, two beyond, without counting the whole tree.
Result<int> depth_for(const Repo& repo, const Oid& tree, const std::string& hex) {
  GF_ASSIGN(auto folder, repo.entry_at(tree, hex.substr(0, 2)));
  if (!folder || folder->kind != EntryKind::kTree) return 1;
  GF_ASSIGN(auto entries, repo.read_tree(folder->id));
  bool deeper = std::any_of(entries.begin(), entries.end(), [](const TreeEntry& entry) {
    return entry.kind == EntryKind::kTree && entry.name.size() == 2 && is_hex(entry.name);
  });
  return deeper || entries.size() >= kFullFolder ? 2 : 1;
}

struct Found {
  std::vector<std::string> paths;  ///< everywhere the key is; more than once after a foreign merge
  std::vector<Oid> blobs;
};

Result<Found> look_up(const Repo& repo, const Oid& tree, const std::string& hex) {
  Found found;
  if (tree.is_zero()) return found;
  for (int depth = 0; depth <= kDeepest; ++depth) {
    GF_ASSIGN(auto entry, repo.entry_at(tree, path_at(hex, depth)));
    if (!entry || entry->kind == EntryKind::kTree) continue;
    found.paths.push_back(path_at(hex, depth));
    found.blobs.push_back(entry->id);
  }
  return found;
}

Result<std::optional<std::string>> content_of(const Repo& repo, const Found& found,
                                              size_t at_most = kMaxNote) {
  if (found.blobs.empty()) return std::optional<std::string>();
  std::string all;
  for (const Oid& blob : found.blobs) {
    GF_ASSIGN(auto text, repo.read_blob(blob, at_most));
    if (!all.empty() && all.back() != '\n') all += '\n';
    all += text;
  }
  return std::optional<std::string>(std::move(all));
}

using Edit = std::function<std::string(const std::optional<std::string>& before)>;

/// One commit that edits these notes, on whatever tip is current when it lands.
Result<void> edit(Repo& repo, const RefName& ref, const std::vector<std::pair<Oid, Edit>>& edits,
                  const Signature& who, const std::string& message) {
  return until_won("writing " + ref.str(), [&]() -> Result<bool> {
    GF_ASSIGN(auto tip, repo.read_ref(ref));
    GF_ASSIGN(auto before, tree_of(repo, tip));
    Oid tree = before;
    for (const auto& [target, change] : edits) {
      std::string hex = target.hex();
      GF_ASSIGN(auto found, look_up(repo, tree, hex));
      GF_ASSIGN(auto old_text, content_of(repo, found));
      GF_ASSIGN(auto blob, repo.write_blob(change(old_text)));
      GF_ASSIGN(int depth, depth_for(repo, tree, hex));
      std::vector<PathChange> changes;
      for (const std::string& path : found.paths)
        changes.push_back({path, Oid(), EntryKind::kBlob});
      if (!changes.empty()) {
        GF_ASSIGN(tree, repo.update_tree(tree, changes));
      }
      GF_ASSIGN(tree, repo.update_tree(tree, {{path_at(hex, depth), blob, EntryKind::kBlob}}));
    }
    if (tip && tree == before) return true;
    std::vector<Oid> parents;
    if (tip) parents.push_back(*tip);
    GF_ASSIGN(auto commit, repo.write_commit(tree, parents, who, who, message));
    return repo.compare_and_swap(ref, tip.value_or(Oid()), commit,
                                 "notes: " + message.substr(0, message.find('\n')));
  });
}

}  // namespace

Notes::Notes(Repo& repo, RefName ref) : repo_(repo), ref_(std::move(ref)) {}

Result<std::optional<std::string>> Notes::read(const Oid& target) const {
  GF_ASSIGN(auto tip, repo_.read_ref(ref_));
  if (!tip) return std::optional<std::string>();
  return read_at(repo_, *tip, target, kMaxNote);
}

Result<std::optional<std::string>> Notes::read_at(const Repo& repo, const Oid& tip,
                                                  const Oid& target, size_t at_most) {
  GF_ASSIGN(auto tree, tree_of(repo, tip));
  GF_ASSIGN(auto found, look_up(repo, tree, target.hex()));
  return content_of(repo, found, at_most);
}

Result<void> Notes::write(const std::vector<std::pair<Oid, std::string>>& notes,
                          const Signature& who, const std::string& message) {
  std::vector<std::pair<Oid, Edit>> edits;
  for (const auto& [target, text] : notes) {
    edits.emplace_back(target, [text = text](const std::optional<std::string>&) { return text; });
  }
  return edit(repo_, ref_, edits, who, message);
}

Result<void> Notes::add_lines(const std::vector<std::pair<Oid, std::string>>& added,
                              const Signature& who, const std::string& message) {
  std::vector<std::pair<Oid, Edit>> edits;
  for (const auto& [target, text] : added) {
    edits.emplace_back(target, [text = text](const std::optional<std::string>& before) {
      std::set<std::string> all;
      for (const std::string& source : {before.value_or(""), text}) {
        for (std::string& line : lines(source)) {
          if (!line.empty()) all.insert(std::move(line));
        }
      }
      std::string joined;
      for (const std::string& line : all) joined += line + "\n";
      return joined;
    });
  }
  return edit(repo_, ref_, edits, who, message);
}

Result<std::vector<Oid>> Notes::targets() const {
  GF_ASSIGN(auto tip, repo_.read_ref(ref_));
  GF_ASSIGN(auto tree, tree_of(repo_, tip));
  std::vector<Oid> all;
  GF_TRY(repo_.walk_files(tree, [&](const std::string& path, const TreeEntry&) {
    auto id = Oid::parse(replace_all(path, "/", ""));
    // Other files may lie in a notes tree; git keeps them and so do we.
    if (id.ok()) all.push_back(*id);
    return true;
  }));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace gf::git
