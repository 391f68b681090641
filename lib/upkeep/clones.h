// Clones that jobs of batches left on this machine (git factory batch --runner).
#pragma once

#include <vector>

#include "base/result.h"
#include "session/context.h"
#include "upkeep/gc.h"

namespace gf::upkeep {

/// Removes (or, with `dry_run`, names) those of this user that no job works in, that were made at
/// least `days` ago, and in which no run can go on: its answers were paid for and are nowhere else.
Result<std::vector<Item>> sweep_clones(const session::Setup& setup, int days, bool dry_run);

}  // namespace gf::upkeep
