// Environments of our own, one for each content of a lock file.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/environment.h"
#include "base/result.h"
#include "env/holding.h"
#include "env/recipe.h"

namespace gf::env {

enum class Network { kOnline, kOffline, kNever };

/// What making an environment takes.
struct Making {
  const Recipe& recipe;
  std::string python;              ///< the interpreter it is made from; empty: the tool finds one
  std::string version;             ///< of that interpreter
  std::string folder;              ///< holds the files that the recipe names: the slot
  const Environment& environment;  ///< the user's: where packages come from is configured there
  const Cancel& cancel;
  Network network = Network::kOnline;
  std::function<void(const std::string& line)> say;  ///< may be empty
  /// The lock file lags behind (lock_lags()): its tool brings it up to date for the environment.
  /// The file in `folder` is left as it was.
  bool relock = false;
  const proc::Sandbox* sandbox = nullptr;  ///< who holds the tools; null: nobody
  std::string caches = {};                 ///< our own of package clients (caches_for)
};

/// Does the recipe's tool say that its lock file is older than what it locks? Without the network.
Result<bool> lock_lags(const Making& making);

/// Where the environment is, or would be, that `making` gives.
Result<std::string> place_of(const Making& making);

/// The environment's interpreter. One that was made before is used again, also by other clones; two
/// that want the same one at once wait for each other. Without the network where that is enough. An
/// Error tells the tool's own words and the way out: kConfiguration where what is asked for does
/// not exist or does not go together, kEnvironment where nobody could be asked. Nothing half made
/// is ever used.
Result<std::string> make_environment(const Making& making);

/// Installs the project in `project` (a folder) into the builder's overlay, without its
/// dependencies: what is compiled or generated there.
Result<void> install_project(const std::string& project, const Builder& builder, Network network,
                             const Cancel& cancel);

/// One program to its end; nothing: it went well, else what it said.
Result<std::optional<std::string>> went_wrong(std::vector<std::string> argv,
                                              const std::string& folder,
                                              const Environment& environment, const Cancel& cancel,
                                              const Holding& holding = {});
/// The line that says what is wrong: the last one that speaks of an error, else the last one.
std::string telling_line(const std::string& output);

}  // namespace gf::env
