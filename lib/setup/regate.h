// The gates again, on a tree that nobody has gated yet.
#pragma once

#include <string>
#include <vector>

#include "session/context.h"
#include "record/gate.h"

namespace gf::setup {

struct Regated {
  std::vector<record::GateOutcome> outcomes;  ///< up to the first one that is not green
  std::string red;                            ///< which one, and why; empty: all are green
};

/// Runs every configured gate on the tree of `commit`, in a worktree of ours, up to a red one.
/// Which gates is the main branch's say (`policy`, zero: there is none), not the commit's own. An
/// Error when they cannot be run: a bare repository, a .gitfactory that is not trusted, no gates.
/// `run` names who has the worktree.
Result<Regated> regate(session::Context& context, const Oid& policy, const Oid& commit, const RunId& run);

}  // namespace gf::setup
