// Names of people to commits and branches.
#include "verify/named.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::verify {

Result<Oid> commit_named(const git::Repo& repo, const std::string& name) {
  GF_ASSIGN(auto commit, repo.resolve_commit(name));
  if (commit) return *commit;
  return Error{Fault::kUser,
               fmt::format("there is no commit '{}'", printable(name)),
               {},
               "name one as in 'git log', or a range as <from>..<to>"};
}

Result<std::string> branch_of(const git::Repo& repo, const std::string& name) {
  if (name == "HEAD") {
    GF_ASSIGN(auto shape, repo.shape());
    return shape.head_branch.empty() ? std::string() : "refs/heads/" + shape.head_branch;
  }
  for (const char* prefix : {"refs/heads/", ""}) {
    auto ref = RefName::parse(prefix + name);
    if (!ref.ok() || !ref->str().starts_with("refs/heads/")) continue;
    GF_ASSIGN(auto tip, repo.read_ref(*ref));
    if (tip) return ref->str();
  }
  return std::string();
}

Result<Oid> target_for(const Place& place, const std::string& target, const std::string& remote) {
  if (!target.empty()) return commit_named(place.repo, target);
  if (remote.empty()) return target_of(place.repo, place.git, "");
  GF_ASSIGN(auto seen, target_of(place.repo, place.git, remote));
  // Never fetched from, or only an address: our own idea of the main branch is the best there is.
  if (seen.is_zero()) return target_of(place.repo, place.git, "");
  return seen;
}

Result<Named> question_named(const git::Repo& repo, const std::string& what,
                             const std::string& ref) {
  Named named;
  named.question.ref = ref.empty() || ref.starts_with("refs/") ? ref : "refs/heads/" + ref;
  size_t dots = what.find("..");
  named.range = dots != std::string::npos;
  std::string end = named.range ? what.substr(dots + 2) : what;
  if (end.starts_with('.')) {
    return Error{
        Fault::kUsage, fmt::format("'{}' is no range", printable(what)), {}, "write <from>..<to>"};
  }
  if (end.empty()) end = "HEAD";
  GF_ASSIGN(named.question.new_id, commit_named(repo, end));
  if (named.question.ref.empty()) {
    GF_ASSIGN(named.question.ref, branch_of(repo, end));
  }
  if (named.range) {
    std::string begin = dots == 0 ? "HEAD" : what.substr(0, dots);
    GF_ASSIGN(named.question.old_id, commit_named(repo, begin));
  }
  return named;
}

}  // namespace gf::verify
