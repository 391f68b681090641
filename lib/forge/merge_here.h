// A pull request of the forge without a server, taken into the work tree: what a web page's buttons
// do elsewhere.
#pragma once

#include <optional>
#include <string>

#include "forge/landed.h"

namespace gf::forge {

/// "merge", "ff-only", "squash" or "rebase".
std::optional<MergeWay> merge_way(std::string_view word);

/// Takes the request into its base branch, which has to be checked out in `git`'s folder with
/// nothing uncommitted in it; by git itself, with the user's hooks and signature. Answers the
/// branch's new tip. On a conflict everything is as it was before, and the Error names the files.
Result<Oid> merge_here(const git::Repo& repo, const git::Program& git, const PullRequest& pull,
                       const Standing& standing, MergeWay way);

/// Switches to the request's branch, which is made when it is not here yet: following the remote's,
/// or at the commit that the request was opened with. Answers the branch's name.
Result<std::string> checkout_here(const git::Repo& repo, const git::Program& git,
                                  const PullRequest& pull, const Standing& standing);

/// Fetches the request's commits from where its server keeps them, when they are not in this clone
/// yet. No ref of the user's moves. Nothing is done where that place is not known.
Result<void> bring_here(const git::Repo& repo, const git::Program& git, const PullRequest& pull,
                        const std::optional<std::string>& remote);

/// The commit that the request's change begins at: where its head left the base, by what is in this
/// clone.
Result<Oid> start_of(const git::Repo& repo, const PullRequest& pull, const Standing& standing,
                     const std::optional<std::string>& remote);

}  // namespace gf::forge
