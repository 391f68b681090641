// Differences between trees, told the same way whatever the user's configuration says.
#include <fmt/format.h>

#include "base/text.h"
#include "git/handle.h"
#include "git/patch.h"

namespace gf::git {
namespace {

Result<DiffHandle> diff_trees(git_repository* repo, const Oid& old_tree, const Oid& new_tree) {
  GF_ASSIGN(auto from, lookup_tree(repo, old_tree));
  GF_ASSIGN(auto to, lookup_tree(repo, new_tree));
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
  options.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
  DiffHandle diff;
  if (int code = git_diff_tree_to_tree(Out(diff), repo, from.get(), to.get(), &options); code < 0) {
    return from_git(code, "cannot compare two trees");
  }
  return diff;
}

EntryKind kind_of(uint16_t mode) {
  if (mode == GIT_FILEMODE_BLOB_EXECUTABLE) return EntryKind::kExecutable;
  if (mode == GIT_FILEMODE_LINK) return EntryKind::kSymlink;
  if (mode == GIT_FILEMODE_COMMIT) return EntryKind::kSubmodule;
  return EntryKind::kBlob;
}

DeltaKind delta_kind(git_delta_t status) {
  if (status == GIT_DELTA_ADDED) return DeltaKind::kAdded;
  if (status == GIT_DELTA_DELETED) return DeltaKind::kDeleted;
  if (status == GIT_DELTA_TYPECHANGE) return DeltaKind::kTypeChanged;
  return DeltaKind::kModified;
}

}  // namespace

Result<std::vector<Delta>> Repo::diff(const Oid& old_tree, const Oid& new_tree) const {
  GF_ASSIGN(auto diff, diff_trees(impl_->repo.get(), old_tree, new_tree));
  std::vector<Delta> all;
  for (size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
    Delta one;
    one.kind = delta_kind(delta->status);
    one.path = one.kind == DeltaKind::kDeleted ? delta->old_file.path : delta->new_file.path;
    one.old_id = from_git_oid(&delta->old_file.id);
    one.new_id = from_git_oid(&delta->new_file.id);
    one.old_kind = kind_of(delta->old_file.mode);
    one.new_kind = kind_of(delta->new_file.mode);
    all.push_back(std::move(one));
  }
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
