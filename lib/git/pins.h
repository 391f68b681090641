// Trees of a run's worktree that nothing leads to yet: held by a ref until the run has its own.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "git/repo.h"

namespace gf::git {

/// Below it, by the name of the worktree's entry in the repository: here alone, no record.
inline constexpr const char* kPins = "refs/factory-worktrees/";

/// A stage may take minutes between the first file that it writes and its end, when its tree gets
/// into the run's record. What it made meanwhile would be thrown away by a `git gc --prune=now`
/// that a person starts then, and the run could not go on. So each tree is held from the moment
/// when it is there, all of them until the worktree is given back.
///
/// The worktree is this process's alone, and so is its ref.
class Pins {
 public:
  /// `repo` must outlive this object; `git_dir` is the worktree's own folder in the repository.
  Pins(Repo& repo, const std::string& git_dir);

  /// Holds this one as well. What a process that was killed left is let go with the first.
  Result<void> hold(const Oid& tree);
  /// Lets all go; nothing happens where nothing is held.
  Result<void> clear();

 private:
  Result<void> move_to(const Oid& target);

  Repo& repo_;
  RefName ref_;
  Oid at_;              ///< where the ref is, as far as is known
  bool asked_ = false;  ///< at_ was read
  std::vector<Oid> held_;
};

/// Lets go what worktrees held whose entry is not in the repository any more.
Result<void> unpin_gone(Repo& repo);

}  // namespace gf::git
