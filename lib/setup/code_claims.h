// What of a repository's code runs once the user lets it: for the question that is asked once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "session/context.h"
#include "session/trust.h"

namespace gf::setup {

struct CodeClaims {
  /// Whose code it is, where the user has not said yes yet; nothing: nobody has to be asked.
  std::optional<session::Origin> stranger;
  /// Gates as they are found on the base and what environments are made of; a line each.
  std::vector<std::string> lines;
  std::string held;  ///< by what, and what could not be given; or that nothing holds it here
};

/// For people, in whole lines; only where there is a stranger.
std::string text_of(const CodeClaims& claims);

/// Reads the base, runs nothing of it. Tries the sandbox by a program of the machine's. Settings of
/// the tracked file are not looked at: tracked_claims() tells them.
Result<CodeClaims> code_claims(session::Context& context);

}  // namespace gf::setup
