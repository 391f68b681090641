// What comes after a call that gave no answer: pure rules (INTEGRATIONS A.6).
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/provider.h"

namespace gf::line {

/// How often one provider was asked for one answer.
struct Tries {
  int waited = 0;   ///< repeats after a failure that may pass
  int at_once = 0;  ///< repeats without what the service did not take
};

struct Patience {
  int retries = 0;
  Milliseconds longest_wait{60000};
  bool another = false;  ///< is there another provider to go to?
};

/// The wait before the same provider is asked again; empty: it is not. A delay that the service
/// names is kept, with a little on top so that many do not come back at once; one over the ceiling
/// is not waited for. `random` is any number.
std::optional<Milliseconds> wait_before(const model::Reply& reply, const Tries& tries,
                                        const Patience& patience, uint32_t random);

/// The request with what older tool calls brought cut to a few lines: for a conversation that has
/// grown over a model's context. Empty when there is nothing to cut.
std::optional<record::ModelRequest> shrunk(const record::ModelRequest& request);

}  // namespace gf::line
