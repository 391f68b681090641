// Where two texts differ, by lines.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gf {

/// Lines [old_first, old_last) of one text that are [new_first, new_last) of another; either may be
/// none.
struct LineHunk {
  size_t old_first = 0, old_last = 0, new_first = 0, new_last = 0;
};

/// The places where `now` is not `before`, in their order, with as few lines as can be. Of texts
/// whose difference is too large to be looked at so it is one place.
std::vector<LineHunk> line_hunks(const std::vector<std::string>& before,
                                 const std::vector<std::string>& now);

}  // namespace gf
