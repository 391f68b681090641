// The hooks of one repository: where git looks for them, whose they are, putting ours there without
// breaking what is there. Pages: git-factory-hooks(1), git-factory-hook(1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "record/json.h"

namespace gf::hooks {

/// The hooks that `git factory hook` answers for.
const std::vector<std::string>& all_names();

/// Where git looks for hooks, and who looks after them.
struct Place {
  std::string folder;    ///< absolute; core.hooksPath and linked worktrees are followed
  std::string worktree;  ///< absolute; empty in a bare repository
  bool bare = false;
  bool off = false;      ///< core.hooksPath is no folder: git runs no hooks here
  bool shared = false;   ///< core.hooksPath of the user or the machine: for every repository
  bool tracked = false;  ///< the folder lies in the work tree: it is the project's, not ours
  std::string manager;   ///< "husky", "lefthook": their own file says what hooks do; else empty
};
Result<Place> place_of(const git::Repo& repo, const git::Program& git);

enum class State {
  kMissing,  ///< nothing calls us
  kOurs,     ///< install() wrote it
  kCalls,    ///< somebody else's hook, or a manager's file, calls us
  kOther,    ///< somebody else's, and does not call us
  kOff,      ///< calls us, and git does not run it: not executable, or hooks are off
};
std::string_view name_of(State state);

struct Hook {
  std::string name;
  std::string path;  ///< of the hook, or of the manager's file
  State state = State::kMissing;
  std::string manager;  ///< whose the hook is: of the place, or "pre-commit", "overcommit"
  std::string chained;  ///< path of the hook that ours hands on to; empty: none
};
Result<Hook> look(const Place& place, const std::string& name);

/// What `hooks status --json` writes; see git-factory-hooks(1).
record::Json to_json(const Hook& hook);

/// What came of install() or uninstall(). `advice`: nothing was changed; the text says which lines
/// to put where.
struct Change {
  bool changed = false;
  Hook hook;
  std::string advice;
};

struct Wish {
  std::string name;
  /// Where git-factory lies: a server's PATH seldom is a person's. Empty: not told to the hook.
  std::string program_folder;
  bool shared = false;  ///< also in a folder that all repositories of the user share
};

/// Puts a hook there that calls us. A hook that is there goes on as before: it is kept beside ours,
/// and ours becomes it once it has nothing to say against the push. The file is there whole or not
/// at all, and again is safe.
Result<Change> install(const Place& place, const Wish& wish);
/// Takes ours away and puts back what was there before.
Result<Change> uninstall(const Place& place, const std::string& name);

}  // namespace gf::hooks
