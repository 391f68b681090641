// The user's pager and colours, as git chooses them.
#pragma once

#include <sys/types.h>

#include <utility>

#include "command.h"
#include "markdown.h"

namespace gf::cmd {

/// Shows standard output in the user's pager (GIT_PAGER, core.pager, PAGER, less) for as long as it
/// lives, when standard output is a terminal. `git --no-pager` and a pager of "cat" mean none.
class Pager {
 public:
  Pager(const session::Context& context, const Console& console);
  /// Waits until the user has left it.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

 private:
  pid_t child_ = -1;
};

/// Runs a program that has the terminal to itself until it ends; its exit status, or nothing where
/// it is not installed.
std::optional<int> run_in_front(const std::vector<std::string>& words);

/// Whether to colour standard output: `choice` is --color's (always, never, auto), empty asks
/// color.factory and color.ui. Ask before a Pager is made, which takes the terminal's place.
Result<bool> wants_colour(const session::Context& context, const std::string& choice);

/// The same of what is drawn on standard error: by color.factory, color.ui and NO_COLOR.
bool messages_in_colour(const Console& console);

/// Columns and rows of the terminal behind a descriptor; 80 and 24 where it does not tell.
std::pair<size_t, size_t> terminal_size(int descriptor);
/// Columns of the terminal behind a descriptor; 80 where it does not tell.
size_t terminal_columns(int descriptor);

/// How prose is shown on standard output; nothing when that is no terminal, and what is written
/// stays as it is. Ask before a Pager is made.
Result<std::optional<Look>> look_of_output(const session::Context& context);

}  // namespace gf::cmd
