// What a hook of git is given: lines about refs, and a repository that may be half outside of it.
#pragma once

#include <string>
#include <vector>

#include "base/environment.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "verify/verify.h"

namespace gf::verify {

/// A repository, and the git program in it that sees the same objects.
struct Place {
  git::Repo repo;
  git::Program git;
};

/// The repository as git shows it to a hook. Where `directory` is "." the environment has a say:
/// GIT_DIR names the repository, and pushed objects may lie in a quarantine that only
/// GIT_OBJECT_DIRECTORY and its friends name. Elsewhere they mean another repository, and are left
/// out. `git` runs git without any of them. Nothing is repaired or written on the way.
Result<Place> open_place(const std::string& directory, const Environment& environment,
                         git::Runner git);

/// Whether these are the surroundings of a hook whose objects nobody let in yet: what others made
/// is read then, and never run.
bool is_receiving(const Environment& environment);

/// Lines of a pre-push hook (local ref, its id, remote ref, its id) or of a pre-receive hook (old
/// id, new id, ref). Blank lines mean nothing; any other line is an Error.
Result<std::vector<Question>> questions_in(const std::string& text);

/// The three words that an update hook is called with (ref, old id, new id) as such a line.
Result<std::string> line_of_update(const std::vector<std::string>& words);

/// pre-commit reads the hook's input itself, and tells its first line in variables: that line, or
/// nothing where they are not set.
std::string line_of_pre_commit(const Environment& environment);

}  // namespace gf::verify
