// Preparing a repository: what init writes, what trust vouches for.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"
#include "session/context.h"
#include "store/store.h"

namespace gf::setup {

/// What `init` found and would do.
struct Preparation {
  session::Base base;
  std::vector<gate::Gate> gates;
  std::vector<std::string> notes;  ///< what could not be read in search of gates
  std::string changelog;           ///< why, for people
  std::string forge;               ///< what factory.forge would be
  std::string forge_why;           ///< for people
  std::string python;
  std::optional<std::string> remote;
  std::string file;                   ///< text of .gitfactory
  bool file_exists = false;           ///< then it is left as it is
  bool file_trusted = false;          ///< the one that exists
  std::vector<std::string> refspecs;  ///< that the remote's fetch lacks
  std::vector<std::string> leftover;  ///< ours, of a wider share than is wanted now
  store::Share share = store::Share::kFull;
};

/// `share`: absent: what is configured, else full. Changes nothing.
Result<Preparation> look(session::Context& context, std::optional<store::Share> share);
/// Writes .gitfactory (never over one that is there) and trusts what it wrote, sets refspecs and
/// share. Again is safe.
Result<void> prepare(session::Context& context, const Preparation& preparation);

/// What a tracked .gitfactory would have run or contacted, one line each.
struct Claims {
  Oid blob;
  bool trusted = false;
  std::vector<std::string> lines;
  std::string text;
  /// What an earlier content was trusted with, where that is still here: its id, and what of
  /// `lines` is new and what is gone since.
  std::optional<Oid> before;
  std::vector<std::string> added, removed;
};
/// Of the work tree's file when there is one, else of the base's. Empty: there is none.
Result<std::optional<Claims>> tracked_claims(session::Context& context);
Result<void> trust(session::Context& context, const Oid& blob);

}  // namespace gf::setup
