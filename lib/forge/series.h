// A request as mail: a cover letter and a patch for each commit. For this room's .cc files.
#pragma once

#include <string>

#include "forge/forge.h"

namespace gf::forge {

/// Fills the files and Message-IDs of `mailing` with what `git format-patch` makes of the
/// commits from `pull`'s base to its head, whatever its branch is here: the first is the cover
/// letter with title and body. The ids come from run, version and place alone, so that the same
/// mail written twice has the same one. All of a version answer its cover letter, which answers
/// `first_id` (empty: it begins the thread). The files are in `folder` as well; what was there
/// goes.
Result<void> write_series(const Place& place, const PullRequest& pull, const std::string& folder,
                          const std::string& first_id, Mailing& mailing);

/// "<git folder>/factory/mail", which all work trees of a repository have together.
std::string mail_folder(const git::Repo& repo);
/// "<git folder>/factory/mail/1a2b3c4d/v2".
std::string series_folder(const git::Repo& repo, const PullRequest& pull, int version);

}  // namespace gf::forge
