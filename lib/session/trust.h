// Whether code of this clone may run: the user says so once, for the remote that it comes from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/git_program.h"

namespace gf::session {

/// Where a clone's code comes from.
struct Origin {
  std::string remote;   ///< "origin"
  std::string address;  ///< without a password and the ending .git, as a yes is kept
};

/// Does `url` lead to a server? A folder is this machine's, and git itself reads none of another
/// user's (safe.directory).
bool is_of_server(std::string_view url);
/// As a yes is kept and told: without who asks, where the address holds that, and without the
/// endings that change nothing.
std::string plain_address(std::string_view url);

/// The server that this clone's code comes from (factory.remote, else origin, else the first
/// remote), if the user has said yes neither to it (factory.trustedRemote) nor, in this clone, to
/// any .gitfactory of it. Nothing: what lies here is the user's own, or may run.
std::optional<Origin> stranger_in(const std::vector<git::Setting>& settings);

/// What both errors about trust say is to be done: of code that would run, and of a tracked file.
inline constexpr const char* kSayYes =
    "look at it and answer with 'git factory trust' (beforehand: 'git factory trust --yes')";
/// Did nothing happen but that a yes is missing, which a person at a terminal can be asked for?
bool is_about_trust(const Error& error);

/// An Error (kConfiguration, is_about_trust) with the command that says yes, where the user was not
/// asked yet. Whoever is about to run code of the repository asks this first.
Result<void> may_run(const git::Program& git);
/// Keeps the yes in this clone's own configuration; again is safe.
Result<void> let_run(const git::Program& git);

}  // namespace gf::session
