// A worktree of our own, outside the user's, in which models write and gates run.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "git/git_program.h"
#include "git/repo.h"

namespace gf::git {

/// A detached, locked, linked worktree taken from a pool (GITMODEL 4.13). Exactly one process has
/// it; the user's work tree, index, HEAD, branches, stash and configuration are not touched (P5).
///
/// A file that changes gets a time of change, in whole seconds, that its path did not have before:
/// compilers' and type checkers' caches take a file of the same size and second for the same one.
///
/// Always holds: the files on disk are those of tree(), plus the paths noted by touched() since,
/// plus files that git ignores. Cost of every call but the first checkout and take_back() grows
/// with the change, not with the tree.
class Workspace {
 public:
  /// Takes a free worktree of `repo`'s pool under `pool_dir` (made when missing, mode 0700), or
  /// adds one, and puts it at `base`, clean: what an earlier run or a person left there is gone.
  /// The lock's reason is `run`.
  static Result<Workspace> acquire(Repo& repo, const Program& git, const std::string& pool_dir,
                                   const RunId& run, const Oid& base);
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  ~Workspace();  ///< gives it back to the pool (unlocked), if release() was not called

  [[nodiscard]] const std::string& path() const;  ///< absolute, symbolic links resolved
  [[nodiscard]] const Oid& tree() const;

  /// Tells that the file at `path` was written or deleted since the last snapshot.
  void touched(const std::string& path);
  /// Writes what is on disk at the touched paths into a tree; that tree becomes tree().
  Result<Oid> snapshot();
  /// Makes the disk hold exactly `tree`: only paths that differ are written or removed.
  Result<void> materialise(const Oid& tree);
  /// Puts the files of tree() back that were changed or deleted on disk and not told of, as by a
  /// checker that mends what it finds; their paths. Files that tree() does not have stay. What was
  /// touched is told of: it is not looked at. Costs a look at every file's time and size.
  Result<std::vector<std::string>> take_back();
  /// Gives the worktree back at its base.
  Result<void> release();

 private:
  struct Impl;
  explicit Workspace(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Where worktrees of this repository are pooled: below the cache folder, named by a hash of the
/// common directory.
Result<std::string> default_pool_dir(const Repo& repo, const Environment& environment);

/// One place of the pool, and what becomes of it.
struct PoolPlace {
  enum class Fate {
    kRemoved,    ///< nobody has it, and all that was committed in it is reachable
    kInUse,      ///< a run has it
    kHoldsWork,  ///< something was committed in it by hand, and no ref leads there
    kRecent,     ///< free, and used since `before`
  };
  std::string path;
  Fate fate = Fate::kInUse;
};
struct PoolSweep {
  std::optional<Timestamp> before;  ///< only what was not used since; absent: whatever is free
  bool dry_run = false;             ///< only say what would be done
};
/// Removes pooled worktrees whose owner is gone and whose content is reachable; says of each place
/// what became of it.
Result<std::vector<PoolPlace>> sweep_pool(Repo& repo, const Program& git,
                                          const std::string& pool_dir, const PoolSweep& wish);

}  // namespace gf::git
