// The last look at what a gate imported: code of the user's checkout must not be among it.
#pragma once

#include <string>

#include "base/result.h"
#include "env/moves.h"

namespace gf::env {

/// Has every Python process of the overlay `folder` write down, when it ends, which files below a
/// moved folder it has imported. A process that ends without ado (os._exit, a signal) tells
/// nothing.
Result<void> write_guard(const Moves& moves, const std::string& folder, const std::string& site);

/// What was written down since forget_strays: "1 process imported 3 files of your checkout (first:
/// src/a.py)"; empty: nothing.
std::string strays_text(const std::string& folder);
void forget_strays(const std::string& folder);

}  // namespace gf::env
