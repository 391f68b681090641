// How things are here: a rule of a linter that most files like this one break, and what a
// compiler says of files that a change leaves alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"
#include "record/findings.h"
#include "record/gate.h"

namespace gf::record {

/// Which files a finding's file is held against.
enum class HabitOf {
  kFolder,  ///< those of its folder with its ending: what runs of older rules looked at
  /// Those of its kind, a test's with tests and an `__init__` with its like, in its folder; where
  /// that has none, below the nearest folder that has some. Without any of its kind: of its ending.
  kKind,
  /// As kKind. And where a compiler stopped on the base at a file that the change leaves alone,
  /// what it says of others of those is nothing new: another day it stops at another, with the same
  /// words, and what it warns of in files that it had not come to nobody knew.
  kWhereItStopped
};

/// Paths below a folder ("" for all), sorted, at most `limit`: as TreeFacts::paths.
using PathsBelow = std::function<std::vector<std::string>(std::string_view folder, size_t limit)>;
/// Those of `tree`, which must outlive the answer.
PathsBelow paths_of(const TreeFacts& tree);

/// Do most files like the finding's break the same rule on the base (a header that none of them
/// has)? Then it is no fault of who adds a file. Files that say that they may (noqa) are none of
/// them: the linter tells nothing of those. `base`: what the same gate said, its findings whole.
/// `paths`: of the tree before or after the change; files of `changed` are not looked at.
bool is_habit(const Finding& finding, const GateOutcome& base, const PathsBelow& paths,
              const std::vector<std::string>& changed, HabitOf of = HabitOf::kWhereItStopped);

/// `base` with those new findings of `now` that are habits: held against it, none of them is new.
GateOutcome with_habits(GateOutcome base, const GateOutcome& now, const LineMoves& moves,
                        const PathsBelow& paths, const std::vector<std::string>& changed,
                        HabitOf of = HabitOf::kWhereItStopped);

}  // namespace gf::record
