// Runs by the names that people give on the command line.
#pragma once

#include <string>
#include <vector>

#include "store/store.h"

namespace gf::cmd {

/// The run of that name, by whatever Store::find() takes; an Error (kUser) where there is none.
Result<RunId> run_named(const store::Store& store, const std::string& name);
/// The same for each of them, in their order; the first that is none is the Error.
Result<std::vector<RunId>> runs_named(const store::Store& store,
                                      const std::vector<std::string>& names);

}  // namespace gf::cmd
