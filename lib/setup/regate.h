// The gates again, on a tree that nobody has gated yet.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "record/gate.h"
#include "session/context.h"
#include "verify/hook_input.h"
#include "verify/verify.h"

namespace gf::setup {

struct Regated {
  std::vector<record::GateOutcome> outcomes;  ///< up to the first one that is not green
  std::string red;                            ///< which one, and why; empty: all are green
};

/// Runs every configured gate on the tree of `commit`, in a worktree of ours, up to a red one.
/// Which gates is the main branch's say (`policy`, zero: there is none), not the commit's own. An
/// Error when they cannot be run: a bare repository, a .gitfactory that is not trusted, no gates.
/// `run` names who has the worktree.
Result<Regated> regate(session::Context& context, const Oid& policy, const Oid& commit,
                       const RunId& run);

/// The same as verify asks for it (verify::Regate): a green answer is kept for others, unless this
/// call's own options name the gates. Empty where nothing is run: in a repository without a work
/// tree, and while it receives a push; others made that, and nobody looked at it yet. `target` says
/// which gates. `say` gets lines for the user; what is handed in must outlive the answer.
verify::Regate regater(const session::Setup& setup, const verify::Place& place,
                       const verify::Policy& policy, const Oid& target,
                       const std::function<void(const std::string&)>& say);

}  // namespace gf::setup
