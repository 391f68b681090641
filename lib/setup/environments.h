// The environments of a repository, for people: what was found, what was made, how big it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "env/finder.h"
#include "env/place.h"
#include "gate/project.h"
#include "record/json.h"
#include "session/context.h"

namespace gf::setup {

/// The environment that the tools of one project are started in, or of several that share it.
struct ProjectEnvironment {
  std::string folder;  ///< env::environment_folder(); empty: of the root
  env::Found found;    ///< what a run would take, and what it would pass by
  /// Where none fits: what a run would make one from, or why it cannot.
  std::string made_from;
  std::optional<Error> cannot_make;
  std::vector<std::string> packages;  ///< of the base: "twice (src/twice)"
};
/// Those of a tree that has these gates; one, of the root, where it is one project. Looks, starts
/// the interpreters that are there, and makes nothing. Not started, and told as that: those beneath
/// the work trees of a clone whose code may not run yet (session::stranger_in), and all of them
/// where nothing can hold them.
Result<std::vector<ProjectEnvironment>> environments_of(session::Context& context,
                                                        const Settings& settings,
                                                        const record::TreeFacts& facts,
                                                        const gate::Found& gates);

struct Environments {
  std::vector<ProjectEnvironment> projects;
  std::vector<env::Kept> kept;  ///< of ours, below the cache folder: of all repositories
};

/// Looks, starts the interpreters that are there, and makes nothing. Settings of a .gitfactory that
/// is not trusted count as not set.
Result<Environments> look_at_environments(session::Context& context);
/// Removes what was made, but for what a running process holds. Runs make again what they need.
Result<std::vector<env::Kept>> clean_environments(session::Context& context);

std::string to_text(const Environments& environments);
record::Json to_json(const Environments& environments);
/// "removed 3 environments, 95.2 MB".
std::string to_text(const std::vector<env::Kept>& removed);

}  // namespace gf::setup
