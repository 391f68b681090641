// What a partial clone left with its remote: fetched together, before this process reads it.
#pragma once

#include <cstddef>

#include "base/ids.h"
#include "base/result.h"
#include "git/git_program.h"

namespace gf::git {

/// Fetches the objects of this commit's tree that the clone left with its remote
/// (`git clone --filter`), all files of a tree at once, and says how many there were. libgit2 asks
/// no remote, and git by itself asks once for each that it meets. Nothing is forced, no ref moves;
/// what was fetched stays, as git keeps it. Blocks on the network.
///
/// An Error where they cannot be had: the remote does not answer, or no longer has them.
Result<size_t> fetch_promised(const Program& git, const Oid& commit);

}  // namespace gf::git
