// What became of a pull request, told by refs and trees and not by what somebody wrote down.
#pragma once

#include <optional>
#include <string>

#include "forge/forge.h"

namespace gf::forge {

struct Standing {
  std::string state;  ///< open, closed, merged
  /// Of a merged one: "its commits are in 'main'", "'main' has the same change in 1a2b3c4",
  /// "'main' has all of it". Of an open one what is in its way, if anything is known: its branch is
  /// gone.
  std::string why;
  Oid head;         ///< the tip of its branch today; where that is gone, as it was opened
  std::string ref;  ///< where `head` was found, "refs/remotes/origin/factory/x"; empty: gone
};

/// By the refs that are here: the remote's branches as they were fetched last (`remote`; nothing:
/// there is none) and our own. Merged is what the base has by a fast-forward or a merge, what one
/// commit of it does as a whole (a squash, a rebase of one), and what changes nothing when it is
/// merged once more (a rebase of several). At most kLooked commits of the base are looked at for
/// that. What is missing in this clone is as if it had not happened.
Result<Standing> standing_of(const git::Repo& repo, const git::Program& git,
                             const PullRequest& pull, const std::optional<std::string>& remote);
inline constexpr int kLooked = 500;

}  // namespace gf::forge
