// How the programs of this room are held: what looks, what installs, what builds. For this room's
// files; which kind of work has which rights is proc/work.h's.
#pragma once

#include <string>
#include <vector>

#include "base/environment.h"
#include "proc/sandbox.h"
#include "proc/work.h"

namespace gf::env {

struct Checkout;
struct Interpreter;
struct Ready;
struct Site;

/// Who holds a program, and how; without a sandbox the policy is nobody's.
struct Holding {
  const proc::Sandbox* sandbox = nullptr;
  proc::Policy policy = {};
  [[nodiscard]] bool holds() const { return sandbox != nullptr && sandbox->holds(); }
};

/// Our own caches of package clients, one for each repository: what the installers of one have left
/// there is nothing that another believes. Empty where there is no cache folder.
std::string caches_for(const Environment& environment, const Checkout& checkout);

/// Reads the user's checkout, writes nothing, reaches nobody. `program`: the interpreter that is
/// asked, which reads what the path files of its environment name; may be empty.
Holding looking(const proc::Sandbox* sandbox, const Checkout& checkout,
                const Environment& environment, const std::string& program);
/// Reads the slot and its environment.
Holding reading(const proc::Sandbox* sandbox, const Ready& ready, const std::string& slot);

/// Is there a network? A kind of work that has one may go without it first.
enum class Reach { kAll, kOffline };
/// A step of making something: kBuild, kUnpack or kFetch. Folders that are written are made where
/// they are missing.
Holding making(proc::Work work, Reach reach, const proc::Sandbox* sandbox,
               const Environment& environment, const proc::Workplace& place);
/// The variables of such a step: the user's own where nobody holds it.
Environment variables_of(proc::Work work, const proc::Sandbox* sandbox,
                         const Environment& environment, const std::string& caches);
/// Who builds the project of a slot into its overlay.
struct Builder {
  const Ready& ready;
  std::string slot;
  const Environment& environment;              ///< the user's
  const std::vector<std::string>& repository;  ///< more that is read
};
/// kBuild, or kFetch where what it is built with is fetched too.
Holding building(proc::Work work, const Builder& builder);
Environment variables_of(proc::Work work, const Builder& builder);

/// Folders that an interpreter and its packages lie in, and those that its path files name.
std::vector<std::string> read_by(const Interpreter& interpreter, const std::vector<Site>& sites);

}  // namespace gf::env
