// The folder in which this repository's worktrees are pooled.
#pragma once

#include <string>

#include "git/repo.h"

namespace gf::git {

/// Makes the folder when it is missing, for its owner alone, and gives its path without symbolic
/// links. An Error when it lies inside the repository or belongs to somebody else.
Result<std::string> open_pool(const Repo& repo, const std::string& pool_dir);

}  // namespace gf::git
