// What git, ssh and servers say when a remote lets nobody in. For this room's .cc files.
#pragma once

#include <string>

#include "base/result.h"

namespace gf::git {

/// The last line of git's complaint that says something, without its prefix.
std::string complaint(const std::string& err);

/// Why a remote could not be spoken to, with what helps. kConfiguration: it refuses, and will
/// again; kEnvironment: it may be otherwise in a while, or it is not known.
Error unreachable(const std::string& err);

}  // namespace gf::git
