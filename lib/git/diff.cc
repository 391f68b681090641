// Differences between trees, told the same way whatever the user's configuration says.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "git/handle.h"
#include "git/patch.h"

namespace gf::git {
namespace {

struct Folders {
  std::string prefix;  ///< "" or "app/"
  Oid before, after;   ///< zero: there is none
};

using Entries = std::map<std::string, TreeEntry>;

Result<Entries> entries_of(const Repo& repo, const Oid& tree) {
  Entries by_name;
  if (tree.is_zero()) return by_name;
  GF_ASSIGN(auto entries, repo.read_tree(tree));
  for (TreeEntry& entry : entries) {
    std::string name = entry.name;
    by_name.emplace(std::move(name), std::move(entry));
  }
  return by_name;
}

bool is_plain(EntryKind kind) { return kind == EntryKind::kBlob || kind == EntryKind::kExecutable; }

/// A change of what is not a folder; either side may be missing.
Delta delta_of(std::string path, const TreeEntry* before, const TreeEntry* after) {
  Delta one;
  one.path = std::move(path);
  if (before != nullptr) {
    one.old_id = before->id;
    one.old_kind = before->kind;
  }
  if (after != nullptr) {
    one.new_id = after->id;
    one.new_kind = after->kind;
  }
  if (before == nullptr) {
    one.kind = DeltaKind::kAdded;
  } else if (after == nullptr) {
    one.kind = DeltaKind::kDeleted;
  } else if (before->kind != after->kind && !(is_plain(before->kind) && is_plain(after->kind))) {
    one.kind = DeltaKind::kTypeChanged;
  }
  return one;
}

}  // namespace

/// Not git_diff_tree_to_tree(): it reads every folder of both trees, also those whose ids are the
/// same, which in a tree of 50,000 files takes longer than all the rest of a stage.
Result<std::vector<Delta>> Repo::diff(const Oid& old_tree, const Oid& new_tree) const {
  std::vector<Delta> all;
  std::vector<Folders> open;
  if (old_tree != new_tree) open.push_back({"", old_tree, new_tree});
  while (!open.empty()) {
    Folders here = std::move(open.back());
    open.pop_back();
    GF_ASSIGN(auto before, entries_of(*this, here.before));
    GF_ASSIGN(auto after, entries_of(*this, here.after));
    auto compare = [&](const std::string& name, const TreeEntry* from, const TreeEntry* to) {
      if (from != nullptr && to != nullptr && from->id == to->id && from->kind == to->kind) return;
      bool was_folder = from != nullptr && from->kind == EntryKind::kTree;
      bool is_folder = to != nullptr && to->kind == EntryKind::kTree;
      if (was_folder || is_folder) {
        open.push_back(
            {here.prefix + name + "/", was_folder ? from->id : Oid(), is_folder ? to->id : Oid()});
      }
      const TreeEntry* old_file = was_folder ? nullptr : from;
      const TreeEntry* new_file = is_folder ? nullptr : to;
      if (old_file != nullptr || new_file != nullptr)
        all.push_back(delta_of(here.prefix + name, old_file, new_file));
    };
    for (const auto& [name, entry] : before) {
      auto found = after.find(name);
      compare(name, &entry, found == after.end() ? nullptr : &found->second);
    }
    for (const auto& [name, entry] : after) {
      if (before.count(name) == 0) compare(name, nullptr, &entry);
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Delta& one, const Delta& other) { return one.path < other.path; });
  return all;
}

Result<std::string> Repo::diff_text(const Oid& old_tree, const Oid& new_tree, int context) const {
  GF_ASSIGN(auto deltas, diff(old_tree, new_tree));
  GF_ASSIGN(auto files, patches(*this, deltas, context));
  std::string text;
  for (const FilePatch& file : files) {
    text += file.header;
    for (const Hunk& hunk : file.hunks) text += hunk.text;
  }
  return text;
}

Result<std::vector<Hunk>> Repo::hunks(const Oid& old_tree, const Oid& new_tree, int context) const {
  GF_ASSIGN(auto deltas, diff(old_tree, new_tree));
  GF_ASSIGN(auto files, patches(*this, deltas, context));
  std::vector<Hunk> all;
  for (FilePatch& file : files) {
    for (Hunk& hunk : file.hunks) all.push_back(std::move(hunk));
  }
  return all;
}

Result<std::string> Repo::patch_id(const Oid& old_tree, const Oid& new_tree) const {
  GF_ASSIGN(auto text, diff_text(old_tree, new_tree, 3));
  return patch_id_of(text);
}

Result<std::optional<Oid>> Repo::merge_base(const Oid& a, const Oid& b) const {
  git_oid base, one = to_git(a), two = to_git(b);
  int code = git_merge_base(&base, impl_->repo.get(), &one, &two);
  if (code == GIT_ENOTFOUND) return std::optional<Oid>();
  if (code < 0) return from_git(code, "cannot find a common ancestor");
  return std::optional<Oid>(from_git_oid(&base));
}

}  // namespace gf::git
