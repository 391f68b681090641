// How far two commits lie apart.
#pragma once

#include <cstddef>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "git/repo.h"

namespace gf::git {

/// How many commits only `here` has, and how many only `there` has, as
/// `git rev-list --count --left-right here...there` counts them, but by this process. An Error
/// where the history is cut off (a shallow clone): only git can count there.
Result<std::pair<size_t, size_t>> apart(const Repo& repo, const Oid& here, const Oid& there);

}  // namespace gf::git
