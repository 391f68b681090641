// Does source start programs, or reach out to a network?
#pragma once

#include <string>
#include <string_view>

namespace gf::gate {

/// What of a file's code does so first, and where (lines from 1). Empty: nothing does, as far as
/// its imports and calls tell; a word in a text or a comment is none.
struct Reach {
  std::string process, network;
  int process_line = 0, network_line = 0;
};
Reach reach_of(std::string_view path, std::string_view text);

}  // namespace gf::gate
