// Files between a worktree's disk and blobs, converted as git converts them.
#pragma once

#include <string>
#include <vector>

#include "git/disk.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "git/slot.h"

namespace gf::git {

/// Most files are bytes on both sides and are moved by this process. Those with an attribute that
/// converts (line ends, encodings, filters such as LFS), very big ones and those whose blob is not
/// here yet (a partial clone) go through the git program, a few processes for all of them.
///
/// Attributes are those on disk, never those of the worktree's index: that stays at the base.
class WorktreeFiles {
 public:
  /// All three must outlive this object.
  WorktreeFiles(Repo& repo, const Program& git, const Slot& slot)
      : repo_(repo), git_(git), slot_(slot), disk_(slot.path()) {}

  /// Stores what is on disk at these paths, as `git add` would; the id is zero where there is no
  /// file or link.
  Result<std::vector<PathChange>> store(const std::vector<std::string>& paths);
  /// Puts these on disk; a zero id removes. A submodule becomes an empty folder.
  Result<void> put(const std::vector<PathChange>& changes);

 private:
  /// For each path, whether git would convert its content.
  Result<std::vector<bool>> converted(const std::vector<std::string>& paths);
  /// Whether a file that sets attributes could speak of one of them.
  Result<bool> any_attributes(const std::vector<std::string>& paths) const;
  Result<void> ask_settings();
  Result<void> store_by_git(std::vector<PathChange*> changes);
  Result<void> put_by_git(const std::vector<PathChange>& changes);
  Result<void> put_one(const PathChange& change, bool converts, std::vector<PathChange>& for_git);
  [[nodiscard]] std::string index_path() const;

  Repo& repo_;
  const Program& git_;
  const Slot& slot_;
  Disk disk_;
  bool asked_settings_ = false;
  bool setting_converts_ = false;  ///< core.autocrlf: every file may be converted
  bool far_attributes_ = false;    ///< a file outside the worktree sets attributes
};

}  // namespace gf::git
