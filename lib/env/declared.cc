#include "env/declared.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "env/manifest.h"
#include "env/recipe.h"
#include "gate/config_file.h"

namespace gf::env {
namespace {

using gate::ConfigFile;
using record::TreeFacts;
using Words = std::vector<std::string>;

bool is_for_developing(const std::string& name) {
  constexpr std::array<std::string_view, 20> kNames = {
      "dev",   "devel",  "develop", "development", "test", "testing",    "tests",
      "lint",  "style",  "typing",  "types",       "type", "formatting", "format",
      "check", "checks", "cover",   "coverage",    "cov",  "default"};
  return std::find(kNames.begin(), kNames.end(), lower(name)) != kNames.end();
}

/// Does `path` lead to a key right below `table`, or `deeper` below it?
bool is_below(const ConfigFile::Path& path, const ConfigFile::Path& table, size_t deeper = 1) {
  return path.size() == table.size() + deeper &&
         std::equal(table.begin(), table.end(), path.begin());
}

void append(const ConfigFile& file, const ConfigFile::Path& path, Words& all) {
  auto found = file.values.find(path);
  if (found != file.values.end()) all.insert(all.end(), found->second.begin(), found->second.end());
}

/// "^1.2" of poetry is ">=1.2,<2" of pip; "~1.2" is "~=1.2", "*" is anything.
std::string as_pip_has_it(const std::string& name, std::string version) {
  version = std::string(trim(version));
  if (version.empty() || version == "*" || version.find("||") != std::string::npos) return name;
  char first = version[0];
  if (first >= '0' && first <= '9') return name + "==" + version;
  if (first != '^' && first != '~') return name + version;
  std::string low = version.substr(1);
  if (first == '~' && low.starts_with("=")) return name + version;
  Words parts = split(low, '.');
  size_t fixed = 0;  // the part that may not change
  if (first == '~') fixed = parts.size() > 1 ? 1 : 0;
  while (first == '^' && fixed + 1 < parts.size() && parts[fixed] == "0") ++fixed;
  int number = 0;
  const std::string& part = parts[fixed];
  auto [at, code] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (code != std::errc() || at != part.data() + part.size()) return name;
  parts.resize(fixed + 1);
  parts[fixed] = std::to_string(number + 1);
  return fmt::format("{}>={},<{}", name, low, join(parts, "."));
}

/// A table of poetry's: names with a version, or with a table that has one.
void add_poetry(const ConfigFile& file, const ConfigFile::Path& table, Words& all) {
  Words names;
  auto add = [&](const std::string& name, const std::string& version) {
    bool known = name == "python" || std::find(names.begin(), names.end(), name) != names.end();
    if (known) return;
    names.push_back(name);
    all.push_back(as_pip_has_it(name, version));
  };
  for (const auto& [path, values] : file.values) {
    if (values.empty()) continue;
    if (is_below(path, table)) add(path.back(), values.front());
    bool version = is_below(path, table, 2) && path.back() == "version";
    if (version) add(path[path.size() - 2], values.front());
  }
}

void add_pyproject(const ConfigFile& file, Words& all) {
  for (const auto& [path, values] : file.values) {
    bool group = path.size() == 2 && path[0] == "dependency-groups";
    bool extra = is_below(path, {"project", "optional-dependencies"});
    bool pdm = is_below(path, {"tool", "pdm", "dev-dependencies"});
    bool uv = path == ConfigFile::Path{"tool", "uv", "dev-dependencies"};
    bool listed = (group || extra || pdm) && is_for_developing(path.back());
    bool hatch = is_below(path, {"tool", "hatch", "envs"}, 2) && is_for_developing(path[3]) &&
                 (path.back() == "dependencies" || path.back() == "extra-dependencies");
    if (listed || hatch || uv) all.insert(all.end(), values.begin(), values.end());
  }
  add_poetry(file, {"tool", "poetry", "dependencies"}, all);
  add_poetry(file, {"tool", "poetry", "dev-dependencies"}, all);
  Words groups;
  for (const ConfigFile::Path& table : file.tables) {
    if (is_below(table, {"tool", "poetry", "group"}) && is_for_developing(table.back()))
      groups.push_back(table.back());
  }
  for (const std::string& one : groups)
    add_poetry(file, {"tool", "poetry", "group", one, "dependencies"}, all);
}

/// One requirement a line; indented lists of INI files.
void add_lines(const std::string& text, Words& all) {
  for (const std::string& row : lines(text)) {
    std::string_view line = trim(row);
    if (!line.empty() && line[0] != '#') all.emplace_back(line);
  }
}

void add_setup_cfg(const TreeFacts& tree, Words& all) {
  ConfigFile file = gate::read_ini(tree.read("setup.cfg").value_or(""));
  auto add = [&](const ConfigFile::Path& path) {
    Words rows;
    append(file, path, rows);
    for (const std::string& one : rows) add_lines(one, all);
  };
  add({"options", "install_requires"});
  for (const auto& [path, values] : file.values) {
    if (is_below(path, {"options.extras_require"}) && is_for_developing(path.back())) add(path);
  }
}

/// "deps" of tox's first and of those environments whose names are for developing: without factors
/// ("py39: x"), which are of some only, and without substitutions.
void add_tox(const TreeFacts& tree, Words& all) {
  ConfigFile file = gate::read_ini(tree.read("tox.ini").value_or(""));
  Words rows;
  for (const auto& [path, values] : file.values) {
    if (path.size() != 2 || path[1] != "deps" || !path[0].starts_with("testenv")) continue;
    std::string name = path[0] == "testenv" ? "test" : path[0].substr(path[0].find(':') + 1);
    if (!is_for_developing(name) && name != "mypy") continue;
    for (const std::string& one : values) add_lines(one, rows);
  }
  for (const std::string& row : rows) {
    bool plain = row.find('{') == std::string::npos && row.find(": ") == std::string::npos &&
                 row.find('/') == std::string::npos;
    if (plain && row[0] != '-' && row[0] != '.') all.push_back(row);
    if (!row.starts_with("-r")) continue;
    std::string path(trim(row.substr(2)));
    if (!tree.has_path(path)) continue;
    for (const std::string& line : lines(flat_requirements(tree, {path}))) all.push_back(line);
  }
}

Words without_doubles(const Words& all) {
  Words once;
  for (const std::string& one : all) {
    if (std::find(once.begin(), once.end(), one) == once.end()) once.push_back(one);
  }
  return once;
}

/// Groups that stand for others pull in what documents and publishes, too: only where they are all.
void without_umbrellas(Words& names) {
  Words narrow;
  for (const std::string& one : names) {
    if (!lower(one).starts_with("dev") && one != "default") narrow.push_back(one);
  }
  if (!narrow.empty()) names = narrow;
}

}  // namespace

Words declared_requirements(const TreeFacts& tree, const Words& extras) {
  ConfigFile file = gate::read_toml(tree.read("pyproject.toml").value_or(""));
  Words all;
  append(file, {"project", "dependencies"}, all);
  for (const std::string& extra : extras)
    append(file, {"project", "optional-dependencies", extra}, all);
  if (extras.empty()) {
    add_pyproject(file, all);
    add_setup_cfg(tree, all);
    add_tox(tree, all);
  }
  return without_doubles(all);
}

Developing developing_parts(const TreeFacts& tree) {
  ConfigFile file = gate::read_toml(tree.read("pyproject.toml").value_or(""));
  Developing parts;
  for (const auto& [path, values] : file.values) {
    if (!is_for_developing(path.back())) continue;
    if (path.size() == 2 && path[0] == "dependency-groups") parts.groups.push_back(path[1]);
    if (is_below(path, {"project", "optional-dependencies"})) parts.extras.push_back(path[2]);
  }
  without_umbrellas(parts.groups);
  without_umbrellas(parts.extras);
  return parts;
}

Words names_wanted(const Words& requirements) {
  constexpr std::array<std::string_view, 16> kAside = {
      "tox",   "nox", "pre-commit", "twine",  "build",     "wheel",   "pip",       "setuptools",
      "hatch", "uv",  "poetry",     "sphinx", "towncrier", "codecov", "coveralls", "tox-uv"};
  Words names;
  for (const std::string& one : requirements) {
    bool everywhere = one.find_first_of(";@/") == std::string::npos && !one.starts_with("-");
    std::string name = plain_name(trim(one.substr(0, one.find_first_of(" [<>=!~(#"))));
    bool aside = std::find(kAside.begin(), kAside.end(), name) != kAside.end();
    if (everywhere && !aside && !name.empty()) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return without_doubles(names);
}

std::string named_once(const Words& names) {
  Words plain, named;
  for (const std::string& one : names) {
    std::string name = plain_name(one);
    if (std::find(plain.begin(), plain.end(), name) != plain.end()) continue;
    plain.push_back(name);
    named.push_back(one);
  }
  return join(named, ", ");
}

}  // namespace gf::env
