// What the commands at the door share: help, hooks, what calls them, who installs them, what a run
// needs.
#pragma once

#include <string>

#include "command.h"

namespace gf::cmd {

Run bind_hook(Arguments& arguments);
Run bind_hooks(Arguments& arguments);
Run bind_doctor(Arguments& arguments);
Run bind_env(Arguments& arguments);
Run bind_gc(Arguments& arguments);

/// `git factory verify --push` on a hook's input, told on standard error; a remote is named on the
/// client's side alone.
Result<int> verify_push(const std::string& lines, const std::string& remote,
                        const Console& console);

/// Shows what is not trusted yet, the content `file` of a .gitfactory or the one here, and asks as
/// 'git factory trust' does; kYes: it is trusted now.
Result<int> ask_trust(const std::optional<Oid>& file, Console& console);

Run bind_help(Arguments& arguments);

/// Shows a manual page by `man`: of a command ("feature"), of a subject ("config"), of all
/// (empty). The pages lie beside our templates; where they do not, `man` has to know them.
Result<int> show_page(const std::string& topic, const Console& console);

/// The folder that this program lies in; empty where the system does not tell.
std::string program_folder();

}  // namespace gf::cmd
