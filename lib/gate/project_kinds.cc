// One row a manifest. A language may have rows here and no gates: then it is told of.
#include "gate/project_kinds.h"

#include <algorithm>
#include <array>

#include "gate/config_file.h"
#include "record/json.h"

namespace gf::gate {
namespace {

bool any_text(const std::string& text) {
  // Of a template that somebody fills in later: "{{ cookiecutter.name }}", "<%= name %>".
  return text.find("{{") == std::string::npos && text.find("<%") == std::string::npos;
}

/// A pyproject.toml further down often only changes settings of a formatter.
bool is_pyproject(const std::string& text) {
  if (!any_text(text.substr(0, text.find("[tool.")))) return false;
  ConfigFile file = read_toml(text);
  for (const ConfigFile::Path& table :
       {ConfigFile::Path{"project"}, ConfigFile::Path{"build-system"},
        ConfigFile::Path{"dependency-groups"}, ConfigFile::Path{"tool", "poetry"},
        ConfigFile::Path{"tool", "pytest"}, ConfigFile::Path{"tool", "uv"},
        ConfigFile::Path{"tool", "pdm"}, ConfigFile::Path{"tool", "hatch"}}) {
    if (file.tables.contains(table)) return true;
  }
  return !file.broken.empty();  // somebody's, and told of
}

bool is_setup_cfg(const std::string& text) {
  ConfigFile file = read_ini(text);
  return any_text(text) &&
         (file.tables.contains({"metadata"}) || file.tables.contains({"options"}));
}

/// {"type": "module"} alone tells node how to read the files beside it.
bool is_package_json(const std::string& text) {
  auto json = record::Json::parse(text);
  if (!json.ok() || !any_text(text)) return false;
  return json->has("name") || json->has("scripts") || json->has("dependencies") ||
         json->has("devDependencies");
}

/// What cargo-fuzz keeps beside a crate needs another toolchain and runs for ever: it is no
/// project.
bool is_cargo(const std::string& text) {
  ConfigFile file = read_toml(text);
  if (file.lines.contains({"package", "metadata", "cargo-fuzz"})) return false;
  return any_text(text) &&
         (file.tables.contains({"package"}) || file.tables.contains({"workspace"}));
}

/// CMake and meson have a file in each folder: one that begins a project says so.
bool calls_project(const std::string& text) {
  return any_text(text) && (text.find("project(") != std::string::npos ||
                            text.find("project (") != std::string::npos);
}

}  // namespace

const std::vector<ManifestKind>& manifest_kinds() {
  static const std::vector<ManifestKind> kinds = {
      {"pyproject.toml", "Python", false, is_pyproject},
      {"setup.py", "Python", false, any_text},
      {"setup.cfg", "Python", false, is_setup_cfg},
      {"package.json", "JavaScript", false, is_package_json},
      {"go.mod", "Go", false, any_text},
      {"Cargo.toml", "Rust", false, is_cargo},
      {"CMakeLists.txt", "C++", true, calls_project},
      {"meson.build", "C++", true, calls_project},
      {"pom.xml", "Java", true, any_text},
      {"build.gradle", "Java", true, any_text},
      {"build.gradle.kts", "Java", true, any_text},
      {"*.sln", ".NET", true, any_text},
      {"*.csproj", ".NET", true, any_text},
      {"composer.json", "PHP", false, any_text},
      {"Gemfile", "Ruby", false, any_text},
      {"*.gemspec", "Ruby", false, any_text},
      {"mix.exs", "Elixir", false, any_text},
      {"Package.swift", "Swift", false, any_text},
      {"pubspec.yaml", "Dart", false, any_text},
      {"build.zig", "Zig", true, any_text},
      {"*.cabal", "Haskell", false, any_text},
      {"dune-project", "OCaml", true, any_text},
  };
  return kinds;
}

}  // namespace gf::gate
