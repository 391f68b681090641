// Where a run's pull requests live, asked for with what a session knows.
#pragma once

#include "forge/forge.h"
#include "session/config.h"

namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::line {

/// `context` must outlive the forge that is made of it. Waits are told to `say`.
forge::Place forge_place(session::Context& context, const Settings& settings,
                         const std::optional<std::string>& remote,
                         std::function<void(const std::string&)> say = {});

/// The repository's forge, for who asks for it without a run.
struct ForgeHere {
  session::Config config;             ///< with the tracked file, where that is trusted
  std::optional<std::string> remote;  ///< empty: there is none
  std::unique_ptr<forge::Forge> forge;
};
/// `context` must outlive it. See forge::choose_forge().
Result<ForgeHere> forge_here(session::Context& context,
                             std::function<void(const std::string&)> say = {});

}  // namespace gf::line
