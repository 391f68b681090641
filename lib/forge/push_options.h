// Requests that a GitLab opens for a push, told by `git push -o`: for who may push there and has no
// token for its API. For this room's .cc files and tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forge/forge.h"
#include "forge/served.h"

namespace gf::forge {

/// Opens, and finds again what it has opened; everything else is an Error that names what would
/// help. `target`: of a GitLab, without a token. `help`: what to give instead ("set GITLAB_TOKEN").
std::unique_ptr<Forge> gitlab_by_push(const Target& target, std::string help, const Place& place);

/// The words of the push, each one line. The body's line ends are written as "\n", which the server
/// puts back.
std::vector<std::string> options_for(const PullRequest& wanted, const Extras& extras,
                                     const std::string& target_project);

/// The last address of a merge request of `repository` ("group/name") in what a server printed;
/// empty: there is none. An invitation to make one is none.
std::string request_shown(std::string_view remote_text, const std::string& repository);

/// The number of the newest request whose head is `head`, by the lines of `git ls-remote`; 0: none.
int request_at(std::string_view listing, const Oid& head);

}  // namespace gf::forge
