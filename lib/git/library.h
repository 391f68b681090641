// The libgit2 that this program runs with.
#pragma once

#include <string>

namespace gf::git {

/// "1.5.1", of the library that is loaded.
std::string library_version();

}  // namespace gf::git
