// Which folders are projects, and how they stand to each other.
#include "gate/project.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "base/glob.h"
#include "base/text.h"
#include "gate/evidence.h"
#include "gate/folder_facts.h"
#include "gate/language.h"
#include "gate/project_kinds.h"

namespace gf::gate {
namespace {

constexpr size_t kMostSeen = 50000;
constexpr size_t kDeepestFolder = 5;  // folders below the root

/// Folders in which manifests are somebody else's, or examples of one.
bool is_aside(std::string_view name) {
  constexpr std::array<std::string_view, 42> kAside = {
      "tests",      "test",     "testing",      "testdata",    "test_data",     "test-data",
      "fixtures",   "fixture",  "__fixtures__", "__tests__",   "docs",          "doc",
      "examples",   "example",  "samples",      "sample",      "demos",         "demo",
      "templates",  "template", "skeleton",     "skeletons",   "cookiecutter",  "scaffold",
      "blueprints", "vendor",   "vendored",     "_vendor",     "third_party",   "third-party",
      "3rdparty",   "external", "extern",       "subprojects", "node_modules",  "build",
      "dist",       "bench",    "benchmarks",   "benches",     "site-packages", "e2e"};
  return name.starts_with(".") || name.ends_with(".egg-info") ||
         name.find_first_of("{<$%") != std::string_view::npos ||
         std::find(kAside.begin(), kAside.end(), name) != kAside.end();
}

bool may_hold_one(const std::string& folder) {
  if (folder.empty()) return true;
  std::vector<std::string> parts = split(folder, '/');
  return parts.size() <= kDeepestFolder &&
         std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return is_aside(part); });
}

std::string parent_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool is_named(std::string_view file, std::string_view name) {
  return file[0] == '*' ? name.ends_with(file.substr(1)) : name == file;
}

void add_once(std::vector<std::string>& all, const std::string& one) {
  if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

/// Folders that the project's own CI or tasks run a tool in.
std::set<std::string> worked_in(const record::TreeFacts& tree) {
  std::set<std::string> folders;
  for (const Evidence& one : evidence_in(tree)) folders.insert(one.call.folder);
  return folders;
}

/// Has a folder further up a manifest of this language already?
bool has_one_above(const std::map<std::string, Project>& found, const std::string& folder,
                   std::string_view language) {
  return std::any_of(found.begin(), found.end(), [&](const auto& one) {
    const std::vector<std::string>& languages = one.second.languages;
    return one.first != folder && is_below(folder, one.first) &&
           std::find(languages.begin(), languages.end(), language) != languages.end();
  });
}

/// An application without any packaging: what it needs, and tests or Django beside it.
bool is_plain_python(const record::TreeFacts& tree, const std::string& folder) {
  FolderFacts view(tree, folder);
  bool runs = view.has_path("manage.py") || view.has_path("tests") || view.has_path("test") ||
              view.has_path("pytest.ini") || view.has_path("tox.ini");
  return runs && !view.has_path("pyproject.toml") && !folder.empty();
}

std::map<std::string, Project> with_manifests(const record::TreeFacts& tree) {
  std::vector<std::string> paths = tree.paths("", kMostSeen);
  // Those further up first, as they may take in those below.
  std::stable_sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    return std::count(a.begin(), a.end(), '/') < std::count(b.begin(), b.end(), '/');
  });
  std::optional<std::set<std::string>> evident;
  std::map<std::string, Project> found;
  for (const std::string& path : paths) {
    std::string folder = parent_of(path);
    std::string name = path.substr(folder.empty() ? 0 : folder.size() + 1);
    std::string_view language;
    for (const ManifestKind& kind : manifest_kinds()) {
      if (!is_named(kind.file, name)) continue;
      bool taken = kind.topmost && has_one_above(found, folder, kind.language);
      if (!taken && kind.is_one(tree.read(path).value_or(""))) language = kind.language;
    }
    bool plain = name == "requirements.txt" || name == "Pipfile";
    if (plain && is_plain_python(tree, folder)) language = "Python";
    if (language.empty()) continue;
    if (!may_hold_one(folder)) {
      if (!evident) evident = worked_in(tree);
      if (!evident->contains(folder)) continue;
    }
    Project& project = found[folder];
    project.folder = folder;
    add_once(project.languages, std::string(language));
    add_once(project.manifests, path);
  }
  return found;
}

/// "../core" from "packages/app" is "packages/core"; nothing: it leads out of the tree.
std::optional<std::string> led_from(const std::string& folder, const std::string& path) {
  std::string whole = (std::filesystem::path(folder) / path).lexically_normal().string();
  while (whole.ends_with('/')) whole.pop_back();
  if (whole == "." || whole.empty()) return "";
  if (whole.starts_with("/") || whole == ".." || whole.starts_with("../")) return std::nullopt;
  return whole;
}

/// Marks what a workspace's root counts to it.
void take_members(const std::string& root, const std::vector<std::string>& patterns,
                  std::map<std::string, Project>& found) {
  for (auto& one : found) {
    if (one.first == root || !is_below(one.first, root)) continue;
    std::string below = one.first.substr(root.empty() ? 0 : root.size() + 1);
    bool member = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return below == pattern || pathspec_matches(pattern, below);
    });
    if (member) one.second.workspace = root;
  }
}

}  // namespace

bool are_several(const std::vector<Project>& projects) {
  return std::any_of(projects.begin(), projects.end(),
                     [](const Project& one) { return !one.folder.empty(); });
}

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

std::vector<Project> projects_in(const record::TreeFacts& tree) {
  std::map<std::string, Project> found = with_manifests(tree);
  std::map<std::pair<std::string, std::string>, std::string> by_name;  // language, name -> folder
  std::map<std::string, std::vector<std::pair<std::string, Links>>> links;
  for (auto& [folder, project] : found) {
    FolderFacts view(tree, folder);
    for (const std::string& language : project.languages) {
      Links said = links_of(view, language);
      for (const std::string& name : said.names) {
        by_name.emplace(std::pair(language, name), folder);
        add_once(project.names, name);
      }
      links[folder].emplace_back(language, std::move(said));
    }
  }
  for (auto& one : found) {
    Project& project = one.second;
    auto need = [&](const std::string& other) {
      if (other != project.folder && found.contains(other)) add_once(project.needs, other);
    };
    for (const auto& [language, said] : links[project.folder]) {
      for (const std::string& path : said.paths) {
        if (auto other = led_from(project.folder, path)) need(*other);
      }
      for (const std::string& name : said.wanted) {
        auto known = by_name.find(std::pair(language, name));
        if (known != by_name.end()) need(known->second);
      }
      take_members(project.folder, said.members, found);
    }
    std::sort(project.needs.begin(), project.needs.end());
  }
  std::vector<Project> projects;
  for (auto& one : found) projects.push_back(std::move(one.second));
  return projects;
}

const Project* owner_of(const std::vector<Project>& projects, std::string_view path) {
  const Project* owner = nullptr;
  for (const Project& project : projects) {
    bool further = owner == nullptr || project.folder.size() > owner->folder.size();
    if (further && is_below(path, project.folder)) owner = &project;
  }
  return owner;
}

std::set<std::string> built_on(const std::vector<Project>& projects, const std::string& folder) {
  std::set<std::string> all;
  std::vector<std::string> open = {folder};
  while (!open.empty()) {
    std::string next = open.back();
    open.pop_back();
    if (!all.insert(next).second) continue;
    for (const Project& project : projects) {
      if (project.folder == next)
        open.insert(open.end(), project.needs.begin(), project.needs.end());
    }
  }
  return all;
}

std::vector<std::string> guarded_below(const std::vector<Project>& projects,
                                       const std::vector<std::string>& guarded) {
  std::vector<std::string> all;
  for (const Project& project : projects) {
    if (project.folder.empty()) continue;
    for (const std::string& path : guarded) {
      if (path.find('/') == std::string::npos)
        all.push_back(glob_literal(project.folder) + "/" + path);
    }
  }
  return all;
}

std::vector<std::string> unknown_languages(const Project& project) {
  std::vector<std::string> unknown;
  for (const std::string& language : project.languages) {
    const auto& rows = all_languages();
    bool known = std::any_of(rows.begin(), rows.end(),
                             [&](const Language& row) { return row.name == language; });
    if (!known) unknown.push_back(language);
  }
  return unknown;
}

}  // namespace gf::gate
