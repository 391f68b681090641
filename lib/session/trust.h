// Whether code of this clone may run: the user says so once, for the remote that it comes from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
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

/// The server that this clone's code comes from: factory.remote, else origin, else the first
/// remote. Nothing: a folder of this machine, or no remote.
std::optional<Origin> server_in(const std::vector<git::Setting>& settings);
/// The same if the user has not said yes to it (factory.trustedRemote), nor, before this clone was
/// asked about remotes, to any .gitfactory here. Nothing: what lies here is the user's own, or may
/// run.
std::optional<Origin> stranger_in(const std::vector<git::Setting>& settings);

/// What an error about trust says is to be done (its hint): of code that would run, or of the
/// content of a tracked file, which is named: it need not be the one that lies in the work tree.
std::string say_yes(const std::optional<Oid>& file = std::nullopt);
/// Did nothing happen but that a yes is missing, which a person at a terminal can be asked for?
bool is_about_trust(const Error& error);
/// The content that such an error wants a yes to; nothing: it is about code that would run.
std::optional<Oid> untrusted_file(const Error& error);

/// An Error (kConfiguration, is_about_trust) with the command that says yes, where the user was not
/// asked yet. Whoever is about to run code of the repository asks this first. A yes of before is
/// settled.
Result<void> may_run(const git::Program& git);
/// A yes to a content of before remotes were asked about becomes one to the server of now, in this
/// clone's configuration: another one is asked about, and so is this one where it is unset.
Result<void> settle(const git::Program& git);
/// Keeps the yes in this clone's own configuration; again is safe.
Result<void> let_run(const git::Program& git);

}  // namespace gf::session
