// What each kind of work done for a run may see, write, reach and be told: one row a kind.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "proc/sandbox.h"

namespace gf::proc {

enum class Work {
  kGate,    ///< a gate, a fixer, a hook: the repository's code at work
  kProbe,   ///< what asks a tool or an interpreter what it is and has
  kBuild,   ///< what compiles or installs the project itself
  kUnpack,  ///< what lays packages out that the user has fetched before, and runs none of them
  kFetch,   ///< what fetches packages, and runs the installers that come with them
  kCoder,   ///< a coding program that answers for a model, in a copy of the worktree
};
inline constexpr std::array kAllWork = {Work::kGate,   Work::kProbe, Work::kBuild,
                                        Work::kUnpack, Work::kFetch, Work::kCoder};

/// Whose folders of fetched packages are written.
enum class Caches {
  kNone,
  kOurs,   ///< of this repository alone; the user's are not even seen
  kUsers,  ///< the user's: only where no code of the repository or of a package is run
};

/// One row. What no row gives is not given: keys of models and of clouds, agents, sockets.
struct Rights {
  Work work;
  std::string_view name;  ///< "gate"; for doctor and messages
  Network network;        ///< the most that it may be given
  Caches caches;
  bool configuration;  ///< how the user has told package clients where packages are
  bool compilers;      ///< variables: CC, CFLAGS, CMAKE_PREFIX_PATH and the like
  bool indexes;        ///< variables: PIP_INDEX_URL, GOPROXY, proxies, certificates
  bool ssh_agent;      ///< the user's, where the sandbox lends it, and which servers are known
};
const Rights& rights_of(Work work);

/// The variables that `work` is given of the user's: PATH and its like (clean_environment), where
/// toolchains are, what the row adds, and what `more` names. What leads a client to a cache of the
/// user's is left out, unless the row writes there.
Environment variables_for(Work work, const Environment& users,
                          const std::vector<std::string>& more = {});

/// What work is done on. Absolute paths; those that are not there are left out.
struct Workplace {
  std::vector<std::string> readable, writable;
  /// The folder of our own caches, made where it is missing; empty: there is none.
  std::string caches = {};
};
/// The policy of the row: with its network, which the caller may narrow.
Policy policy_for(Work work, const Environment& users, const Workplace& place);
/// The rest of it, where `sandbox` lends the agent of ssh: the socket and what ssh knows of
/// servers, none of its keys.
void lend_agent(Work work, const Sandbox& sandbox, const Environment& users, Policy& policy);
/// Variables that keep package clients to our caches; for who sets them over variables_for().
Environment our_caches(const std::string& caches);

/// Does the variable name folders or files (a list with colons) that its reader has to see?
bool names_places(std::string_view variable);

}  // namespace gf::proc
