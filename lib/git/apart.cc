#include "git/apart.h"

#include "git/handle.h"

namespace gf::git {

Result<std::pair<size_t, size_t>> apart(const Repo& repo, const Oid& here, const Oid& there) {
  git_oid one = to_git(here), two = to_git(there);
  size_t ahead = 0, behind = 0;
  int code = git_graph_ahead_behind(&ahead, &behind, repo.impl().repo.get(), &one, &two);
  if (code < 0) return from_git(code, "cannot count the commits between two");
  return std::pair(ahead, behind);
}

}  // namespace gf::git
