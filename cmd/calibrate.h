// git factory review --calibrate.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "command.h"

namespace gf::cmd {

struct CalibrateOptions {
  std::optional<size_t> cases;
  std::string budget;  ///< dollars, of all cases together; empty: none was given
  bool yes = false;    ///< spend it without being asked
  std::vector<std::string> models;
};

/// Tells what it would cost, asks where that is something, and then asks the reviewer.
Result<int> calibrate(const CalibrateOptions& options, const Console& console);

}  // namespace gf::cmd
