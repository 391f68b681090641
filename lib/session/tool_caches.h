// What tools keep of a worktree (mypy, Go, cargo and their like), and who may have written it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace gf::git {
class Repo;
}  // namespace gf::git

namespace gf::session {

/// The folder of one worktree's caches, for one run: code of a change writes there, and what it
/// wrote is believed by no other run.
///
/// The folder's path stays from run to run, for CMake, cargo and their like keep it in what they
/// build. A note beside it, where no gate can write, says whose it is and what has written there. A
/// run that finds another run's begins with a copy of the seed, which is what programs on a base
/// left before any change was there; without a seed of a commit that its own base stands on, with
/// nothing. A process that is killed between two steps leaves a note that nobody believes.
///
/// Whoever has the worktree is alone with its folder; seeds are read by others meanwhile.
class ToolCaches {
 public:
  struct Owner {
    std::string run;      ///< its id
    Oid base, base_tree;  ///< where it started; zero: whatever it runs is a change
  };
  /// `parent` holds the caches of all worktrees of `repo`, which must outlive this.
  ToolCaches(const git::Repo& repo, std::string parent, std::string worktree, Owner owner);

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Gates of a folder of the worktree keep theirs here: to a tool, files of two folders may look
  /// alike.
  [[nodiscard]] std::string folder_for(const std::string& folder) const;

  /// Before a program is started that may write there, with the files of `tree` before it (zero: of
  /// none that has a name). The first time it makes the folder the run's; before the first program
  /// on a change it leaves the seed. An Error: what another run left cannot be taken away.
  Result<void> use(const Oid& tree);
  /// Empties the folder, and takes the seed away: a tool trips over what it kept. Best effort.
  void forget();

 private:
  Result<void> take();
  Result<void> replace();
  [[nodiscard]] bool stands_on(const Oid& base) const;
  [[nodiscard]] Result<void> note(const std::string& run, const std::string& holds) const;
  void leave_seed() const;
  bool copy_seed(const std::string& seed, bool of_this_worktree) const;
  void begin_from_seed() const;
  void drop_links() const;

  const git::Repo& repo_;
  std::string parent_, worktree_;
  Owner owner_;
  std::string folder_, seed_;
  std::string holds_;  ///< as in the note; empty: the folder was not looked at
};

/// Caches and seed of a worktree that is gone.
struct LostCaches {
  std::string folder;
  uint64_t size_bytes = 0;
};
/// Removes caches in `parent` whose worktree is not there any more, or is one of `gone`; of caches
/// without a note nothing is known, and they stay. `dry_run`: only says which.
std::vector<LostCaches> sweep_tool_caches(const std::string& parent,
                                          const std::set<std::string>& gone, bool dry_run);

}  // namespace gf::session
