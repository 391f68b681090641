#include "git/library.h"

#include <fmt/format.h>
#include <git2.h>

namespace gf::git {

std::string library_version() {
  int major = 0, minor = 0, patch = 0;
  git_libgit2_version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace gf::git
