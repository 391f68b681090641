// What a tool's configuration file says, whatever its format. For this room's .cc files.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gf::gate {

/// The tables and values of one file, each by its path: {"tool", "ruff"} in TOML, {"mypy"} and
/// {"mypy", "files"} in INI. A file that cannot be read is not an error here: the tool that it is
/// for will say no, but a person has to hear why its gate was not found.
struct ConfigFile {
  using Path = std::vector<std::string>;

  std::set<Path> tables;
  /// Texts; of a list, each of its texts. A list in a list of texts is one text: its words, quoted
  /// for a shell.
  std::map<Path, std::vector<std::string>> values;
  std::map<Path, size_t> lines;  ///< 1-based, where a value begins; TOML only
  std::string broken;            ///< why it cannot be read, on one line; empty when it can

  /// The text there, of a list its first; empty: there is none.
  [[nodiscard]] std::string text_at(const Path& path) const {
    auto found = values.find(path);
    return found == values.end() || found->second.empty() ? "" : found->second.front();
  }
};

/// TOML 1.0. Of a broken file nothing is known but why. Tables more than eight deep are not kept.
ConfigFile read_toml(std::string_view text);
/// INI as Python's configparser has it; keys are in lower case. Of a broken file all is kept but
/// the lines that are wrong.
ConfigFile read_ini(std::string_view text);

}  // namespace gf::gate
