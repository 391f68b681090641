// The manifest of one project among several in a repository.
#include <algorithm>

#include "env/declared.h"
#include "env/manifest.h"
#include "gate/folder_facts.h"
#include "gate/project.h"

namespace gf::env {
namespace {

std::string placed_in(const std::string& folder, const std::string& path) {
  return path.empty() ? folder : folder + "/" + path;
}

/// The same project as a whole tree has it that holds it in `folder`.
Project moved_to(Project project, const std::string& folder) {
  project.folder = placed_in(folder, project.folder);
  for (std::string& root : project.roots) root = placed_in(folder, root);
  for (Package& package : project.packages) package.path = placed_in(folder, package.path);
  return project;
}

const Project* project_at(const Manifest& manifest, const std::string& folder) {
  auto found = std::find_if(manifest.projects.begin(), manifest.projects.end(),
                            [&](const Project& project) { return project.folder == folder; });
  return found == manifest.projects.end() ? nullptr : &*found;
}

}  // namespace

Manifest manifest_of(const record::TreeFacts& tree, const std::string& folder,
                     const std::set<std::string>& along) {
  Manifest manifest = read_manifest(gate::FolderFacts(tree, folder));
  if (folder.empty() && along.empty()) return manifest;
  const Project* own = project_at(manifest, "");
  std::vector<Project> projects;
  if (own != nullptr) projects.push_back(folder.empty() ? *own : moved_to(*own, folder));
  for (const std::string& other : along) {
    if (other == folder) continue;
    gate::FolderFacts view(tree, other);
    Manifest read = read_manifest(view);
    const Project* project = project_at(read, "");
    if (project == nullptr) continue;
    projects.push_back(other.empty() ? *project : moved_to(*project, other));
    for (std::string& one : declared_requirements(view, {}))
      manifest.requirements_along.push_back(std::move(one));
  }
  manifest.projects = std::move(projects);
  manifest.is_one_of_several = true;
  return manifest;
}

std::string environment_folder(const record::TreeFacts& tree,
                               const std::vector<gate::Project>& projects,
                               const std::string& folder) {
  const gate::Project* project = gate::owner_of(projects, folder);
  if (project == nullptr) return "";
  if (!project->workspace) return project->folder;
  gate::FolderFacts view(tree, project->folder);
  for (const char* lock : {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}) {
    if (view.has_path(lock)) return project->folder;
  }
  return *project->workspace;
}

std::set<std::string> code_along(const std::vector<gate::Project>& projects,
                                 const std::string& folder) {
  const gate::Project* own = gate::owner_of(projects, folder);
  if (own == nullptr || !gate::are_several(projects)) return {};
  std::set<std::string> along = gate::built_on(projects, folder);
  for (const gate::Project& project : projects) {
    if (project.workspace == folder) along.insert(project.folder);
  }
  return along;
}

}  // namespace gf::env
