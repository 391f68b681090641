// An environment over the user's own: its packages, and the run's code where those point at the
// user's checkout.
#pragma once

#include <string>
#include <vector>

#include "env/installed.h"
#include "env/interpreter.h"
#include "env/moves.h"

namespace gf::env {

/// What an overlay is made from.
struct Ground {
  Interpreter interpreter;
  std::vector<Site> sites;
  Moves moves;                              ///< from the checkouts to the slot
  std::string slot;                         ///< the run's worktree
  std::vector<std::string> roots;           ///< absolute: where packages of the slot lie
  std::vector<std::string> installed_anew;  ///< distributions that are not taken along
};

/// Distributions named `names` that were installed from a folder outside of `moves` come from
/// another clone: `moves` gets that folder too. `folders` are the projects', beside the names.
void move_other_clones(const std::vector<Site>& sites, const std::vector<std::string>& names,
                       const std::vector<std::string>& folders, const std::string& slot,
                       Moves& moves);

/// Changes whenever an overlay on this ground would be another one.
std::string overlay_key(const Ground& ground);

/// Makes a virtual environment in `folder`, which is removed first. Nothing else is written. An
/// Error (kEnvironment) when the folder cannot be written; half an overlay has no "key" file.
Result<void> make_overlay(const Ground& ground, const std::string& folder);

/// The environment's own folder of packages.
std::string site_of(const Ground& ground, const std::string& folder);

}  // namespace gf::env
