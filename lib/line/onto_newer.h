// The base that moved while a run was on: its approved change put onto the new tip, and tried
// there.
#pragma once

#include <optional>
#include <string>

#include "line/acts.h"

namespace gf::line {

/// What became of it.
struct Onto {
  session::Base base;  ///< the new tip
  Oid tree;            ///< the change on it; zero: it is not there, and `why` says why
  std::string why;     ///< one line
};

/// Asks where the base's branch is now. Nothing: it has not moved. Else the change is put onto the
/// new tip, where it goes by itself, and the gates run there; when they have nothing to say,
/// bench, dossier and the run's record are on the new base, verdict included. A changelog entry
/// that only stands in another entry's way is written anew. A run that goes on, or is replayed,
/// goes by what was seen then.
Result<std::optional<Onto>> follow_base(Parts& parts);

/// For the pull request's reader: what `onto` means for it. Pure.
std::string to_text(const Onto& onto, const record::RunRecord& run);

}  // namespace gf::line
