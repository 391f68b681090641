// A change put onto another base, without a work tree.
#pragma once

#include <string>
#include <vector>

#include "git/repo.h"

namespace gf::git {

struct Merged {
  Oid tree;                            ///< zero where it does not go by itself
  std::vector<std::string> conflicts;  ///< paths, in order; empty: it went
};

/// What lies between the trees `base` and `change`, done to the tree `onto`. By the rules of
/// Repo::unlike_merge(), which finds nothing to say about the result: renames are not followed,
/// attributes and drivers not asked, so that every replay and every verifier comes to the same
/// tree. Writes objects and nothing else; costs in proportion to what differs.
Result<Merged> put_onto(Repo& repo, const Oid& base, const Oid& change, const Oid& onto);

}  // namespace gf::git
