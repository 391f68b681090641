// The words with which a run of a batch is started as a process of its own. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "batch/orders.h"

namespace gf::batch {

struct Command {
  std::vector<std::string> words;  ///< behind the program's name
  std::string input;               ///< for its standard input
};

/// Begins the run of an entry; `on` is the branch of what it comes after, when there is one.
Command begin_command(const Orders& orders, const Entry& entry,
                      const std::optional<std::string>& on);
/// Goes on with a run.
Command resume_command(const Orders& orders, const RunId& run);

}  // namespace gf::batch
