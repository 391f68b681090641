// What a person names, looked up: a commit, a range of commits, the branch they come to.
#pragma once

#include <string>

#include "verify/hook_input.h"

namespace gf::verify {

/// An Error of kUser when there is none of that name.
Result<Oid> commit_named(const git::Repo& repo, const std::string& name);

/// The branch that a revision's commits lie on, where its name tells: "refs/heads/main", or "".
Result<std::string> branch_of(const git::Repo& repo, const std::string& name);

/// The commit whose policy counts (verify.h, target_of): `target` if one is named, else what
/// `remote` (may be empty) has, as far as that was ever seen.
Result<Oid> target_for(const Place& place, const std::string& target, const std::string& remote);

/// "<commit>" or "<from>..<to>" as the question about it.
struct Named {
  bool range = false;  ///< else only `question.new_id` is asked about
  Question question;
};

/// `what`: either end of a range may be left out, which means HEAD. `ref`: the branch it comes to,
/// with or without refs/heads/; empty: the one that the newest commit's name tells.
Result<Named> question_named(const git::Repo& repo, const std::string& what,
                             const std::string& ref);

}  // namespace gf::verify
