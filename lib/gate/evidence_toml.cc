// Commands in TOML: the script tables of project managers, and tox's own.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/config_file.h"
#include "gate/evidence_files.h"

namespace gf::gate {
namespace {

using Path = ConfigFile::Path;

/// A table whose values are commands, "*" for a name that people choose. What stands below it is a
/// script by itself or a table with the script in one of kBodies.
struct ScriptTable {
  std::vector<std::string_view> path;
  std::string_view way;
};

const std::vector<ScriptTable>& script_tables() {
  static const std::vector<ScriptTable> all = {
      {{"tool", "tox", "env", "*", "commands"}, "tox"},
      {{"tool", "tox", "env_run_base", "commands"}, "tox"},
      {{"env", "*", "commands"}, "tox"},
      {{"env_run_base", "commands"}, "tox"},
      {{"tool", "hatch", "envs", "*", "scripts", "*"}, "script"},
      {{"envs", "*", "scripts", "*"}, "script"},
      {{"tool", "pdm", "scripts", "*"}, "script"},
      {{"tool", "poe", "tasks", "*"}, "script"},
      {{"tool", "taskipy", "tasks", "*"}, "script"},
      {{"tool", "rye", "scripts", "*"}, "script"},
      {{"tool", "pixi", "tasks", "*"}, "script"},
      {{"tool", "pixi", "feature", "*", "tasks", "*"}, "script"},
  };
  return all;
}

/// Of a script that is a table, the members that hold its command.
constexpr std::array<std::string_view, 5> kBodies = {"cmd", "shell", "script", "sequence", "chain"};

bool leads_to(const ScriptTable& table, const Path& path) {
  if (path.size() != table.path.size() && path.size() != table.path.size() + 1) return false;
  for (size_t i = 0; i < table.path.size(); ++i) {
    if (table.path[i] != "*" && table.path[i] != path[i]) return false;
  }
  return path.size() == table.path.size() ||
         std::find(kBodies.begin(), kBodies.end(), path.back()) != kBodies.end();
}

/// "script lint", "tox testenv:lint": the name that people chose.
std::string way_of(const ScriptTable& table, const Path& path) {
  std::string name;
  for (size_t i = 0; i < table.path.size(); ++i) {
    if (table.path[i] == "*") name = path[i];
  }
  return std::string(table.way) + (name.empty() ? "" : " " + name);
}

/// Words of an argument list given as a list, "cmd = ['ruff', 'check']": one command, not many.
bool is_one_command(const Path& path, const std::vector<std::string>& texts) {
  bool words = std::all_of(texts.begin(), texts.end(), [](const std::string& text) {
    return text.find(' ') == std::string::npos;
  });
  return path.back() == "cmd" || (texts.size() > 1 && words && path.back() != "commands");
}

}  // namespace

void read_toml_scripts(const std::string& path, const std::string& text,
                       std::vector<Evidence>& all) {
  ConfigFile file = read_toml(text);
  auto legacy = file.values.find({"tool", "tox", "legacy_tox_ini"});
  if (legacy != file.values.end() && !legacy->second.empty()) {
    size_t first = all.size(), line = file.lines[legacy->first];
    read_tox_ini(path, legacy->second.front(), all);
    // Its text begins behind the line of its quotes, where TOML drops the first line end.
    for (size_t i = first; i < all.size(); ++i) all[i].line += line;
  }
  for (const ScriptTable& table : script_tables()) {
    for (const auto& [where, texts] : file.values) {
      if (!leads_to(table, where)) continue;
      std::string way = way_of(table, where);
      size_t line = file.lines[where];
      if (is_one_command(where, texts)) {
        add_calls(join(texts, " "), path, line, way, all);
        continue;
      }
      for (const std::string& command : texts) add_calls(command, path, line, way, all);
    }
  }
}

}  // namespace gf::gate
