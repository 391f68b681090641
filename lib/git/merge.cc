// Is a tree what merging others gives? Answered by comparing, so nothing is written, and at a cost
// that grows with the change. And by the same rules the merge itself, where a tree is wanted.
#include "git/merge.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "git/handle.h"
#include "git/patch.h"

namespace gf::git {
namespace {

constexpr size_t kMaxMerged = 32u << 20;  ///< bytes of one file that was changed on two sides

using Maybe = std::optional<TreeEntry>;

bool same(const Maybe& a, const Maybe& b) {
  if (!a || !b) return !a && !b;
  return a->id == b->id && a->kind == b->kind;
}

/// One path in all trees: the common ancestor's, each side's, and the one that is judged.
struct Place {
  Maybe base, result;
  std::vector<Maybe> sides;
};

/// What all sides agree on; empty when two changed it differently.
std::optional<Maybe> agreed(const Place& place) {
  std::optional<Maybe> changed;
  for (const Maybe& side : place.sides) {
    if (same(side, place.base)) continue;
    if (changed && !same(*changed, side)) return std::nullopt;
    changed = side;
  }
  return changed.value_or(place.base);
}

bool is_file(const Maybe& entry) {
  return entry && (entry->kind == EntryKind::kBlob || entry->kind == EntryKind::kExecutable);
}

git_merge_file_input input_of(const std::string& content) {
  git_merge_file_input input;
  git_merge_file_input_init(&input, GIT_MERGE_FILE_INPUT_VERSION);
  input.ptr = content.data();
  input.size = content.size();
  return input;
}

/// Empty when it does not merge by itself.
std::optional<std::string> merged_text(const std::string& base, const std::string& ours,
                                       const std::string& theirs) {
  for (const std::string* text : {&base, &ours, &theirs}) {
    if (looks_binary(*text)) return std::nullopt;
  }
  git_merge_file_input ancestor = input_of(base), one = input_of(ours), two = input_of(theirs);
  git_merge_file_result result{};
  std::optional<std::string> merged;
  if (git_merge_file(&result, &ancestor, &one, &two, nullptr) == 0 && result.automergeable != 0)
    merged.emplace(result.ptr, result.len);
  git_merge_file_result_free(&result);
  return merged;
}

class Comparison {
 public:
  Comparison(const Repo& repo, size_t limit) : repo_(repo), limit_(limit) {}

  Result<void> trees(const std::string& prefix, const Oid& base, const std::vector<Oid>& sides,
                     const Oid& result) {
    std::map<std::string, Place> places;
    auto place = [&](const std::string& name) -> Place& {
      Place& at = places[name];
      at.sides.resize(sides.size());
      return at;
    };
    GF_ASSIGN(auto old_entries, repo_.read_tree(base));
    for (TreeEntry& entry : old_entries) place(entry.name).base = entry;
    for (size_t i = 0; i < sides.size(); ++i) {
      GF_ASSIGN(auto entries, repo_.read_tree(sides[i]));
      for (TreeEntry& entry : entries) place(entry.name).sides[i] = entry;
    }
    GF_ASSIGN(auto new_entries, repo_.read_tree(result));
    for (TreeEntry& entry : new_entries) place(entry.name).result = entry;
    for (const auto& [name, at] : places) {
      if (differing.size() >= limit_) return Done{};
      GF_TRY(one(prefix + name, at));
    }
    return Done{};
  }

  std::vector<std::string> differing;

 private:
  Result<void> one(const std::string& path, const Place& at) {
    std::optional<Maybe> wanted = agreed(at);
    if (wanted && same(*wanted, at.result)) return Done{};
    bool folders = true;
    std::vector<Oid> sides;
    auto tree_of = [&](const Maybe& entry) {
      if (entry && entry->kind != EntryKind::kTree) folders = false;
      return entry ? entry->id : Oid();
    };
    Oid base = tree_of(at.base), result = tree_of(at.result);
    for (const Maybe& side : at.sides) sides.push_back(tree_of(side));
    if (folders) return trees(path + "/", base, sides, result);
    bool fits = false;
    if (!wanted) {
      GF_ASSIGN(fits, content_fits(at));
    }
    if (!fits) differing.push_back(path);
    return Done{};
  }

  /// A file that two sides changed: their changes, one after the other, on the base's content.
  Result<bool> content_fits(const Place& at) {
    if (!is_file(at.base) || !is_file(at.result)) return false;
    GF_ASSIGN(auto base, repo_.read_blob(at.base->id, kMaxMerged));
    std::string merged = base;
    EntryKind kind = at.base->kind;
    for (const Maybe& side : at.sides) {
      if (!is_file(side)) return false;
      if (side->kind != at.base->kind) kind = side->kind;
      if (side->id == at.base->id) continue;
      GF_ASSIGN(auto content, repo_.read_blob(side->id, kMaxMerged));
      std::optional<std::string> next = merged_text(base, merged, content);
      if (!next) return false;
      merged = std::move(*next);
    }
    git_oid id;
    if (git_odb_hash(&id, merged.data(), merged.size(), GIT_OBJECT_BLOB) < 0) return false;
    return kind == at.result->kind && from_git_oid(&id) == at.result->id;
  }

  const Repo& repo_;
  size_t limit_;
};

/// What a change does to another base, path by path.
class Putting {
 public:
  explicit Putting(Repo& repo) : repo_(repo) {}

  Result<void> trees(const std::string& prefix, const Oid& base, const Oid& onto,
                     const Oid& change) {
    std::map<std::string, std::array<Maybe, 3>> places;
    const std::array<Oid, 3> all = {base, onto, change};
    for (size_t i = 0; i < all.size(); ++i) {
      GF_ASSIGN(auto entries, repo_.read_tree(all[i]));
      for (TreeEntry& entry : entries) places[entry.name][i] = entry;
    }
    for (const auto& [name, at] : places) GF_TRY(one(prefix + name, at[0], at[1], at[2]));
    return Done{};
  }

  std::vector<PathChange> changes;
  std::vector<std::string> conflicts;

 private:
  Result<void> one(const std::string& path, const Maybe& base, const Maybe& onto,
                   const Maybe& change) {
    if (same(change, base) || same(change, onto)) return Done{};
    auto is_tree = [](const Maybe& entry) { return entry && entry->kind == EntryKind::kTree; };
    auto tree_of = [&](const Maybe& entry) { return is_tree(entry) ? entry->id : Oid(); };
    bool folders = true;
    for (const Maybe* entry : {&base, &onto, &change})
      folders = folders && (!*entry || is_tree(*entry));
    if (folders) return trees(path + "/", tree_of(base), tree_of(onto), tree_of(change));
    if (!same(onto, base)) return both_changed(path, base, onto, change);
    if (base && !is_tree(base) && (!change || is_tree(change)))
      changes.push_back({path, Oid(), {}});
    if (change && !is_tree(change)) changes.push_back({path, change->id, change->kind});
    if (!is_tree(base) && !is_tree(change)) return Done{};
    return trees(path + "/", tree_of(base), tree_of(onto), tree_of(change));
  }

  Result<void> both_changed(const std::string& path, const Maybe& base, const Maybe& onto,
                            const Maybe& change) {
    std::optional<std::string> merged;
    if (is_file(base) && is_file(onto) && is_file(change)) {
      GF_ASSIGN(auto before, repo_.read_blob(base->id, kMaxMerged));
      GF_ASSIGN(auto theirs, repo_.read_blob(onto->id, kMaxMerged));
      GF_ASSIGN(auto ours, repo_.read_blob(change->id, kMaxMerged));
      merged = onto->id == base->id ? ours : merged_text(before, theirs, ours);
    }
    if (!merged) {
      conflicts.push_back(path);
      return Done{};
    }
    GF_ASSIGN(auto blob, repo_.write_blob(*merged));
    changes.push_back({path, blob, change->kind != base->kind ? change->kind : onto->kind});
    return Done{};
  }

  Repo& repo_;
};

}  // namespace

Result<Merged> put_onto(Repo& repo, const Oid& base, const Oid& change, const Oid& onto) {
  Putting putting(repo);
  GF_TRY(putting.trees("", base, onto, change));
  Merged merged;
  merged.conflicts = std::move(putting.conflicts);
  if (!merged.conflicts.empty()) return merged;
  GF_ASSIGN(merged.tree, repo.update_tree(onto, putting.changes));
  return merged;
}

Result<std::vector<std::string>> Repo::unlike_merge(const Oid& base, const std::vector<Oid>& sides,
                                                    const Oid& result, size_t limit) const {
  Comparison comparison(*this, limit);
  GF_TRY(comparison.trees("", base, sides, result));
  return std::move(comparison.differing);
}

}  // namespace gf::git
