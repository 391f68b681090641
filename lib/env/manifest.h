// What a tree says of its Python projects: names, packages, where they lie, what they need.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "record/facts.h"

namespace gf::gate {
struct Project;
}  // namespace gf::gate

namespace gf::env {

/// Something that can be imported, and the file or folder that the tree has for it.
struct Package {
  std::string name;  ///< "twice", "acme.core"
  std::string path;  ///< "src/twice", "twice.py"
};

/// A folder with a manifest of its own: the root, a member of a workspace.
struct Project {
  std::string folder;              ///< "" for the root
  std::string name;                ///< of the distribution; empty: it has none
  std::string requires_python;     ///< ">=3.9"; empty: any
  std::string backend;             ///< "setuptools.build_meta"; empty: none is named
  std::vector<std::string> roots;  ///< folders that its packages lie in, "src", "" for the root
  std::vector<Package> packages;
  std::vector<std::string> requires_always;  ///< plain names of what it cannot be imported without
  std::string built;  ///< why sources alone are not enough, one line; empty: they are
};

/// Files that say what has to be installed, in the order in which they are believed.
struct Manifest {
  std::vector<Project> projects;          ///< the root first; folders in order
  std::vector<std::string> locks;         ///< "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"
  std::vector<std::string> requirements;  ///< "requirements.txt", "requirements-dev.txt"
  std::vector<std::string> tables;        ///< of [tool] in the root's pyproject.toml: "poetry"
  std::vector<std::string>
      hatch_envs;  ///< [tool.hatch.envs], hatch.toml's [envs]: those of tests first
  /// What projects of the repository that this one is built on ask for, as pip takes it.
  std::vector<std::string> requirements_along;
  bool is_one_of_several = false;  ///< made by manifest_of() with others along
  /// Has it anything that speaks of Python's packages?
  [[nodiscard]] bool is_python() const {
    return !projects.empty() || !locks.empty() || !requirements.empty();
  }
};

/// Reads the tree; a file that cannot be read says nothing (gate::detection_notes tells of it).
Manifest read_manifest(const record::TreeFacts& tree);

/// The manifest of one project, as it stands in `folder` of the tree: locks, requirements and
/// tables are those of this folder, by names relative to it. The projects are its own and those in
/// the folders of `along`, by folders of the tree. Folder "": the root's; `along` empty: all.
Manifest manifest_of(const record::TreeFacts& tree, const std::string& folder,
                     const std::set<std::string>& along);

/// The folder whose environment tools are started in that run in `folder`: its project's own, or
/// that of the workspace which the project is a member of without a lock file of its own.
std::string environment_folder(const record::TreeFacts& tree,
                               const std::vector<gate::Project>& projects,
                               const std::string& folder);
/// Projects whose code belongs to the environment of `folder`: what the project there is built on,
/// and members of its workspace. Empty, which is all: it is one project, or nothing at the root
/// says what is the root's.
std::set<std::string> code_along(const std::vector<gate::Project>& projects,
                                 const std::string& folder);

/// As names of distributions are compared: "My_Pkg.x" is "my-pkg-x".
std::string plain_name(std::string_view name);

}  // namespace gf::env
