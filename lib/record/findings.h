// Findings of two trees, held against each other: which of them are new?
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/gate.h"

namespace gf::record {

/// One place of a file where lines were exchanged: `old_count` lines from `old_start` by
/// `new_count` lines from `new_start`, as in a diff without context. Lines count from 1; what is
/// only added stands before the old line `old_start`.
struct LineMove {
  int old_start = 0, old_count = 0;
  int new_start = 0, new_count = 0;
};
/// The exchanges of each changed file, ascending. A file that is not here is as it was.
using LineMoves = std::map<std::string, std::vector<LineMove>>;

/// Where line `old` is now; nothing when it was taken away. `moves` of one file, ascending.
std::optional<int> moved_line(const std::vector<LineMove>& moves, int old);

/// A message with what may differ from day to day left out (rule 2 below).
std::string plain_message(const Finding& finding);

/// Findings of `now` that `base` did not have. Each known finding covers one.
///
/// 1. A finding of the same path, rule and message is the same one where its line has moved to the
///    new place. What is left over is paired wherever it is: code that was moved is no new defect,
///    and a finding too many is never blamed on a run.
/// 2. Numbers of lines inside a message ("defined on line 12") make no difference.
/// 3. Of several alike the one that no known finding has moved to is the new one.
///
/// Both lists have to be whole: of cut ones the answer means nothing.
std::vector<Finding> new_findings(const std::vector<Finding>& base, const std::vector<Finding>& now,
                                  const LineMoves& moves);

}  // namespace gf::record
