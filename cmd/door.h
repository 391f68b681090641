// What the commands at the door share: hooks, what calls them, and who installs them.
#pragma once

#include <string>

#include "command.h"

namespace gf::cmd {

Run bind_hook(CLI::App& app);
Run bind_hooks(CLI::App& app);
Run bind_doctor(CLI::App& app);

/// `git factory verify --push` on a hook's input, told on standard error; a remote is named on the
/// client's side alone.
Result<int> verify_push(const std::string& lines, const std::string& remote,
                        const Console& console);

/// The folder that this program lies in; empty where the system does not tell.
std::string program_folder();

}  // namespace gf::cmd
