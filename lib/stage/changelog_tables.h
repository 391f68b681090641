// The few keys of TOML, INI and YAML that tell where a changelog is kept.
//
// No parser of these languages: it reads tables, keys, strings and lists of strings as people write
// them in pyproject.toml, setup.cfg and .changie.yaml, and passes over the rest. The one place to
// exchange once this room may use a TOML library.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::stage {

struct TableKey {
  std::string name;   ///< without quotes, as written
  std::string value;  ///< as written, over all its lines
  size_t line = 0;    ///< 1 is the first
};

struct ConfigTable {
  std::string name;       ///< "tool.towncrier"; "" for what stands before any
  bool repeated = false;  ///< [[name]]
  size_t line = 0;
  std::vector<TableKey> keys;

  const TableKey* find(std::string_view key) const;  ///< nothing if it is not there
  std::string string(std::string_view key) const;    ///< without quotes; empty if it is not there
};

std::vector<ConfigTable> read_toml(std::string_view text);
/// Values over several lines are joined by '\n'.
std::vector<ConfigTable> read_ini(std::string_view text);
/// One table: the outermost keys. The items of a list of maps are "key[].label".
ConfigTable read_yaml(std::string_view text);

const ConfigTable* table_named(const std::vector<ConfigTable>& all, std::string_view name);
/// All strings in a value: `["a", 'b']` and `"a"`.
std::vector<std::string> strings_in(std::string_view value);

}  // namespace gf::stage
