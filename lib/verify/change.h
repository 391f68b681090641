// Is a commit's change the approved one? For this room's .cc files.
#pragma once

#include <variant>

#include "verify/evidence.h"

namespace gf::verify {

/// A commit with what it stands on. `cut`: a parent is not here.
struct Change {
  git::CommitInfo commit;
  std::vector<git::CommitInfo> parents;  ///< those that are here, in order
  bool cut = false;
  bool shallow = false;  ///< this clone's history ends here on purpose

  [[nodiscard]] Oid tree_before() const { return parents.empty() ? Oid() : parents[0].tree; }
};

struct Fit {
  Reason reason = Reason::kExact;
  std::string text;
};
using Fitted = std::variant<Fit, Refusal>;

/// A commit with at most one parent against what a run approved: the same tree on the same base, or
/// the same change on another: then merging it there by itself has to give this very tree, and the
/// lines around it have to be those that were reviewed (patch id).
Result<Fitted> fit(const git::Repo& repo, const Change& change, const Approval& approval);

/// A merge is what its parents give by themselves.
Result<Fitted> fit_merge(const git::Repo& repo, const git::Program& git, const Change& change);

}  // namespace gf::verify
