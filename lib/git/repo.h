// A repository: objects, refs, trees. The one door to libgit2 (its types stay in lib/git/*.cc).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace gf::git {

struct Signature {
  std::string name;
  std::string email;
  Timestamp when{};
  int offset_minutes = 0;
};

struct CommitInfo {
  Oid id, tree;
  std::vector<Oid> parents;
  Signature author, committer;
  std::string message;
};

enum class EntryKind { kBlob, kExecutable, kSymlink, kTree, kSubmodule };

struct TreeEntry {
  std::string name;  ///< one path part
  EntryKind kind = EntryKind::kBlob;
  Oid id;
};

/// A change to one path of a tree. `id` zero: the path is removed.
struct PathChange {
  std::string path;
  Oid id;
  EntryKind kind = EntryKind::kBlob;
};

enum class DeltaKind { kAdded, kDeleted, kModified, kTypeChanged };

struct Delta {
  DeltaKind kind = DeltaKind::kModified;
  std::string path;
  Oid old_id, new_id;
  EntryKind old_kind = EntryKind::kBlob, new_kind = EntryKind::kBlob;
};

/// One hunk of a textual diff. Numbers as in "@@ -old_start,old_count +new_start,new_count @@".
struct Hunk {
  std::string path;
  int old_start = 0, old_count = 0, new_start = 0, new_count = 0;
  std::string text;  ///< header and lines
};

/// What is unusual about a repository, asked once before a run (GITMODEL 3.10, 4.14).
struct Shape {
  bool bare = false, shallow = false, sparse = false, partial = false, has_submodules = false;
  bool lfs = false;     ///< a filter that only the git program can run
  bool unborn = false;  ///< no commit yet
  bool detached = false;
  std::string head_branch;  ///< short name; empty when detached
};

/// One repository, opened. Belongs to one thread; a worker opens its own. Objects are immutable;
/// refs may be moved by others at any time.
class Repo {
 public:
  /// Opens the repository that `path` lies in (any subdirectory or linked worktree). The error for
  /// formats that libgit2 cannot read names the extension and the way out.
  static Result<Repo> discover(const std::string& path);
  /// Opens exactly `path` (a working directory or a git directory).
  static Result<Repo> open(const std::string& path);
  Repo(Repo&&) noexcept;
  Repo& operator=(Repo&&) noexcept;
  ~Repo();

  [[nodiscard]] std::string git_dir() const;     ///< absolute, without a slash at the end
  [[nodiscard]] std::string common_dir() const;  ///< shared by all worktrees
  [[nodiscard]] std::optional<std::string> workdir() const;  ///< empty for a bare one
  Result<Shape> shape() const;

  // --- Objects ---
  /// A commit named by any revision expression; empty when there is none of that name.
  Result<std::optional<Oid>> resolve_commit(const std::string& revision) const;
  Result<CommitInfo> commit(
      const Oid& id) const;  ///< reads one commit; an Error when it is missing
  [[nodiscard]] bool exists(const Oid& id) const;
  /// Objects in this folder ("objects/incoming-...") are seen too, from now on.
  Result<void> add_objects(const std::string& directory);
  /// The folders objects are read from, joined as GIT_ALTERNATE_OBJECT_DIRECTORIES wants them.
  [[nodiscard]] std::string object_folders() const;
  /// A blob's bytes. More than `max_bytes` is an Error, so that a hostile object cannot fill
  /// memory.
  Result<std::string> read_blob(const Oid& id, size_t max_bytes = 64u << 20) const;
  Result<size_t> blob_size(const Oid& id) const;
  Result<Oid> write_blob(std::string_view bytes);
  /// The id that write_blob() would give.
  static Oid blob_id(std::string_view bytes);
  Result<std::vector<TreeEntry>> read_tree(const Oid& tree) const;
  /// The entry at `path` in `tree`; empty when there is none.
  Result<std::optional<TreeEntry>> entry_at(const Oid& tree, const std::string& path) const;
  /// `tree` with `changes` applied; reads and writes only the trees on the changed paths. An empty
  /// folder disappears. The zero id stands for the empty tree. An Error when what a change names is
  /// not in the repository; what is kept is not looked at.
  Result<Oid> update_tree(const Oid& tree, const std::vector<PathChange>& changes);
  /// A tree of these entries, in one level. An Error when one of them is not in the repository.
  Result<Oid> write_tree(const std::vector<TreeEntry>& entries);
  /// Every file of `tree` in path order; `visit` returns false to stop.
  Result<void> walk_files(
      const Oid& tree,
      const std::function<bool(const std::string& path, const TreeEntry&)>& visit) const;
  /// Not signed: for records. A commit that is signed by the user's own git setup, where
  /// commit.gpgSign asks for it, is made by the `git` program (git_program.h).
  Result<Oid> write_commit(const Oid& tree, const std::vector<Oid>& parents,
                           const Signature& author, const Signature& committer,
                           const std::string& message);

  // --- Differences ---
  Result<std::vector<Delta>> diff(const Oid& old_tree, const Oid& new_tree) const;
  /// Unified text with `context` lines, binary files as one line. Renames are shown as two changes.
  Result<std::string> diff_text(const Oid& old_tree, const Oid& new_tree, int context = 3) const;
  Result<std::vector<Hunk>> hunks(const Oid& old_tree, const Oid& new_tree, int context) const;
  /// As `git patch-id --stable` prints it for this diff; empty for no change.
  Result<std::string> patch_id(const Oid& old_tree, const Oid& new_tree) const;
  Result<std::optional<Oid>> merge_base(const Oid& a, const Oid& b) const;
  /// The paths (at most `limit`) in which the tree `result` is not what merging the trees `sides`
  /// over their common ancestor `base` gives by itself; empty: it is exactly that. With one side's
  /// parent as the other side this is a rebase or a cherry-pick. Renames are not followed,
  /// attributes and drivers not asked. Writes nothing; reads only what differs.
  Result<std::vector<std::string>> unlike_merge(const Oid& base, const std::vector<Oid>& sides,
                                                const Oid& result, size_t limit = 5) const;

  // --- Refs ---
  Result<std::optional<Oid>> read_ref(const RefName& ref) const;  ///< peeled through symbolic refs
  /// What a symbolic ref points to; empty when there is no such ref or it is not symbolic.
  [[nodiscard]] std::optional<std::string> symbolic_target(const RefName& ref) const;
  /// Moves `ref` from `expected` (zero: it must not exist) to `target`. False when somebody else
  /// was there first (moved or locked): read again and retry. Writes a reflog line for `why`.
  Result<bool> compare_and_swap(const RefName& ref, const Oid& expected, const Oid& target,
                                const std::string& why);
  /// Deletes `ref` if it still is at `expected`; false when it is not.
  Result<bool> delete_ref(const RefName& ref, const Oid& expected);
  /// Names and targets of the refs below `prefix` ("refs/factory/ledger/"), sorted by name.
  Result<std::vector<std::pair<RefName, Oid>>> refs(const std::string& prefix) const;

  // --- Settings ---
  /// The address of a remote, rewritten by url.<base>.insteadOf; empty when there is none of that
  /// name.
  [[nodiscard]] std::optional<std::string> remote_url(const std::string& remote) const;
  /// The variables that count as this repository's surroundings: who the author is, where the
  /// user's own attributes are. None until they are handed in; libgit2 itself looks at the process.
  void set_environment(Environment environment);
  [[nodiscard]] const Environment& environment() const;
  /// The user's identity as `git commit` would take it (environment() included); an Error with a
  /// hint when there is none.
  Result<Signature> identity(Timestamp now) const;

  /// Whether new objects and refs are flushed to disk before a call returns (default: yes).
  static void set_durable(bool durable);

  struct Impl;
  Impl& impl() { return *impl_; }
  const Impl& impl() const { return *impl_; }

 private:
  explicit Repo(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Stores the text of a commit as an object in `folder`, away from any repository; the text may be
/// anybody's, and is not looked into.
Result<Oid> write_commit_elsewhere(const std::string& folder, std::string_view text);

/// Repeats `attempt` until it says true (done), at most 30 s, with random pauses of 0.5 to 12 ms
/// between; the error after that names `what`. For compare-and-swap loops.
Result<void> until_won(const std::string& what, const std::function<Result<bool>()>& attempt);

}  // namespace gf::git
