// Where packages would be imported from, without importing them.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/environment.h"
#include "base/result.h"
#include "env/holding.h"

namespace gf::env {

/// A name and the file or folder it is imported from, links resolved; empty: it cannot be found.
struct Origin {
  std::string name, path;
};

/// Asks the finders of `python`, as a process would that is started there by a test. Finders that
/// build when they are asked stand in environments of ours only.
Result<std::vector<Origin>> origins_of(const std::vector<std::string>& names,
                                       const std::string& python, const Environment& environment,
                                       const Cancel& cancel, const Holding& holding = {});

}  // namespace gf::env
