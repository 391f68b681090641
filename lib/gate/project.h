// The projects of a repository, and which of its gates judge a change. Pure: asks a tree.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/settings.h"
#include "gate/gate.h"
#include "record/facts.h"

namespace gf::gate {

/// A folder with a manifest of its own.
struct Project {
  std::string folder;                  ///< relative to the tree; empty: the root
  std::vector<std::string> languages;  ///< "Python", "JavaScript"; by its manifests
  std::vector<std::string> manifests;  ///< paths in the tree
  std::vector<std::string> names;      ///< what other manifests call it; may be empty
  /// Folders of the projects that its manifests say it is built on, directly. Only what can be read
  /// with certainty: paths, members of its workspace, and names of projects that are here.
  std::vector<std::string> needs;
  /// The folder of the project further up that counts it to its workspace; nothing: it stands for
  /// itself.
  std::optional<std::string> workspace;
};

/// The projects of a tree, by folder, the root first where it has a manifest. Of what lies in
/// folders of tests, examples, documentation, templates and foreign code, only what the project's
/// own CI runs a tool in.
std::vector<Project> projects_in(const record::TreeFacts& tree);

/// Is there one that is not the root? Then each has gates of its own (gates_of_projects).
bool are_several(const std::vector<Project>& projects);

/// Is `path` the folder, or below it? Everything is below "".
bool is_below(std::string_view path, std::string_view folder);
/// The innermost of `projects` that `path` lies in; null: none.
const Project* owner_of(const std::vector<Project>& projects, std::string_view path);
/// `guarded` (language.h) as projects below the root have them: "packages/low/pyproject.toml".
std::vector<std::string> guarded_below(const std::vector<Project>& projects,
                                       const std::vector<std::string>& guarded);
/// A project's own folder and those that it is built on, however indirectly.
std::set<std::string> built_on(const std::vector<Project>& projects, const std::string& folder);

/// Folders of the projects that a change of these paths touches ("": what belongs to none). A file
/// that tools of all projects below it read (a lock file, settings of tools) touches those; source
/// code outside of every project may be anyone's and touches all.
std::set<std::string> touched(const std::vector<Project>& projects,
                              const std::vector<std::string>& changed);
/// These, and the projects that are built on them.
std::set<std::string> with_dependants(const std::vector<Project>& projects,
                                      std::set<std::string> folders);
/// Of `gates` the names of those that judge something of `folders`. A project whose tests no gate
/// runs is judged by the gates of the project around it as well.
std::set<std::string> gates_of(const std::vector<Project>& projects, const std::vector<Gate>& gates,
                               const std::set<std::string>& folders);
/// Of test files or test ids those that are the gate's: no test gate of a folder further in has
/// them.
std::vector<std::string> selected_for(const Gate& gate, const std::vector<Gate>& gates,
                                      const std::vector<std::string>& selection);

/// As gates_for(), each project asked by itself: gates of the root have plain names, others have
/// their folder in front ("packages/low/pytest"). What a gate further up judges already is not
/// judged twice. A setting of a plain name is the root's gate of this name, else that of each
/// project.
Result<std::vector<Gate>> gates_of_projects(const record::TreeFacts& tree,
                                            const std::vector<Project>& projects,
                                            const Settings& settings, const std::string& python);
/// What runs find in a tree.
struct Found {
  std::vector<Project> projects;
  std::vector<Gate> gates;  ///< of all projects where they are several, else those of gates_for()
};
Result<Found> find_gates(const record::TreeFacts& tree, const Settings& settings,
                         const std::string& python);
/// detection_notes() of each project, where they are several.
std::vector<std::string> detection_notes(const record::TreeFacts& tree,
                                         const std::vector<Project>& projects);
/// Languages of a project that no gate is known for: "JavaScript".
std::vector<std::string> unknown_languages(const Project& project);

}  // namespace gf::gate
