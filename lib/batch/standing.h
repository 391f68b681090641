// How far a batch has come, by the record alone.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "batch/orders.h"
#include "batch/schedule.h"
#include "store/store.h"

namespace gf::batch {

/// The newest run of each slug that carries the batch's name, active ones among them.
Result<std::map<std::string, store::Summary>> runs_of(const store::Store& store,
                                                      const Orders& orders);
/// The run that a process of `slug` had: `named` by its id, or, when it had not come to telling,
/// the one that can go on. Nothing: it had none.
Result<std::optional<store::Summary>> run_of(const store::Store& store, const Orders& orders,
                                             const std::string& slug, const RunId& named);

/// Requests by their place in the list.
struct Standing {
  Schedule schedule;  ///< nothing runs; what can go on waits to be taken like what has not begun
  std::map<size_t, store::Summary> runs;  ///< what came of those that have begun
};
Result<Standing> standing_of(const store::Store& store, const Orders& orders);

/// What a run that has ended is to the schedule.
State state_of(const store::Summary& run);
/// Why it was not delivered, on one line; empty when it was.
std::string why_of(const store::Summary& run);

}  // namespace gf::batch
