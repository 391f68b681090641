// The commits of the record, walked one way by all who read them.
#pragma once

#include <functional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "git/repo.h"

namespace gf::store {

/// Where a walk goes on from a commit.
enum class Onward { kParents, kAllButTheLastParent, kNowhere };

struct History {
  std::vector<Oid> tips;
  std::vector<Oid> known = {};  ///< what these reach is left out
  /// What it means that a commit cannot be read: the cut of a shallow history ends the walk there,
  /// as it does for git; or nothing can be said then, and the walk ends in its Error.
  enum class Unreadable { kEndsThere, kIsAnError } unreadable = Unreadable::kEndsThere;
};

/// Shows each commit once, newest first by its committer's time. What is known and what is new are
/// followed in step, so that a merge costs what it brought and not what both sides had; a clock
/// that ran backwards can show a known commit too. Gives false when `visit` ended it (kNowhere).
Result<bool> walk_history(const git::Repo& repo, const History& history,
                          const std::function<Onward(const git::CommitInfo&)>& visit);

}  // namespace gf::store
