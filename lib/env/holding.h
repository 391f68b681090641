// How the programs of this room are held: what looks, what installs, what builds. For this room's
// files.
#pragma once

#include <string>
#include <vector>

#include "base/environment.h"
#include "proc/sandbox.h"

namespace gf::env {

struct Checkout;
struct Interpreter;
struct Ready;
struct Site;

/// Who holds a program, and how; without a sandbox the policy is nobody's.
struct Holding {
  const proc::Sandbox* sandbox = nullptr;
  proc::Policy policy = {};
};

/// Reads the user's checkout, writes nothing, reaches nobody. `program`: the interpreter that is
/// asked, which reads what the path files of its environment name; may be empty.
Holding looking(const proc::Sandbox* sandbox, const Checkout& checkout,
                const Environment& environment, const std::string& program);
/// Reads the slot and its environment.
Holding reading(const proc::Sandbox* sandbox, const Ready& ready, const std::string& slot);
/// The one step with a network: packages are fetched, and their own installers run. It writes
/// `folders` and the managers' caches, and reads how the user has configured the managers, keys of
/// registries included; nothing else of the home. `offline`: without the network.
Holding installing(const proc::Sandbox* sandbox, const std::vector<std::string>& readable,
                   const std::vector<std::string>& folders, const Environment& environment,
                   bool offline);
/// Builds the project of the slot into its overlay; the network is the caller's to give.
Holding building(const Ready& ready, const std::string& slot, const Environment& environment);

/// Folders that an interpreter and its packages lie in, and those that its path files name.
std::vector<std::string> read_by(const Interpreter& interpreter, const std::vector<Site>& sites);

}  // namespace gf::env
