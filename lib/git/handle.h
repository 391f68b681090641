// Owners for libgit2's objects. For this room's .cc files: the only ones that see <git2.h>.
#pragma once

#include <git2.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "git/left_lock.h"
#include "git/repo.h"

namespace gf::git {

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
template <typename T, void (*Free)(T*)>
using Handle = std::unique_ptr<T, Deleter<T, Free>>;

using RepositoryHandle = Handle<git_repository, git_repository_free>;
using CommitHandle = Handle<git_commit, git_commit_free>;
using TreeHandle = Handle<git_tree, git_tree_free>;
using BlobHandle = Handle<git_blob, git_blob_free>;
using ObjectHandle = Handle<git_object, git_object_free>;
using EntryHandle = Handle<git_tree_entry, git_tree_entry_free>;
using ReferenceHandle = Handle<git_reference, git_reference_free>;
using RemoteHandle = Handle<git_remote, git_remote_free>;
using SignatureHandle = Handle<git_signature, git_signature_free>;
using ConfigHandle = Handle<git_config, git_config_free>;
using PatchHandle = Handle<git_patch, git_patch_free>;
using OdbHandle = Handle<git_odb, git_odb_free>;
using TreeBuilderHandle = Handle<git_treebuilder, git_treebuilder_free>;
using IteratorHandle = Handle<git_reference_iterator, git_reference_iterator_free>;

/// Lets a C function fill a Handle: `git_commit_lookup(Out(handle), ...)`.
template <typename T, void (*Free)(T*)>
class Out {
 public:
  explicit Out(Handle<T, Free>& handle) : handle_(handle) {}
  ~Out() { handle_.reset(raw_); }
  operator T**() { return &raw_; }  // NOLINT(runtime/explicit)

 private:
  Handle<T, Free>& handle_;
  T* raw_ = nullptr;
};

struct Repo::Impl {
  RepositoryHandle repo;
  /// The same objects' folder without the packs, for writing(): opened at the first write.
  RepositoryHandle loose;
  std::vector<std::string> more_objects;  ///< folders added by add_objects()
  Environment environment;
  std::map<std::string, LeftLock> locks;  ///< met and not got past yet, by ref
};

inline git_oid to_git(const Oid& oid) {
  git_oid id;
  git_oid_fromraw(&id, oid.bytes().data());
  return id;
}
inline Oid from_git_oid(const git_oid* id) {
  std::array<uint8_t, Oid::kBytes> bytes{};
  std::copy_n(id->id, Oid::kBytes, bytes.begin());
  return Oid(bytes);
}

/// The Error for a libgit2 code, asked for on the line after the call: its message is per thread.
Error from_git(int code, const std::string& doing);

/// The loose objects of one folder; `durable`: each is on the disk before the next.
Result<OdbHandle> loose_objects(const std::string& folder, bool durable);

/// A repository whose only objects are the loose ones of `impl`: new objects are written through
/// it. libgit2 lists the folder of packs anew before each object that it does not know yet.
Result<git_repository*> writing(Repo::Impl& impl);

/// The id of an object that was written, after making sure: on a full disk libgit2 1.5 tells
/// success for a small object that it could not write, or keeps an older failure's message.
/// `repo` has it then; `folder` lies on the disk that may be full.
Result<Oid> stored(git_repository* repo, const char* folder, int code, const git_oid& id,
                   const std::string& doing);

/// libgit2, set up once in a process.
void ensure_libgit2();

/// The tree, or the empty tree for the zero id (then the handle is null).
Result<TreeHandle> lookup_tree(git_repository* repo, const Oid& id);

}  // namespace gf::git
