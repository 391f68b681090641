// What GitHub's REST service and those that follow its shapes (Gitea, Forgejo) call things. For
// this room's .cc files and tests. Pure.
#pragma once

#include "forge/forge.h"

namespace gf::forge {

/// A pull request as they write it; what is missing or of another kind is left empty.
PullRequest pull_of_github(const record::Json& json);

}  // namespace gf::forge
