// A commit about to be made, in a repository of its own: where a hook may do what it likes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "git/git_program.h"
#include "git/repo.h"

namespace gf::git {

/// The folder in which git looks for the hooks of this work tree, absolute: core.hooksPath where it
/// is set, else the repository's own. It need not be there.
Result<std::string> hooks_folder(const Repo& repo, const Program& git);

/// A hook as git sees it. git leaves out one that is not executable, and says so.
struct HookFile {
  std::string folder, path;  ///< absolute
  bool executable = false;
};
/// The hook of this name; nothing when there is no such file.
Result<std::optional<HookFile>> find_hook(const Repo& repo, const Program& git,
                                          const std::string& name);

/// A tree that lies in a worktree, staged on a commit, in a private repository over the objects of
/// the real one. What a hook does to branches, stash, index, objects and configuration stays there
/// and goes with the folder; the worktree's files are the real ones.
///
/// Hooks see what `git commit` shows them: HEAD names the branch, the index holds the tree,
/// GIT_DIR, GIT_INDEX_FILE, GIT_EDITOR and the author are set; branches, tags, remotes and
/// configuration are those of the real repository.
class Staging {
 public:
  struct Order {
    std::string folder;    ///< made here; outside of the worktree, the caller's to remove
    std::string worktree;  ///< absolute; holds `tree`
    Oid head, tree;        ///< the commit it is staged on; what is staged
    RefName branch;        ///< what HEAD names, at `head`
    std::string hooks;     ///< core.hooksPath
  };
  /// Costs what changed where the worktree's own index is at hand, else a look at each file.
  static Result<Staging> make(const Repo& repo, const Program& git, const Order& order);

  /// Over what a hook sees anyway.
  [[nodiscard]] const std::map<std::string, std::string>& variables() const { return variables_; }
  /// Paths that are in the tree and not in the commit, or otherwise there.
  [[nodiscard]] const std::vector<std::string>& staged() const { return staged_; }
  /// Paths of the worktree that are not as they were staged any more, and new ones that git does
  /// not ignore.
  Result<std::vector<std::string>> modified() const;

 private:
  Staging(Program git, std::string folder, std::string worktree);
  Result<std::string> here(std::vector<std::string> arguments, const std::string& input = {},
                           const char* index = "index") const;
  Result<void> lay_repository(const Repo& repo, const Program& git, const Order& order) const;
  Result<void> stage(const Order& order);
  Result<std::vector<std::string>> unknown_files() const;

  Program git_;  ///< in the worktree
  std::string folder_, worktree_;
  std::map<std::string, std::string> variables_;
  std::vector<std::string> staged_, unknown_;
};

}  // namespace gf::git
