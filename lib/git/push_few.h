// A push of a few objects.
#pragma once

#include <string>
#include <vector>

#include "git/git_program.h"

namespace gf::git {

/// As Program::push, for refs that no guard asks about and of which the remote lacks some hundred
/// objects at most: to begin threads for so few takes longer than to pack them by one.
Result<PushResult> push_few(const Program& git, const std::string& remote,
                            const std::vector<std::string>& refspecs);

}  // namespace gf::git
