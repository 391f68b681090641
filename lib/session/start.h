// Where a run starts: the newer of the base here and the remote's, and what stays out of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/config.h"
#include "session/context.h"

namespace gf::session {

/// How the two tips of one branch lie to each other: commits that only one of them has.
struct Apart {
  size_t here = 0, there = 0;
};

/// Which one is taken where both have commits of their own (factory.diverged).
enum class Diverged { kRemote, kLocal, kStop };

/// A branch's tips as they were found; `apart` counts only where there are both.
struct Tips {
  std::string branch;        ///< "main"
  std::string remote;        ///< "origin"; empty: none has it
  std::optional<Oid> here;   ///< refs/heads/main
  std::optional<Oid> there;  ///< what the remote had when it was asked last
  Apart apart;
};

/// The one to start from, and one line that says so: "origin/main at 1a2b3c4d5e, 3 commits ahead of
/// main here". Pure. An Error only of kStop, where both have commits of their own.
struct Chosen {
  Oid commit;
  std::string description;
};
Result<Chosen> choose(const Tips& tips, Diverged wish);

/// The remote-tracking ref that these fetch refspecs of a remote give `branch_ref`; nothing where
/// that is no ref below refs/remotes/, so that no branch of the user's is ever written. Pure.
std::optional<RefName> tracking_ref(const std::vector<std::string>& refspecs,
                                    std::string_view branch_ref);

/// What the user has and the run does not see.
struct LeftOut {
  size_t changed = 0, untracked = 0;  ///< files
  std::string branch;                 ///< that is checked out; "HEAD" when none is
  size_t commits = 0;                 ///< of it, that are not in the run's base
};
/// "stays out: 2 uncommitted files, 3 commits of 'wip'"; empty: nothing does. Pure.
std::string to_text(const LeftOut& left_out);

struct Start {
  Base base;
  std::string description;         ///< Chosen::description
  std::string left_out;            ///< to_text() of what stays out
  std::vector<std::string> notes;  ///< what could not be found out, one line each
};

enum class Ask { kRemote, kNobody };

/// The base as find_base() names it, at its newest: a branch is fetched first where `ask` and
/// factory.fetch allow it, and the newer of the two tips is taken; a full name ("refs/heads/main"),
/// a tag or a commit is taken as it is, a remote's branch ("origin/main") as the remote has it.
/// A remote that cannot be reached is a note. Writes the remote-tracking ref of that one branch, or
/// where the remote has none a ref below refs/factory/fetched/, and nothing else.
Result<Start> find_start(const Context& context, const Config& config,
                         const std::optional<std::string>& wanted, Ask ask);

/// The tip that a pull request for `base` will meet, where that has commits that `base` lacks and
/// lacks none of its: the base has moved. Asks the remote as find_start() does. Nothing for a base
/// that is no branch.
Result<std::optional<Base>> find_newer(const Context& context, const Config& config,
                                       const Base& base, Ask ask);

/// In a partial clone: fetches what of this commit's tree was left with the remote, so that it can
/// be read, and says how many objects that were. Nothing to do in any other clone.
Result<size_t> complete(const Context& context, const Oid& commit);

}  // namespace gf::session
