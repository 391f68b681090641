// Preparing a repository: what init writes, what trust vouches for.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gate/gate.h"
#include "gate/project.h"
#include "session/context.h"
#include "store/store.h"

namespace gf::setup {

/// A gate that was found and is not proposed, and why.
struct LeftOut {
  gate::Gate gate;
  std::string reason;
};

/// What `init` found and would do.
struct Preparation {
  session::Base base;
  std::vector<gate::Project> projects;
  std::vector<gate::Gate> gates;
  std::map<std::string, std::string>
      tried;                       ///< by gate: what it said of the base; empty: not asked
  std::vector<LeftOut> left_out;   ///< of try_gates()
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
/// Tries each gate on the base, in a worktree of ours: what does not work there is left out of
/// what is proposed, `found.file` included. Red is an answer, and so is one that takes longer than
/// two minutes. An Error (and `found` as it was) when no gate could be tried: there is no
/// environment. `say` is told what takes time.
Result<void> try_gates(session::Context& context, Preparation& found,
                       const std::function<void(const std::string&)>& say);
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
/// Of the content that `name` names: its id, or a commit that has it. An Error (kUser) where there
/// is none of that name.
Result<Claims> claims_named(session::Context& context, const std::string& name);
Result<void> trust(session::Context& context, const Oid& blob);

}  // namespace gf::setup
