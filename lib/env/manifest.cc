#include "env/manifest.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "gate/config_file.h"

namespace gf::env {
namespace {

using gate::ConfigFile;
using record::TreeFacts;

constexpr size_t kMostPaths = 50000;
constexpr size_t kDeepestProject = 3;  // folders below the root

/// Folders whose packages are nobody's to install.
bool is_aside(std::string_view name) {
  constexpr std::array<std::string_view, 20> kAside = {
      "tests",   "test",       "testing", "docs",         "doc",      "examples", "example",
      "scripts", "build",      "dist",    "vendor",       "vendored", "_vendor",  "third_party",
      "bench",   "benchmarks", "tools",   "node_modules", "site",     "templates"};
  return name.starts_with(".") || name.ends_with(".egg-info") ||
         std::find(kAside.begin(), kAside.end(), name) != kAside.end();
}

bool is_name(std::string_view word) {
  bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  return plain && !(word[0] >= '0' && word[0] <= '9');
}

std::string below(const std::string& folder, const std::string& path) {
  if (folder.empty()) return path;
  return path.empty() ? folder : folder + "/" + path;
}

std::string first_of(const ConfigFile& file, const ConfigFile::Path& path) {
  auto found = file.values.find(path);
  return found == file.values.end() || found->second.empty() ? "" : found->second.front();
}

/// Paths of the tree that lie in one project's folder, without it in front.
struct Files {
  std::vector<std::string> paths;
  std::set<std::string> known;
  [[nodiscard]] bool has(const std::string& path) const { return known.contains(path); }
};

Files files_below(const std::vector<std::string>& all, const std::string& folder) {
  Files files;
  for (const std::string& path : all) {
    if (!folder.empty() && !path.starts_with(folder + "/")) continue;
    files.paths.push_back(folder.empty() ? path : path.substr(folder.size() + 1));
  }
  files.known.insert(files.paths.begin(), files.paths.end());
  return files;
}

/// The topmost packages below `root`: folders with an __init__.py whose parent has none, and under
/// a root of their own (src/) single modules and folders without one too.
std::vector<Package> packages_below(const Files& files, const std::string& root) {
  std::map<std::string, std::string> found;  // name -> path
  std::string prefix = root.empty() ? "" : root + "/";
  for (const std::string& path : files.paths) {
    if (!path.starts_with(prefix) || !path.ends_with(".py")) continue;
    std::vector<std::string> parts = split(path.substr(prefix.size()), '/');
    if (parts.size() == 1) {
      std::string module = parts[0].substr(0, parts[0].size() - 3);
      if (!root.empty() && is_name(module) && module != "__init__") found[module] = path;
      continue;
    }
    if (root.empty() && is_aside(parts[0])) continue;
    std::string name, place = root;
    for (size_t i = 0; i + 1 < parts.size() && is_name(parts[i]); ++i) {
      name += (i == 0 ? "" : ".") + parts[i];
      place = below(place, parts[i]);
      bool whole = files.has(place + "/__init__.py");
      // A folder without one is a namespace when modules lie in it, and then its own package.
      bool last = i + 2 == parts.size() && !root.empty();
      if (whole || last) {
        found[name] = place;
        break;
      }
      if (root.empty()) break;  // everything at the root would be one
    }
  }
  std::vector<Package> packages;
  for (const auto& [name, place] : found) {
    // "acme" beside "acme.core": the parts are asked for.
    auto next = found.upper_bound(name + ".");
    bool parent = next != found.end() && next->first.starts_with(name + ".");
    if (!parent) packages.push_back({name, place});
  }
  return packages;
}

/// [tool.setuptools] package-dir and setup.cfg's: "" is where all of them are.
std::map<std::string, std::string> package_dirs(const ConfigFile& pyproject,
                                                const ConfigFile& setup) {
  std::map<std::string, std::string> dirs;
  const ConfigFile::Path table = {"tool", "setuptools", "package-dir"};
  for (const auto& [path, values] : pyproject.values) {
    bool in_table = path.size() == table.size() + 1 && !values.empty() &&
                    std::equal(table.begin(), table.end(), path.begin());
    if (in_table) dirs[path.back()] = values.front();
  }
  for (const std::string& row : lines(first_of(setup, {"options", "package_dir"}))) {
    size_t equals = row.find('=');
    if (equals == std::string::npos) continue;
    dirs[std::string(trim(row.substr(0, equals)))] = std::string(trim(row.substr(equals + 1)));
  }
  return dirs;
}

/// Why the tree's sources cannot be imported as they lie there.
std::string why_built(const Files& files, const ConfigFile& pyproject, const std::string& backend) {
  for (std::string_view made : {"mesonpy", "scikit_build_core", "maturin", "setuptools_rust"}) {
    if (backend.find(made) != std::string::npos) return "it is compiled by " + std::string(made);
  }
  for (const std::string& path : files.paths) {
    std::string_view top = std::string_view(path).substr(0, path.find('/'));
    if (is_aside(top)) continue;
    if (path.ends_with(".pyx")) return "'" + path + "' is compiled";
  }
  bool c_sources = std::any_of(files.paths.begin(), files.paths.end(), [](const std::string& path) {
    return !is_aside(path.substr(0, path.find('/'))) &&
           (path.ends_with(".c") || path.ends_with(".cpp"));
  });
  if (c_sources && backend.find("setuptools") != std::string::npos) return "it has C sources";
  for (const ConfigFile::Path& path :
       {ConfigFile::Path{"tool", "setuptools_scm", "version_file"},
        ConfigFile::Path{"tool", "setuptools_scm", "write_to"},
        ConfigFile::Path{"tool", "hatch", "build", "hooks", "vcs", "version-file"}}) {
    std::string file = first_of(pyproject, path);
    if (!file.empty() && !files.has(file)) return "'" + file + "' is generated";
  }
  return {};
}

bool has_package_data(const Files& files) {
  return files.has("pyproject.toml") || files.has("setup.py") || files.has("setup.cfg");
}

/// At the root every folder could be a namespace: "acme.core" is one's part where the project is
/// called so and has the folder.
void add_by_name(const Files& files, Project& project) {
  std::string path = replace_all(replace_all(project.name, ".", "/"), "-", "/");
  std::string name = replace_all(path, "/", ".");
  std::string top = path.substr(0, path.find('/'));
  bool part = path != top && is_name(top) && !files.has(top + "/__init__.py");
  if (!part || !files.has(path + "/__init__.py")) return;
  project.packages.push_back({name, below(project.folder, path)});
  project.roots.push_back(project.folder);
}

void find_packages(const Files& files, const std::map<std::string, std::string>& dirs,
                   Project& project) {
  auto add_root = [&](const std::string& root) {
    std::vector<Package> packages = packages_below(files, root);
    if (packages.empty()) return;
    project.roots.push_back(below(project.folder, root));
    for (Package& package : packages) {
      package.path = below(project.folder, package.path);
      project.packages.push_back(std::move(package));
    }
  };
  for (const auto& [name, place] : dirs) {
    if (name.empty()) continue;
    project.packages.push_back({name, below(project.folder, place)});
  }
  if (auto all = dirs.find(""); all != dirs.end() && !all->second.empty() && all->second != ".") {
    add_root(all->second);
  } else if (dirs.empty()) {
    for (const char* root : {"src", "lib", "python"}) add_root(root);
    if (project.packages.empty()) add_root("");
  }
  if (project.packages.empty()) add_by_name(files, project);
  std::string module = replace_all(plain_name(project.name), "-", "_");
  if (project.packages.empty() && !module.empty() && files.has(module + ".py")) {
    project.packages.push_back({module, below(project.folder, module + ".py")});
    project.roots.push_back(project.folder);
  }
}

Project read_project(const TreeFacts& tree, const Files& files, const std::string& folder) {
  Project project;
  project.folder = folder;
  auto text_of = [&](const char* name) {
    return files.has(name) ? tree.read(below(folder, name)).value_or("") : std::string();
  };
  ConfigFile pyproject = gate::read_toml(text_of("pyproject.toml"));
  ConfigFile setup = gate::read_ini(text_of("setup.cfg"));
  project.name = first_of(pyproject, {"project", "name"});
  if (project.name.empty()) project.name = first_of(pyproject, {"tool", "poetry", "name"});
  if (project.name.empty()) project.name = first_of(setup, {"metadata", "name"});
  project.requires_python = first_of(pyproject, {"project", "requires-python"});
  if (project.requires_python.empty())
    project.requires_python = first_of(pyproject, {"tool", "poetry", "dependencies", "python"});
  if (project.requires_python.empty())
    project.requires_python = first_of(setup, {"options", "python_requires"});
  if (auto needs = pyproject.values.find({"project", "dependencies"});
      needs != pyproject.values.end()) {
    for (const std::string& one : needs->second) {
      // With a marker it is needed on some machines only.
      if (one.find(';') != std::string::npos || one.find('@') != std::string::npos) continue;
      project.requires_always.push_back(
          plain_name(trim(one.substr(0, one.find_first_of(" [<>=!~(")))));
    }
  }
  project.backend = first_of(pyproject, {"build-system", "build-backend"});
  if (project.backend.empty() && (files.has("setup.py") || files.has("setup.cfg")))
    project.backend = "setuptools.build_meta:__legacy__";
  find_packages(files, package_dirs(pyproject, setup), project);
  project.built = why_built(files, pyproject, project.backend);
  return project;
}

/// Folders with a manifest, the root first; not those of tests, examples and the like.
std::vector<std::string> project_folders(const std::vector<std::string>& paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name != "pyproject.toml" && name != "setup.py") continue;
    std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
    std::vector<std::string> parts =
        folder.empty() ? std::vector<std::string>{} : split(folder, '/');
    bool aside = std::any_of(parts.begin(), parts.end(),
                             [](const std::string& part) { return is_aside(part); });
    if (!aside && parts.size() <= kDeepestProject) folders.insert(folder);
  }
  return {folders.begin(), folders.end()};
}

/// Names of hatch's environments as tests are likeliest to be in them.
std::vector<std::string> hatch_envs_in(const ConfigFile& pyproject, const ConfigFile& own) {
  std::vector<std::string> names;
  auto take = [&](const ConfigFile& file, const ConfigFile::Path& above) {
    auto look = [&](const ConfigFile::Path& path) {
      bool inside =
          path.size() > above.size() && std::equal(above.begin(), above.end(), path.begin());
      if (!inside) return;
      const std::string& name = path[above.size()];
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const ConfigFile::Path& path : file.tables) look(path);
    for (const auto& [path, values] : file.values) look(path);
  };
  take(pyproject, {"tool", "hatch", "envs"});
  take(own, {"envs"});
  auto rank = [](const std::string& name) {
    if (name.find("test") != std::string::npos) return 0;
    if (name.find("cov") != std::string::npos) return 1;
    if (name.starts_with("dev")) return 2;
    return name == "default" ? 3 : 4;
  };
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return std::pair(rank(a), a) < std::pair(rank(b), b);
  });
  std::erase_if(names, [&](const std::string& name) { return rank(name) > 3; });
  return names;
}

std::vector<std::string> requirement_files(const TreeFacts& tree) {
  std::vector<std::string> found;
  for (const char* name :
       {"requirements.txt", "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt",
        "requirements-test.txt", "requirements-tests.txt", "test-requirements.txt",
        "requirements/base.txt", "requirements/dev.txt", "requirements/test.txt",
        "requirements/tests.txt", "requirements/testing.txt", "requirements-dev.lock",
        "requirements.lock"}) {
    if (tree.has_path(name)) found.emplace_back(name);
  }
  return found;
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain;
  for (char c : lower(name)) {
    bool dash = c == '_' || c == '.' || c == '-';
    if (dash && plain.ends_with('-')) continue;
    plain += dash ? '-' : c;
  }
  return plain;
}

Manifest read_manifest(const TreeFacts& tree) {
  Manifest manifest;
  std::vector<std::string> paths = tree.paths("", kMostPaths);
  for (const std::string& folder : project_folders(paths)) {
    Files files = files_below(paths, folder);
    if (has_package_data(files)) manifest.projects.push_back(read_project(tree, files, folder));
  }
  for (const char* lock : {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}) {
    if (tree.has_path(lock)) manifest.locks.emplace_back(lock);
  }
  manifest.requirements = requirement_files(tree);
  ConfigFile root = gate::read_toml(tree.read("pyproject.toml").value_or(""));
  for (const ConfigFile::Path& table : root.tables) {
    if (table.size() == 2 && table[0] == "tool") manifest.tables.push_back(table[1]);
  }
  manifest.hatch_envs = hatch_envs_in(root, gate::read_toml(tree.read("hatch.toml").value_or("")));
  return manifest;
}

}  // namespace gf::env
