#include "gate/dependencies.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/config_file.h"
#include "gate/java_project.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using Dependencies = std::map<std::string, std::string>;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

/// "requests" of "Requests[socks] >= 2; python_version > '3'": names are compared as the Python
/// package index does, where '-', '_' and '.' are one.
std::string python_name(std::string_view requirement) {
  std::string name;
  for (char c : trim(requirement)) {
    if (!is_name_char(c)) break;
    name += c == '_' || c == '.' ? '-' : c;
  }
  return lower(name);
}

void add_requirement(std::string_view requirement, Dependencies& all) {
  requirement = trim(requirement);
  bool address = requirement.find("://") != std::string_view::npos &&
                 requirement.find(" @ ") == std::string_view::npos;
  bool path = requirement.starts_with(".") || requirement.starts_with("/");
  std::string name = address || path ? std::string(requirement) : python_name(requirement);
  if (!name.empty()) all.emplace(std::move(name), trim(requirement));
}

/// pip's form: a requirement a line; options and other files are none, an address is its own name.
Dependencies in_requirements(std::string_view text) {
  Dependencies all;
  for (const std::string& line : lines(std::string(text))) {
    std::string_view one = trim(line);
    one = trim(one.substr(0, one.find(" #")));
    if (!one.empty() && one[0] != '#' && one[0] != '-') add_requirement(one, all);
  }
  return all;
}

bool ends_as(const ConfigFile::Path& path, size_t at, std::string_view word) {
  return path.size() > at && path[at] == word;
}

/// A list of requirements: project.dependencies, a group, what builds it, a manager's own list.
bool lists_requirements(const ConfigFile::Path& path) {
  if (path.size() == 2 && path[0] == "project" && path[1] == "dependencies") return true;
  if (path.size() == 3 && path[0] == "project" && path[1] == "optional-dependencies") return true;
  if (path.size() == 2 && path[0] == "dependency-groups") return true;
  if (path.size() == 2 && path[0] == "build-system" && path[1] == "requires") return true;
  return path.size() >= 3 && path[0] == "tool" && ends_as(path, 2, "dev-dependencies") &&
         path[1] != "poetry";
}

/// The package of a table's key: tool.poetry.dependencies.<name>, dependencies.<name>.
std::string keyed_by(const ConfigFile::Path& path) {
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i].ends_with("dependencies")) return path[i + 1];
  }
  return {};
}

Dependencies in_pyproject(std::string_view text) {
  Dependencies all;
  for (const auto& [path, values] : read_toml(text).values) {
    if (lists_requirements(path)) {
      for (const std::string& one : values) add_requirement(one, all);
      continue;
    }
    bool poetry = path.size() > 3 && path[0] == "tool" && path[1] == "poetry";
    std::string name = poetry ? keyed_by(path) : "";
    if (!name.empty() && name != "python")
      all.emplace(python_name(name), fmt::format("{} {}", name, join(values, " ")));
  }
  return all;
}

Dependencies in_cargo(std::string_view text) {
  Dependencies all;
  for (const auto& [path, values] : read_toml(text).values) {
    std::string name = keyed_by(path);
    if (!name.empty()) all.emplace(name, fmt::format("{} {}", name, join(values, " ")));
  }
  return all;
}

Dependencies in_package_json(std::string_view text) {
  Dependencies all;
  auto json = record::Json::parse(text);
  if (!json.ok() || !json->is_object()) return all;
  for (const auto& [key, value] : json->members()) {
    if (!key.ends_with("ependencies") || !value.is_object()) continue;
    for (const auto& [name, version] : value.members())
      all.emplace(name, fmt::format("{} {}", name, version.as_string().value_or("")));
  }
  return all;
}

/// `require path version`, alone or in brackets.
Dependencies in_go_mod(std::string_view text) {
  Dependencies all;
  bool inside = false;
  for (const std::string& line : lines(std::string(text))) {
    std::string_view one = trim(line);
    one = trim(one.substr(0, one.find("//")));
    if (one == "require (" || one == "require(") {
      inside = true;
    } else if (one == ")") {
      inside = false;
    } else if (inside || one.starts_with("require ")) {
      if (!inside) one = trim(one.substr(std::string_view("require ").size()));
      std::string_view path = one.substr(0, one.find(' '));
      if (!path.empty()) all.emplace(path, one);
    }
  }
  return all;
}

}  // namespace

std::map<std::string, std::string> dependencies_in(std::string_view path, std::string_view text) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name == "pyproject.toml") return in_pyproject(text);
  if (name == "Cargo.toml") return in_cargo(text);
  if (name == "package.json") return in_package_json(text);
  if (name == "go.mod") return in_go_mod(text);
  if (name == "pom.xml") return read_pom(text).dependencies;
  bool requirements = name.find("requirements") != std::string_view::npos &&
                      (name.ends_with(".txt") || name.ends_with(".in"));
  bool folder = path.find("requirements/") != std::string_view::npos && name.ends_with(".txt");
  return requirements || folder ? in_requirements(text) : Dependencies();
}

}  // namespace gf::gate
