// Where a run's pull requests live, asked for with what a session knows.
#pragma once

#include "forge/forge.h"

namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::line {

/// `context` must outlive the forge that is made of it. Waits are told to `say`.
forge::Place forge_place(session::Context& context, const Settings& settings,
                         const std::optional<std::string>& remote,
                         std::function<void(const std::string&)> say = {});

}  // namespace gf::line
