// What git factory has laid down on this machine for a repository, and what of it can go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/json.h"
#include "session/context.h"

namespace gf::upkeep {

/// One thing that was looked at.
struct Item {
  std::string kind;  ///< worktree, environment, outcome, lock, pause, batch, job, run
  std::string name;  ///< a path, or the name of a batch or a run
  bool removed = false;
  std::string why;  ///< why it stayed, or why it could go
  uint64_t size_bytes = 0;
};

struct GcWish {
  int days = 14;         ///< what was used since stays
  bool dry_run = false;  ///< only say what would be done
};

/// Takes away what can be made again and was not used for some time: free worktrees of the pool,
/// environments whose worktree is gone, outcomes of gates, locks that nobody holds, pauses that are
/// over, orders of batches that have nothing left to do, and clones that jobs left. What a running
/// process has stays, and so does every object that a ref does not lead to: a worktree in which
/// something was committed by hand, a run that can go on, a pool whose repository cannot be found.
/// The record is never touched.
Result<std::vector<Item>> collect_garbage(session::Context& context, const GcWish& wish);

/// For people: what went, what stayed and why. Safe for a terminal.
std::string to_text(const std::vector<Item>& items, bool dry_run);
record::Json to_json(const std::vector<Item>& items);

}  // namespace gf::upkeep
