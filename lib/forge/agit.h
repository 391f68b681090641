// A request opened by the push alone, as Gitea and Forgejo take it (AGit): the commits go to
// refs/for/<base>, and no branch is made on the server. For whoever may read there and not make
// branches. For this room's .cc files and tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "forge/forge.h"

namespace gf::forge {

/// What a server says to such a push.
struct Offered {
  bool taken = false;      ///< false: it said no, or nobody knows whether it heard; `said` has it
  bool overtaken = false;  ///< the request holds commits that are not ours
  int number = 0;          ///< 0: its words name none
  std::string said;        ///< one line
  std::string whole;       ///< all of its words
};

/// Sends `branch` ("refs/heads/factory/x") for `wanted`. What has the same topic (the name of its
/// branch) and pusher is brought up to date, unforced; the same commit twice is taken. Options are
/// one line each, so that the body goes as its last line, which names the run.
Result<Offered> offer(const git::Program& git, const std::string& remote, const PullRequest& wanted,
                      const std::string& branch);

/// Why a push was not taken, and that one was but shows no request; `where`: "git.example.org".
Error not_taken(const Offered& offered, const std::string& where);
Error never_shown(const Offered& offered, const std::string& where);

/// Of ".../pulls/3" in what a server printed; 0: there is none.
int number_offered(std::string_view remote_text);

}  // namespace gf::forge
