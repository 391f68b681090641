// When the gates of a run ran, put together from the stages' records and the trace.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "store/store.h"

namespace gf::analyst {

/// One time that a gate was asked. A record of a gate is one outcome for a tree; several attempts
/// may have used it.
struct GateTime {
  size_t gate = 0;              ///< index into Run::gates
  std::optional<size_t> stage;  ///< index into Run::stages; absent: on the base, before the first
  Timestamp start{};
  Milliseconds duration{0};  ///< of this asking: nothing when it was known
  bool known = false;        ///< answered from what was said before of the same tree
};

/// In the order of attempts, what ran on the base first. Never outside of the attempt that asked,
/// nor of the run. Where this clone has no trace, a gate's first asking took what its record tells,
/// one after the other from the attempt's start, and each later one was known.
std::vector<GateTime> gate_times(const store::Run& run);

/// When the run ended, as far as its records go; never before one of its attempts.
Timestamp end_of(const store::Run& run);

}  // namespace gf::analyst
