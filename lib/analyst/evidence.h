// What a run's record says of one line: hunk, criterion, turn. For this room's .cc files.
#pragma once

#include "analyst/why.h"

namespace gf::analyst {

/// Whether the change from `base` to `tree` adds the line to its file. White space at the ends does
/// not count, as in the blame. An Error when one of the trees is not in this clone.
Result<bool> has_line(const git::Repo& repo, const Oid& base, const Oid& tree, const Line& line);

/// Fills in hunk, serves and criterion from the verdict; what cannot be told stays empty.
void find_hunk(const git::Repo& repo, Why& why);
/// Fills in who wrote it; what cannot be told stays empty.
void find_turn(const git::Repo& repo, Why& why);

}  // namespace gf::analyst
