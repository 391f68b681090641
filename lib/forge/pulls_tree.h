// Pull requests as the tree of a commit: <number>/{pull.json,body.md,...}. For this room's .cc
// files.
#pragma once

#include <vector>

#include "forge/forge.h"

namespace gf::forge {

/// What one tip of refs/factory/pulls holds.
struct Pulls {
  std::vector<PullRequest> all;  ///< by number
  int last_number = 0;  ///< of any folder, one that cannot be read included: never given again
};

/// Pulls::last_number alone; no request is read.
Result<int> last_number(const git::Repo& repo, const std::optional<Oid>& tip);
Result<Pulls> read_pulls(const git::Repo& repo, const std::optional<Oid>& tip);
/// Fills Mailing::files of `pulls`, which were read from `tip`, with the mails' texts.
Result<void> read_mail(const git::Repo& repo, const std::optional<Oid>& tip, Pulls& pulls);
/// `tree` (zero: empty) with these requests written into their folders.
Result<Oid> with_pulls(git::Repo& repo, const Oid& tree, const std::vector<PullRequest>& pulls);
/// What only `ours` has, numbered after theirs, and comments, ends, heads and sent
/// mail that only we have; of the mail its texts too, where `ours` has them (read_mail()).
/// `before`: what both go back to; by it is known on whose side a branch has gone on.
std::vector<PullRequest> missing_from(const Pulls& theirs, const Pulls& ours, const Pulls& before);

}  // namespace gf::forge
