// The gates tried on the base, as the next run would try them; no run comes on record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/gate.h"
#include "session/config.h"
#include "session/context.h"

namespace gf::line {

/// What the gates said of the base.
struct Trial {
  std::vector<record::GateOutcome> outcomes;  ///< of every gate that a run would hold a change to
  /// What a run would warn of, in its words: a gate that is red, flaky, or that it goes without.
  std::vector<std::string> warnings;
  /// Why no run could begin, in the words of the run; nothing: one could.
  std::optional<Error> refused;
};

/// Takes a worktree of the pool, prepares the environment, runs each gate of `base` there and gives
/// the worktree back, all by the code of a run, so that neither can know better. Of several
/// projects all are tried. What came out is remembered as a run's outcomes are: the run that
/// follows does not ask again. As long as the gates take; an Error only when it was cancelled.
Result<Trial> try_on_base(session::Context& context, const session::Config& config,
                          const session::Base& base);

}  // namespace gf::line
