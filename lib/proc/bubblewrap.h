// The sandbox for programs that have none of their own: what bubblewrap is told, in one place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "proc/process.h"

namespace gf::proc {

struct View;

/// What is different inside for one program. All of the machine's files are there to be read and
/// none to be written; /tmp is empty and lost at the end; processes outside are not seen. The
/// network is the user's. Absolute paths; a later one stands over an earlier one.
struct Confinement {
  std::vector<std::string> readable;  ///< also those below /tmp, which are hidden else
  std::vector<std::string> writable;  ///< these folders and what is in them
  std::string directory = "/";        ///< where the program begins
  std::string program_folder;  ///< where the program is found, else hidden if it is below /tmp; may
                               ///< be empty
};

/// The argument list that runs `argv` so; its first word is looked up in PATH as any other's.
std::vector<std::string> confined(const Confinement& confinement,
                                  const std::vector<std::string>& argv);

/// What bubblewrap is told for a view: its own words, up to the program's. `home` and `temporary`
/// are folders that stand for HOME and /tmp; `cache`, which may be empty, for ~/.cache.
struct Hold {
  const View& view;
  std::string home, temporary, cache;
  std::vector<std::string> kept;  ///< files that are not written though what is around them is
  std::string directory;
  bool own_network = true;
  bool filtered = true;  ///< a filter of system calls is on descriptor 3
};
std::vector<std::string> words_for(const Hold& hold);

/// Why nothing can be confined here, in bubblewrap's own words; nothing when it works. That
/// bubblewrap is installed says little: containers and some kernels forbid it. So a program is run,
/// with the list above. Takes milliseconds, 10 s at most.
std::optional<std::string> against_confinement(const Environment& environment,
                                               const Cancel& cancel);

}  // namespace gf::proc
