// The gates again, on a tree that nobody has gated yet.
#pragma once

#include "engine/context.h"

namespace gf::engine {

/// Runs every configured gate on the tree of `commit`, in a worktree of ours; true: all are green.
/// Which gates is the main branch's say (`policy`, zero: there is none), not the commit's own. An
/// Error when they cannot be run: a bare repository, a .gitfactory that is not trusted, no gates.
/// `run` names who has the worktree.
Result<bool> gates_green(Context& context, const Oid& policy, const Oid& commit, const RunId& run);

}  // namespace gf::engine
