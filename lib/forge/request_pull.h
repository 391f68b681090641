// A request for people who read mail. For this room's .cc files.
#pragma once

#include <string>

#include "forge/forge.h"

namespace gf::forge {

/// What `git request-pull` writes of `pull`, without the shell script it is: 25 processes against
/// one. Empty when it cannot be written. What stands before '@' in the address of `remote`, a name
/// or a URL, does not stay.
std::string request_pull_text(const git::Repo& repo, const git::Program& git,
                              const std::string& remote, const PullRequest& pull);

}  // namespace gf::forge
