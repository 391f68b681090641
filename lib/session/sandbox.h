// Who holds the repository's code in this clone: factory.sandbox, decided once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/settings.h"
#include "proc/sandbox.h"

namespace gf::session {

class Context;

inline constexpr const char* kSandboxKey = "factory.sandbox";
inline constexpr const char* kSandboxAsItComes = "auto";  ///< where nobody sets it

/// The sandbox, and what the user adds to what it shows and lets be written.
struct Holder {
  proc::Sandbox sandbox = proc::Sandbox::none();
  std::vector<std::string> readable;  ///< factory.sandboxReadable
  std::vector<std::string> writable;  ///< factory.sandboxWritable
  bool fetches = true;  ///< factory.install is online: what is missing may be installed
  /// The repository itself, which the worktree's git reads: its folder and where it borrows from.
  std::vector<std::string> repository;
};

/// Chosen and tried when it is first asked for; the same afterwards. An Error (kConfiguration)
/// where nothing holds and nobody said `none`.
Result<std::shared_ptr<const Holder>> holder_of(Context& context, const Settings& settings);

/// "bubblewrap, no network; processes bound by cgroup", and what could not be given; one line.
std::string to_text(const Holder& holder);

}  // namespace gf::session
