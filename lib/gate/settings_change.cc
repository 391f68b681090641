#include "gate/settings_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "base/glob.h"
#include "base/text.h"
#include "gate/java_project.h"
#include "gate/language.h"
#include "record/json.h"

namespace gf::gate {
namespace {

/// Of what no language's row names, or names among what is guarded for other reasons.
const std::vector<std::string>& settings_anywhere() {
  static const std::vector<std::string> paths = {".gitfactory",     ".pre-commit-config.yaml",
                                                 "tsconfig*.json",  ".eslintrc*",
                                                 "eslint.config.*", "biome.json",
                                                 "jest.config.*",   "vitest.config.*",
                                                 ".golangci.yml",   ".golangci.yaml",
                                                 ".clang-tidy",     ".eslintignore",
                                                 ".prettierignore", "jest.preset.*",
                                                 "noxfile.py",      "lefthook.yml"};
  return paths;
}

std::string name_in_path(std::string_view path) {
  size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// Files that hold settings among other things, and those that only say what is installed.
bool is_mixed(std::string_view name) {
  constexpr std::array<std::string_view, 6> kMixed = {"pyproject.toml", "setup.cfg",    "tox.ini",
                                                      "Cargo.toml",     "package.json", "pom.xml"};
  return std::find(kMixed.begin(), kMixed.end(), name) != kMixed.end();
}
bool is_lock(std::string_view name) { return name.find("lock") != std::string_view::npos; }

bool is_settings_file(const std::string& path) {
  std::string name = name_in_path(path);
  if (is_mixed(name) || is_lock(name)) return false;
  if (glob_matches_any(settings_anywhere(), name)) return true;
  const auto& rows = all_languages();
  return std::any_of(rows.begin(), rows.end(), [&](const Language& language) {
    return glob_matches_any(language.settings, path) || glob_matches_any(language.settings, name);
  });
}

/// "tool.ruff.lint" of "[tool.ruff.lint]"; empty: the line begins no section, as an item of a list
/// does not that stands at the margin.
std::string header_in(std::string_view line) {
  size_t end = line.find(']');
  if (!line.starts_with('[') || end == std::string_view::npos) return {};
  size_t behind = line.find_first_not_of("] \t", end);
  bool ends = behind == std::string_view::npos || line[behind] == '#' || line[behind] == ';';
  if (!ends || line.starts_with("[\"") || line.starts_with("['")) return {};
  std::string_view name = line.substr(1, end - 1);
  if (name.starts_with('[')) name.remove_prefix(1);
  if (name.empty() || name.find_first_of(",{}=") != std::string_view::npos) return {};
  return std::string(trim(name));
}

/// What a section says, by its header, without blank lines and comments.
std::map<std::string, std::string> sections_in(const std::string& text) {
  std::map<std::string, std::string> sections;
  std::string current;
  for (const std::string& line : lines(text)) {
    if (std::string header = header_in(line); !header.empty()) {
      current = header;
      continue;
    }
    std::string_view bare = trim(line);
    if (bare.empty() || bare.starts_with('#') || bare.starts_with(';')) continue;
    sections[current] += std::string(bare) + "\n";
  }
  return sections;
}

/// Tools that only build, version or install.
bool is_packager(std::string_view tool) {
  constexpr std::array<std::string_view, 15> kPackagers = {
      "poetry", "pdm",  "hatch", "uv",        "setuptools", "setuptools_scm", "flit",
      "rye",    "pixi", "conda", "towncrier", "commitizen", "bumpversion",    "semantic_release",
      "bumpver"};
  return std::find(kPackagers.begin(), kPackagers.end(), tool) != kPackagers.end();
}

bool is_settings_section(std::string_view file, std::string_view section) {
  if (file == "pyproject.toml") {
    if (section == "tool") return true;
    if (!section.starts_with("tool.")) return false;
    std::string_view tool = section.substr(5);
    return !is_packager(tool.substr(0, tool.find('.')));
  }
  if (file == "Cargo.toml")
    return section.starts_with("lints") || section.find(".lints") != std::string_view::npos;
  constexpr std::array<std::string_view, 12> kTools = {
      "flake8", "mypy",   "tool:pytest", "pytest",     "coverage", "isort",
      "pylint", "pylama", "pycodestyle", "pydocstyle", "testenv",  "tox"};
  return std::any_of(kTools.begin(), kTools.end(), [&](std::string_view tool) {
    return section == tool || section.starts_with(std::string(tool) + ":") ||
           section.starts_with(std::string(tool) + "-") ||
           section.starts_with(std::string(tool) + ".");
  });
}

/// package.json: what the tools are told there, and the scripts that call them.
std::map<std::string, std::string> sections_in_package(const std::string& text) {
  std::map<std::string, std::string> sections;
  auto json = record::Json::parse(text);
  if (!json.ok()) return sections;
  for (const char* tool : {"jest", "mocha", "ava", "vitest", "c8", "nyc", "eslintConfig", "xo",
                           "prettier", "eslintIgnore"}) {
    if (json->has(tool)) sections[tool] = json->get(tool).dump();
  }
  for (const auto& [name, script] : json->get("scripts").members()) {
    for (std::string_view word : {"test", "lint", "check", "type", "format", "cover"}) {
      if (name.find(word) != std::string::npos) sections["scripts." + name] = script.dump();
    }
  }
  return sections;
}

std::map<std::string, std::string> settings_in(std::string_view file,
                                               const std::optional<std::string>& text) {
  if (!text) return {};
  if (file == "package.json") return sections_in_package(*text);
  if (file == "pom.xml") return read_pom(*text).settings;
  std::map<std::string, std::string> sections = sections_in(*text);
  std::erase_if(sections, [&](const auto& one) { return !is_settings_section(file, one.first); });
  return sections;
}

void add_change(const std::string& path, std::string message,
                std::vector<record::Finding>& findings) {
  record::Finding finding;
  finding.path = path;
  finding.rule = "settings";
  finding.message = std::move(message);
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<record::Finding> settings_changed(const record::TreeFacts& base,
                                              const record::TreeFacts& tree,
                                              const std::vector<std::string>& paths) {
  std::vector<record::Finding> findings;
  std::set<std::string> sorted(paths.begin(), paths.end());
  for (const std::string& path : sorted) {
    bool before = base.has_path(path), after = tree.has_path(path);
    if (is_settings_file(path)) {
      add_change(path,
                 !before  ? "settings of gates are new"
                 : !after ? "settings of gates are gone"
                          : "settings of gates are changed",
                 findings);
      continue;
    }
    std::string name = name_in_path(path);
    if (!is_mixed(name)) continue;
    auto old = settings_in(name, before ? base.read(path) : std::nullopt);
    auto now = settings_in(name, after ? tree.read(path) : std::nullopt);
    std::set<std::string> names;
    for (const auto& [section, said] : old) names.insert(section);
    for (const auto& [section, said] : now) names.insert(section);
    for (const std::string& section : names) {
      auto was = old.find(section), is = now.find(section);
      bool same = was != old.end() && is != now.end() && was->second == is->second;
      if (same) continue;
      const char* how = was == old.end() ? "new" : is == now.end() ? "gone" : "changed";
      add_change(path, fmt::format("settings of gates ({}) are {}", section, how), findings);
    }
  }
  return findings;
}

}  // namespace gf::gate
