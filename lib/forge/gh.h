// GitHub's own program as the carrier of our questions: whoever is logged in there need not give us
// what lets him in. For this room's .cc files and tests.
#pragma once

#include <string>
#include <string_view>

#include "forge/rest.h"

namespace gf::forge {

/// Whether `gh` is there and somebody is logged in with it at `host`. No server is asked, and the
/// token is not read.
bool gh_is_logged_in(const std::string& host, const Place& place);

/// Each question by one `gh api`, which puts the token in and follows a server that has moved (by
/// its own rules: the token goes to the host alone). Belongs to nobody: it holds a copy of the
/// environment. It asks https alone, which is what `gh` does.
Carrier carried_by_gh(const Environment& environment);

/// What `gh api --include` prints: the head, an empty line, the body. Nothing where no head is,
/// so that no server has answered.
std::optional<net::Answer> answer_of_gh(std::string_view out);

/// Why there is none, by what it says on standard error and its exit status.
Error failure_of_gh(int exit_code, std::string_view err);

}  // namespace gf::forge
