// What manifests say of other projects in the same repository: paths, workspaces, names.
#include <algorithm>
#include <functional>

#include "base/glob.h"
#include "base/text.h"
#include "gate/config_file.h"
#include "gate/project_kinds.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;
using record::TreeFacts;

/// As names of Python's distributions are compared: "My_Pkg.x" is "my-pkg-x".
std::string plain(std::string_view name) {
  std::string text;
  for (char c : lower(trim(name))) {
    bool dash = c == '_' || c == '.' || c == '-';
    if (!dash || !text.ends_with('-')) text += dash ? '-' : c;
  }
  return text;
}

std::string first_of(const ConfigFile& file, const ConfigFile::Path& path) {
  auto found = file.values.find(path);
  return found == file.values.end() || found->second.empty() ? "" : found->second.front();
}

/// The path in "core @ file:../core", "-e ../core", "-e file:///${PROJECT_ROOT}/../core",
/// "core @ {root:uri}/../core"; empty: it names none that is relative.
std::string path_in(std::string_view requirement) {
  std::string_view text = trim(requirement);
  for (std::string_view option : {"-e ", "--editable ", "--editable="}) {
    if (text.starts_with(option)) text = trim(text.substr(option.size()));
  }
  for (std::string_view root : {"${PROJECT_ROOT}/", "{root:uri}/"}) {
    if (size_t at = text.find(root); at != std::string_view::npos)
      return std::string(text.substr(at + root.size()));
  }
  if (size_t at = text.find("file:"); at != std::string_view::npos) text = text.substr(at + 5);
  bool relative = text.starts_with("./") || text.starts_with("../") || text == "..";
  if (!relative) return {};
  return std::string(text.substr(0, text.find_first_of("[;# ")));
}

/// "acme-core[x]>=1; marker" as a path or as a name.
void take_requirement(std::string_view requirement, Links& links) {
  std::string path = path_in(requirement);
  if (!path.empty()) return links.paths.push_back(path);
  std::string_view text = trim(requirement);
  std::string name = plain(text.substr(0, text.find_first_of(" [<>=!~(;@#")));
  if (!name.empty() && name[0] != '-') links.wanted.push_back(name);
}

bool begins(const ConfigFile::Path& path, std::initializer_list<const char*> with) {
  return path.size() >= with.size() && std::equal(with.begin(), with.end(), path.begin());
}

/// poetry's, whose keys are names: `core = {path = "../core"}`.
bool in_poetry_table(const ConfigFile::Path& path) {
  if (!begins(path, {"tool", "poetry"}) || path.size() < 4) return false;
  return path[2] == "dependencies" || path[2] == "dev-dependencies" ||
         (path[2] == "group" && path.size() > 5 && path[4] == "dependencies");
}

void take_pyproject(const ConfigFile& file, Links& links) {
  for (const ConfigFile::Path& path :
       {ConfigFile::Path{"project", "name"}, ConfigFile::Path{"tool", "poetry", "name"}}) {
    if (std::string name = plain(first_of(file, path)); !name.empty()) links.names.push_back(name);
  }
  for (const auto& [path, texts] : file.values) {
    bool list = path == ConfigFile::Path{"project", "dependencies"} ||
                begins(path, {"project", "optional-dependencies"}) ||
                begins(path, {"dependency-groups"}) ||
                begins(path, {"tool", "pdm", "dev-dependencies"}) ||
                path == ConfigFile::Path{"tool", "uv", "dev-dependencies"} ||
                (begins(path, {"tool", "hatch", "envs"}) && path.back().ends_with("dependencies"));
    if (list) {
      for (const std::string& text : texts) take_requirement(text, links);
    } else if (begins(path, {"tool", "uv", "sources"}) && path.size() == 5) {
      if (path.back() == "path" && !texts.empty()) links.paths.push_back(texts.front());
      if (path.back() == "workspace") links.wanted.push_back(plain(path[3]));
    } else if (path == ConfigFile::Path{"tool", "uv", "workspace", "members"}) {
      links.members = texts;
    } else if (in_poetry_table(path)) {
      bool whole = path[2] == "group" ? path.size() == 6 : path.size() == 4;
      bool at = path.back() == "path" && !texts.empty();
      if (at) links.paths.push_back(texts.front());
      if (whole || at) links.wanted.push_back(plain(path[path[2] == "group" ? 5 : 3]));
    }
  }
}

Links of_python(const TreeFacts& tree) {
  Links links;
  take_pyproject(read_toml(tree.read("pyproject.toml").value_or("")), links);
  ConfigFile setup = read_ini(tree.read("setup.cfg").value_or(""));
  if (std::string name = plain(first_of(setup, {"metadata", "name"})); !name.empty())
    links.names.push_back(name);
  for (const auto& [path, texts] : setup.values) {
    bool wants = path == ConfigFile::Path{"options", "install_requires"} ||
                 begins(path, {"options.extras_require"});
    if (!wants || texts.empty()) continue;
    for (const std::string& line : lines(texts.front())) take_requirement(line, links);
  }
  for (const char* name : {"requirements.txt", "requirements-dev.txt", "requirements-test.txt",
                           "requirements/dev.txt", "requirements/test.txt"}) {
    for (const std::string& line : lines(tree.read(name).value_or("")))
      take_requirement(line, links);
  }
  return links;
}

Links of_javascript(const TreeFacts& tree) {
  Links links;
  auto json = record::Json::parse(tree.read("package.json").value_or(""));
  if (!json.ok()) return links;
  if (std::string name = json->get_string("name"); !name.empty()) links.names.push_back(name);
  for (const char* table :
       {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}) {
    for (const auto& [name, version] : json->get(table).members()) {
      std::string text = version.as_string().value_or("");
      for (std::string_view scheme : {"file:", "link:", "portal:"}) {
        if (text.starts_with(scheme)) links.paths.push_back(text.substr(scheme.size()));
      }
      links.wanted.push_back(name);
    }
  }
  links.members = json->get_strings("workspaces");
  return links;
}

/// Words of the directive's line or block: `replace a => ../a`, `use (\n./a\n./b\n)`.
std::vector<Words> directives(const std::string& text, std::string_view name) {
  std::vector<Words> all;
  bool inside = false;
  for (const std::string& line : lines(text)) {
    std::string_view row = trim(std::string_view(line).substr(0, line.find("//")));
    if (inside && row == ")") {
      inside = false;
    } else if (inside && !row.empty()) {
      all.push_back(split(std::string(row), ' '));
    } else if (row.starts_with(std::string(name) + " ")) {
      std::string_view rest = trim(row.substr(name.size()));
      inside = rest == "(";
      if (!inside) all.push_back(split(std::string(rest), ' '));
    }
  }
  return all;
}

Links of_go(const TreeFacts& tree) {
  Links links;
  std::string text = tree.read("go.mod").value_or("");
  for (const Words& words : directives(text, "module")) links.names.push_back(words.front());
  for (const Words& words : directives(text, "require")) links.wanted.push_back(words.front());
  for (const Words& words : directives(text, "replace")) {
    auto arrow = std::find(words.begin(), words.end(), "=>");
    if (arrow != words.end() && arrow + 1 != words.end() && (arrow + 1)->starts_with('.'))
      links.paths.push_back(*(arrow + 1));
  }
  return links;
}

Links of_rust(const TreeFacts& tree) {
  Links links;
  ConfigFile file = read_toml(tree.read("Cargo.toml").value_or(""));
  if (std::string name = first_of(file, {"package", "name"}); !name.empty())
    links.names.push_back(name);
  for (const auto& [path, texts] : file.values) {
    auto table = std::find_if(path.begin(), path.end(), [](const std::string& part) {
      return part == "dependencies" || part == "dev-dependencies" || part == "build-dependencies";
    });
    if (table == path.end() || table + 1 == path.end() || path.front() == "workspace") continue;
    links.wanted.push_back(*(table + 1));
    if (path.back() == "path" && !texts.empty()) links.paths.push_back(texts.front());
  }
  links.members = file.values[{"workspace", "members"}];
  // What the root is built on by path is a member without being named.
  if (file.tables.contains({"workspace"}))
    links.members.insert(links.members.end(), links.paths.begin(), links.paths.end());
  return links;
}

}  // namespace

Links links_of(const TreeFacts& tree, const std::string& language) {
  if (language == "Python") return of_python(tree);
  if (language == "JavaScript") return of_javascript(tree);
  if (language == "Go") return of_go(tree);
  if (language == "Rust") return of_rust(tree);
  return {};
}

}  // namespace gf::gate
