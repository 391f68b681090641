// Differences between trees, told the same way whatever the user's configuration says.
#include <fmt/format.h>

#include "base/text.h"
#include "git/handle.h"

namespace gf::git {
namespace {

Result<DiffHandle> diff_trees(git_repository* repo, const Oid& old_tree, const Oid& new_tree,
                              int context) {
  GF_ASSIGN(auto from, lookup_tree(repo, old_tree));
  GF_ASSIGN(auto to, lookup_tree(repo, new_tree));
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.context_lines = static_cast<uint32_t>(context);
  options.interhunk_lines = 0;
  options.id_abbrev = 40;
  options.old_prefix = "a";
  options.new_prefix = "b";
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
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

struct Collected {
  std::vector<Hunk> hunks;
  std::string text;
};

int on_hunk(const git_diff_delta* delta, const git_diff_hunk* hunk, void* payload) {
  auto* all = static_cast<Collected*>(payload);
  all->hunks.push_back({delta->new_file.path, hunk->old_start, hunk->old_lines, hunk->new_start,
                        hunk->new_lines, std::string(hunk->header, hunk->header_len)});
  return 0;
}

int on_line(const git_diff_delta*, const git_diff_hunk* hunk, const git_diff_line* line,
            void* payload) {
  auto* all = static_cast<Collected*>(payload);
  if (hunk == nullptr || all->hunks.empty()) return 0;
  bool marked = line->origin == ' ' || line->origin == '+' || line->origin == '-';
  if (marked) all->hunks.back().text += line->origin;
  all->hunks.back().text.append(line->content, line->content_len);
  return 0;
}

int on_print(const git_diff_delta*, const git_diff_hunk*, const git_diff_line* line,
             void* payload) {
  auto* text = static_cast<std::string*>(payload);
  if (line->origin == ' ' || line->origin == '+' || line->origin == '-') *text += line->origin;
  text->append(line->content, line->content_len);
  return 0;
}

}  // namespace

Result<std::vector<Delta>> Repo::diff(const Oid& old_tree, const Oid& new_tree) const {
  GF_ASSIGN(auto diff, diff_trees(impl_->repo.get(), old_tree, new_tree, 0));
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
  GF_ASSIGN(auto diff, diff_trees(impl_->repo.get(), old_tree, new_tree, context));
  std::string text;
  if (int code = git_diff_print(diff.get(), GIT_DIFF_FORMAT_PATCH, on_print, &text); code < 0) {
    return from_git(code, "cannot write a diff");
  }
  return text;
}

Result<std::vector<Hunk>> Repo::hunks(const Oid& old_tree, const Oid& new_tree, int context) const {
  GF_ASSIGN(auto diff, diff_trees(impl_->repo.get(), old_tree, new_tree, context));
  Collected all;
  if (int code = git_diff_foreach(diff.get(), nullptr, nullptr, on_hunk, on_line, &all); code < 0) {
    return from_git(code, "cannot read a diff");
  }
  return std::move(all.hunks);
}

Result<std::string> Repo::patch_id(const Oid& old_tree, const Oid& new_tree) const {
  GF_ASSIGN(auto diff, diff_trees(impl_->repo.get(), old_tree, new_tree, 3));
  if (git_diff_num_deltas(diff.get()) == 0) return std::string();
  git_oid id;
  if (int code = git_diff_patchid(&id, diff.get(), nullptr); code < 0)
    return from_git(code, "cannot compute a patch id");
  return from_git_oid(&id).hex();
}

Result<std::optional<Oid>> Repo::merge_base(const Oid& a, const Oid& b) const {
  git_oid base, one = to_git(a), two = to_git(b);
  int code = git_merge_base(&base, impl_->repo.get(), &one, &two);
  if (code == GIT_ENOTFOUND) return std::optional<Oid>();
  if (code < 0) return from_git(code, "cannot find a common ancestor");
  return std::optional<Oid>(from_git_oid(&base));
}

}  // namespace gf::git
