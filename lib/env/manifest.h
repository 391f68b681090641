// What a tree says of its Python projects: names, packages, where they lie, what they need.
#pragma once

#include <string>
#include <vector>

#include "record/facts.h"

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
  /// Has it anything that speaks of Python's packages?
  [[nodiscard]] bool is_python() const {
    return !projects.empty() || !locks.empty() || !requirements.empty();
  }
};

/// Reads the tree; a file that cannot be read says nothing (gate::detection_notes tells of it).
Manifest read_manifest(const record::TreeFacts& tree);

/// As names of distributions are compared: "My_Pkg.x" is "my-pkg-x".
std::string plain_name(std::string_view name);

}  // namespace gf::env
