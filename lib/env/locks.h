// Lock files that a change of manifests leaves behind, and how their own tools bring them up to
// date.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/environment.h"
#include "base/result.h"
#include "base/settings.h"
#include "record/facts.h"

namespace gf::proc {
class Sandbox;
}  // namespace gf::proc

namespace gf::env {

/// A lock file that a change concerns.
struct LockFile {
  std::string path;      ///< in the tree; go.sum may not be there yet
  std::string folder;    ///< where its tool is started: its own; empty: the root
  std::string manifest;  ///< the first changed path that it locks
};

/// Those of `tree` that lock one of the `changed` manifests: of each kind the nearest, in the
/// manifest's folder or further up. Pure.
std::vector<LockFile> locks_concerned(const record::TreeFacts& tree,
                                      const std::vector<std::string>& changed);

/// Does npm's lock say of a manifest's dependencies what the manifest says? `package`: the
/// manifest's folder seen from the lock's ("", "packages/low"). Pure.
bool npm_lock_agrees(const std::string& lock, const std::string& manifest,
                     const std::string& package);

/// What relocking takes. Everything pointed to must outlive the call.
struct Relocking {
  const record::TreeFacts& before;  ///< the run's base
  const record::TreeFacts& tree;    ///< lies in `slot`
  std::string slot;
  const Settings& settings;        ///< factory.install says whether an index may be asked
  const Environment& environment;  ///< the user's: where packages come from is configured there
  const Cancel& cancel;
  const proc::Sandbox* sandbox = nullptr;  ///< who holds the tools; null: nobody
  std::string common_dir = {};             ///< the repository's: whose caches held tools have
};

/// What became of one lock file.
struct Relocked {
  LockFile lock;
  std::string tool;                        ///< whose it is: "uv"
  std::map<std::string, std::string> now;  ///< texts of the files that the tool changed, by path
  std::string wrong;    ///< why it does not agree with its manifest; empty: it does
  std::string hint;     ///< what a person runs: "uv lock"
  bool is_sure = true;  ///< of `wrong`: else nobody could say whether it agrees
};

/// Asks each lock's own tool whether it agrees with its manifests, and where it does not, has it
/// brought up to date with as little change as the tool knows how to make. What the tools write is
/// in the slot afterwards, for the caller to take or to put back. An Error: it was cancelled.
Result<std::vector<Relocked>> relock(const Relocking& relocking,
                                     const std::vector<LockFile>& locks);

}  // namespace gf::env
