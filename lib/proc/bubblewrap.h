// What bubblewrap is told, in one place.
#pragma once

#include <string>
#include <vector>

namespace gf::proc {

struct View;

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

}  // namespace gf::proc
