// Commits, blobs and trees.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "git/handle.h"

namespace gf::git {
namespace {

git_filemode_t mode_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::kExecutable:
      return GIT_FILEMODE_BLOB_EXECUTABLE;
    case EntryKind::kSymlink:
      return GIT_FILEMODE_LINK;
    case EntryKind::kTree:
      return GIT_FILEMODE_TREE;
    case EntryKind::kSubmodule:
      return GIT_FILEMODE_COMMIT;
    case EntryKind::kBlob:
      break;
  }
  return GIT_FILEMODE_BLOB;
}

EntryKind kind_of(git_filemode_t mode) {
  switch (mode) {
    case GIT_FILEMODE_BLOB_EXECUTABLE:
      return EntryKind::kExecutable;
    case GIT_FILEMODE_LINK:
      return EntryKind::kSymlink;
    case GIT_FILEMODE_TREE:
      return EntryKind::kTree;
    case GIT_FILEMODE_COMMIT:
      return EntryKind::kSubmodule;
    default:
      return EntryKind::kBlob;
  }
}

Signature signature_of(const git_signature* from) {
  Signature who;
  who.name = to_utf8(from->name);
  who.email = to_utf8(from->email);
  who.when = Timestamp(Milliseconds(from->when.time * 1000));
  who.offset_minutes = from->when.offset;
  return who;
}

Result<SignatureHandle> handle_of(const Signature& who) {
  SignatureHandle made;
  int64_t seconds = std::chrono::floor<std::chrono::seconds>(who.when).time_since_epoch().count();
  int code = git_signature_new(Out(made), who.name.c_str(), who.email.c_str(), seconds,
                               who.offset_minutes);
  if (code < 0) return from_git(code, fmt::format("cannot sign as '{}'", who.name));
  return made;
}

TreeEntry entry_of(const git_tree_entry* entry) {
  return {git_tree_entry_name(entry), kind_of(git_tree_entry_filemode(entry)),
          from_git_oid(git_tree_entry_id(entry))};
}

Result<bool> visit_files(const Repo& repo, const Oid& tree, const std::string& prefix,
                         const std::function<bool(const std::string&, const TreeEntry&)>& visit) {
  GF_ASSIGN(auto entries, repo.read_tree(tree));
  for (const TreeEntry& entry : entries) {
    if (entry.kind == EntryKind::kTree) {
      GF_ASSIGN(bool go_on, visit_files(repo, entry.id, prefix + entry.name + "/", visit));
      if (!go_on) return false;
    } else if (!visit(prefix + entry.name, entry)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<TreeHandle> lookup_tree(git_repository* repo, const Oid& id) {
  TreeHandle tree;
  if (id.is_zero()) return tree;
  git_oid raw = to_git(id);
  if (int code = git_tree_lookup(Out(tree), repo, &raw); code < 0) {
    return from_git(code, fmt::format("cannot read the tree {}", id.short_hex()));
  }
  return tree;
}

Result<git_repository*> writing(Repo::Impl& impl) {
  if (impl.loose != nullptr) return impl.loose.get();
  ConfigHandle config;
  int durable = 0;
  if (git_repository_config_snapshot(Out(config), impl.repo.get()) == 0)
    git_config_get_bool(&durable, config.get(), "core.fsyncobjectfiles");
  std::string folder = std::string(git_repository_commondir(impl.repo.get())) + "objects";
  GF_ASSIGN(auto odb, loose_objects(folder, durable != 0));
  if (int code = git_repository_wrap_odb(Out(impl.loose), odb.get()); code < 0)
    return from_git(code, "cannot open the objects");
  return impl.loose.get();
}

namespace {

Result<Oid> write_object(Repo::Impl& impl, std::string_view bytes, git_object_t type,
                         const char* doing) {
  git_oid id;
  if (int code = git_odb_hash(&id, bytes.data(), bytes.size(), type); code < 0)
    return from_git(code, doing);
  OdbHandle all;
  if (int code = git_repository_odb(Out(all), impl.repo.get()); code < 0)
    return from_git(code, doing);
  // What is there, packed or not, is only marked as used: `git gc` then lets it live.
  bool there = git_odb_exists_ext(all.get(), &id, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
  GF_ASSIGN(git_repository * place, writing(impl));
  if (there) place = impl.repo.get();
  OdbHandle odb;
  if (int code = git_repository_odb(Out(odb), place); code < 0) return from_git(code, doing);
  int code = git_odb_write(&id, odb.get(), bytes.data(), bytes.size(), type);
  return stored(place, git_repository_commondir(impl.repo.get()), code, id, doing);
}

}  // namespace

Result<std::optional<Oid>> Repo::resolve_commit(const std::string& revision) const {
  ObjectHandle object, commit;
  int code = git_revparse_single(Out(object), impl_->repo.get(), revision.c_str());
  // Longer than a ref's name can be (GIT_EBUFS) is none of these either.
  if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC || code == GIT_EAMBIGUOUS ||
      code == GIT_EBUFS)
    return std::optional<Oid>();
  if (code < 0) return from_git(code, fmt::format("cannot resolve '{}'", printable(revision)));
  if (git_object_peel(Out(commit), object.get(), GIT_OBJECT_COMMIT) < 0)
    return std::optional<Oid>();
  return std::optional<Oid>(from_git_oid(git_object_id(commit.get())));
}

Result<CommitInfo> Repo::commit(const Oid& id) const {
  CommitHandle commit;
  git_oid raw = to_git(id);
  if (int code = git_commit_lookup(Out(commit), impl_->repo.get(), &raw); code < 0) {
    return from_git(code, fmt::format("cannot read the commit {}", id.short_hex()));
  }
  CommitInfo info;
  info.id = id;
  info.tree = from_git_oid(git_commit_tree_id(commit.get()));
  for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
    info.parents.push_back(from_git_oid(git_commit_parent_id(commit.get(), i)));
  }
  info.author = signature_of(git_commit_author(commit.get()));
  info.committer = signature_of(git_commit_committer(commit.get()));
  info.message = to_utf8(git_commit_message(commit.get()));
  return info;
}

bool Repo::exists(const Oid& id) const {
  OdbHandle odb;
  if (git_repository_odb(Out(odb), impl_->repo.get()) < 0) return false;
  git_oid raw = to_git(id);
  return git_odb_exists(odb.get(), &raw) == 1;
}

Result<size_t> Repo::blob_size(const Oid& id) const {
  OdbHandle odb;
  if (int code = git_repository_odb(Out(odb), impl_->repo.get()); code < 0)
    return from_git(code, "cannot open the objects");
  git_oid raw = to_git(id);
  size_t size = 0;
  git_object_t type = GIT_OBJECT_ANY;
  if (int code = git_odb_read_header(&size, &type, odb.get(), &raw); code < 0) {
    return from_git(code, fmt::format("cannot read the blob {}", id.short_hex()));
  }
  return size;
}

Result<std::string> Repo::read_blob(const Oid& id, size_t max_bytes) const {
  GF_ASSIGN(size_t size, blob_size(id));
  if (size > max_bytes) {
    return Error{
        Fault::kBadData,
        fmt::format("the blob {} has {} bytes; {} is the limit", id.short_hex(), size, max_bytes),
        {},
        {}};
  }
  BlobHandle blob;
  git_oid raw = to_git(id);
  if (int code = git_blob_lookup(Out(blob), impl_->repo.get(), &raw); code < 0) {
    return from_git(code, fmt::format("cannot read the blob {}", id.short_hex()));
  }
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                     static_cast<size_t>(git_blob_rawsize(blob.get())));
}

Result<Oid> Repo::write_blob(std::string_view bytes) {
  return write_object(*impl_, bytes, GIT_OBJECT_BLOB, "cannot store an object");
}

Oid Repo::blob_id(std::string_view bytes) {
  git_oid id;
  git_odb_hash(&id, bytes.data(), bytes.size(), GIT_OBJECT_BLOB);
  return from_git_oid(&id);
}

Result<std::vector<TreeEntry>> Repo::read_tree(const Oid& id) const {
  GF_ASSIGN(auto tree, lookup_tree(impl_->repo.get(), id));
  std::vector<TreeEntry> entries;
  if (tree == nullptr) return entries;
  size_t count = git_tree_entrycount(tree.get());
  entries.reserve(count);
  for (size_t i = 0; i < count; ++i)
    entries.push_back(entry_of(git_tree_entry_byindex(tree.get(), i)));
  return entries;
}

Result<std::optional<TreeEntry>> Repo::entry_at(const Oid& id, const std::string& path) const {
  GF_ASSIGN(auto tree, lookup_tree(impl_->repo.get(), id));
  if (tree == nullptr || path.empty()) return std::optional<TreeEntry>();
  EntryHandle entry;
  int code = git_tree_entry_bypath(Out(entry), tree.get(), path.c_str());
  if (code == GIT_ENOTFOUND) return std::optional<TreeEntry>();
  if (code < 0) return from_git(code, fmt::format("cannot look up '{}'", printable(path)));
  return std::optional<TreeEntry>(entry_of(entry.get()));
}

namespace {

/// One level, whose entries are known to be there.
Result<Oid> put_tree(Repo::Impl& impl, const std::vector<TreeEntry>& entries) {
  GF_ASSIGN(git_repository * repo, writing(impl));
  TreeBuilderHandle builder;
  if (int code = git_treebuilder_new(Out(builder), repo, nullptr); code < 0)
    return from_git(code, "cannot make a tree");
  for (const TreeEntry& entry : entries) {
    git_oid id = to_git(entry.id);
    if (int code = git_treebuilder_insert(nullptr, builder.get(), entry.name.c_str(), &id,
                                          mode_of(entry.kind));
        code < 0) {
      return from_git(code, fmt::format("cannot put '{}' into a tree", printable(entry.name)));
    }
  }
  git_oid id;
  int code = git_treebuilder_write(&id, builder.get());
  return stored(repo, git_repository_commondir(impl.repo.get()), code, id, "cannot store a tree");
}

/// A tree names only what is there. A submodule's commit lies elsewhere.
Result<void> check_there(const Repo& repo, const std::string& name, EntryKind kind, const Oid& id) {
  if (kind == EntryKind::kSubmodule || repo.exists(id)) return Done{};
  return Error{Fault::kInternal,
               fmt::format("cannot put '{}' into a tree: there is no object {}", printable(name),
                           id.short_hex()),
               {},
               {}};
}

}  // namespace

Result<Oid> Repo::write_tree(const std::vector<TreeEntry>& entries) {
  for (const TreeEntry& entry : entries)
    GF_TRY(check_there(*this, entry.name, entry.kind, entry.id));
  return put_tree(*impl_, entries);
}

namespace {

struct Change {
  std::vector<std::string> parts;
  const PathChange* what;
};

/// Rewrites one level: our own and not git_tree_create_updated, which refuses a file in place of a
/// folder, the removal of a missing path, and keeps folders that have become empty.
Result<Oid> rewrite(const Repo& repo, Repo::Impl& impl, const Oid& tree,
                    const std::vector<Change>& changes, size_t depth) {
  GF_ASSIGN(auto entries, repo.read_tree(tree));
  std::map<std::string, TreeEntry> level;
  for (TreeEntry& entry : entries) level.emplace(entry.name, entry);
  for (size_t i = 0; i < changes.size();) {
    const std::string& name = changes[i].parts[depth];
    std::vector<Change> below;
    const PathChange* here = nullptr;
    for (; i < changes.size() && changes[i].parts[depth] == name; ++i) {
      if (changes[i].parts.size() == depth + 1) {
        here = changes[i].what;
      } else {
        below.push_back(changes[i]);
      }
    }
    if (here != nullptr && here->id.is_zero()) level.erase(name);
    if (here != nullptr && !here->id.is_zero()) {
      GF_TRY(check_there(repo, here->path, here->kind, here->id));
      level[name] = {name, here->kind, here->id};
    }
    bool replaced_by_file =
        here != nullptr && !here->id.is_zero() && here->kind != EntryKind::kTree;
    if (below.empty() || replaced_by_file) continue;
    auto found = level.find(name);
    bool folder = found != level.end() && found->second.kind == EntryKind::kTree;
    GF_ASSIGN(auto made, rewrite(repo, impl, folder ? found->second.id : Oid(), below, depth + 1));
    if (!made.is_zero()) {
      level[name] = {name, EntryKind::kTree, made};
    } else if (folder) {
      level.erase(name);
    }
  }
  if (level.empty()) return Oid();
  std::vector<TreeEntry> kept;
  for (auto& [name, entry] : level) kept.push_back(std::move(entry));
  return put_tree(impl, kept);
}

}  // namespace

Result<Oid> Repo::update_tree(const Oid& tree, const std::vector<PathChange>& changes) {
  std::vector<Change> sorted;
  for (const PathChange& change : changes) {
    Change split_change{split(change.path, '/'), &change};
    for (const std::string& part : split_change.parts) {
      if (part.empty() || part == "." || part == ".." || lower(part) == ".git") {
        return Error{Fault::kInternal,
                     fmt::format("'{}' is no path of a tree", printable(change.path)),
                     {},
                     {}};
      }
    }
    sorted.push_back(std::move(split_change));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Change& a, const Change& b) { return a.parts < b.parts; });
  GF_ASSIGN(auto made, rewrite(*this, *impl_, tree, sorted, 0));
  if (made.is_zero()) return write_tree({});
  return made;
}

Result<void> Repo::walk_files(
    const Oid& tree, const std::function<bool(const std::string&, const TreeEntry&)>& visit) const {
  GF_TRY(visit_files(*this, tree, "", visit));
  return Done{};
}

Result<Oid> Repo::write_commit(const Oid& tree, const std::vector<Oid>& parents,
                               const Signature& author, const Signature& committer,
                               const std::string& message) {
  GF_ASSIGN(auto author_handle, handle_of(author));
  GF_ASSIGN(auto committer_handle, handle_of(committer));
  git_oid tree_id = to_git(tree);
  std::vector<git_oid> parent_ids;
  for (const Oid& parent : parents) parent_ids.push_back(to_git(parent));
  std::vector<const git_oid*> pointers;
  for (const git_oid& parent : parent_ids) pointers.push_back(&parent);
  TreeHandle tree_handle;
  if (int code = git_tree_lookup(Out(tree_handle), impl_->repo.get(), &tree_id); code < 0)
    return from_git(code, "cannot read the tree to commit");
  std::vector<CommitHandle> handles(parents.size());
  std::vector<const git_commit*> commits;
  for (size_t i = 0; i < parents.size(); ++i) {
    if (int code = git_commit_lookup(Out(handles[i]), impl_->repo.get(), pointers[i]); code < 0)
      return from_git(code, "cannot read a parent commit");
    commits.push_back(handles[i].get());
  }
  git_buf text = GIT_BUF_INIT;
  // The parameter's constness differs between libgit2 versions; a cast serves both.
  int code = git_commit_create_buffer(&text, impl_->repo.get(), author_handle.get(),
                                      committer_handle.get(), "UTF-8", to_utf8(message).c_str(),
                                      tree_handle.get(), commits.size(),
                                      const_cast<const git_commit**>(commits.data()));
  if (code < 0) return from_git(code, "cannot make a commit");
  std::string bytes(text.ptr, text.size);
  git_buf_dispose(&text);
  return write_object(*impl_, bytes, GIT_OBJECT_COMMIT, "cannot store a commit");
}

}  // namespace gf::git
