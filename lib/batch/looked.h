// What an engine says of jobs that it was asked about.
#pragma once

#include <set>
#include <string>

namespace gf::batch {

/// What is in neither set is gone.
struct Looked {
  std::set<std::string> alive;    ///< wait or run, and are of this batch
  std::set<std::string> unknown;  ///< where they are could not be asked
  std::string why;                ///< of those, one line
};

}  // namespace gf::batch
