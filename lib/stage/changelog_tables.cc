#include "stage/changelog_tables.h"

#include <algorithm>

#include "base/text.h"

namespace gf::stage {
namespace {

std::string unquoted(std::string_view text) {
  text = trim(text);
  for (char quote : {'"', '\''}) {
    if (text.size() >= 2 && text.front() == quote && text.find(quote, 1) != std::string_view::npos)
      return std::string(text.substr(1, text.find(quote, 1) - 1));
  }
  return std::string(text);
}

/// Reads on in `text` outside strings: the depth of open brackets, and whether a comment begins.
struct Scan {
  int depth = 0;
  size_t length = 0;       ///< of the line without its comment
  std::string open_quote;  ///< of a string over several lines
};

void scan_line(std::string_view line, Scan& scan) {
  scan.length = line.size();
  for (size_t i = 0; i < line.size(); ++i) {
    if (!scan.open_quote.empty()) {
      if (scan.open_quote[0] == '"' && line[i] == '\\') {
        ++i;
      } else if (line.substr(i).starts_with(scan.open_quote)) {
        i += scan.open_quote.size() - 1;
        scan.open_quote.clear();
      }
      continue;
    }
    char c = line[i];
    if (c == '"' || c == '\'') {
      scan.open_quote =
          line.substr(i).starts_with(std::string(3, c)) ? std::string(3, c) : std::string(1, c);
      i += scan.open_quote.size() - 1;
    } else if (c == '#') {
      scan.length = i;
      break;
    } else if (c == '[' || c == '{') {
      ++scan.depth;
    } else if (c == ']' || c == '}') {
      --scan.depth;
    }
  }
  if (scan.open_quote.size() == 1) scan.open_quote.clear();
}

/// "[[a.b]]" -> "a.b", quotes and blanks taken out; empty if it is no table's line.
std::string table_name(std::string_view line, bool& repeated) {
  line = trim(line);
  repeated = line.starts_with("[[");
  size_t marks = repeated ? 2 : 1;
  if (!line.starts_with('[')) return {};
  size_t close = line.find(']');
  if (close == std::string_view::npos) return {};
  std::string name(trim(line.substr(marks, close - marks)));
  std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
  return name;
}

}  // namespace

const TableKey* ConfigTable::find(std::string_view key) const {
  for (const TableKey& one : keys) {
    if (one.name == key) return &one;
  }
  return nullptr;
}

std::string ConfigTable::string(std::string_view key) const {
  const TableKey* found = find(key);
  return found == nullptr ? std::string() : unquoted(found->value);
}

std::vector<ConfigTable> read_toml(std::string_view text) {
  std::vector<ConfigTable> all(1);
  std::vector<std::string> rows = lines(text);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string_view line = trim(rows[i]);
    if (line.empty() || line[0] == '#') continue;
    bool repeated = false;
    if (std::string name = table_name(line, repeated); !name.empty()) {
      all.push_back({name, repeated, i + 1, {}});
      continue;
    }
    size_t equals = line.find('=');
    if (line[0] == '"' || line[0] == '\'') equals = line.find('=', line.find(line[0], 1));
    if (equals == std::string_view::npos) continue;
    TableKey key{unquoted(line.substr(0, equals)), {}, i + 1};
    Scan scan;
    std::string_view value = line.substr(equals + 1);
    scan_line(value, scan);
    key.value = std::string(trim(value.substr(0, scan.length)));
    while ((scan.depth > 0 || !scan.open_quote.empty()) && i + 1 < rows.size()) {
      scan_line(rows[++i], scan);
      key.value += "\n" + rows[i].substr(0, scan.length);
    }
    all.back().keys.push_back(std::move(key));
  }
  return all;
}

std::vector<ConfigTable> read_ini(std::string_view text) {
  std::vector<ConfigTable> all(1);
  std::vector<std::string> rows = lines(text);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string_view line = rows[i];
    if (trim(line).empty() || line[0] == '#' || line[0] == ';') continue;
    bool repeated = false;
    bool deeper = line[0] == ' ' || line[0] == '\t';
    if (std::string name = deeper ? "" : table_name(line, repeated); !name.empty()) {
      all.push_back({name, false, i + 1, {}});
    } else if (deeper && !all.back().keys.empty()) {
      all.back().keys.back().value += "\n" + std::string(trim(line));
    } else if (size_t at = line.find_first_of("=:"); at != std::string_view::npos) {
      all.back().keys.push_back(
          {std::string(trim(line.substr(0, at))), std::string(trim(line.substr(at + 1))), i + 1});
    }
  }
  return all;
}

ConfigTable read_yaml(std::string_view text) {
  ConfigTable table;
  std::string above;
  std::vector<std::string> rows = lines(text);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string_view line = rows[i];
    std::string_view words = trim(line);
    if (words.empty() || words[0] == '#') continue;
    size_t colon = words.find(':');
    if (colon == std::string_view::npos) continue;
    std::string value(trim(words.substr(colon + 1)));
    bool deeper = line[0] == ' ' || line[0] == '\t' || line[0] == '-';
    if (!deeper) {
      above = unquoted(words.substr(0, colon));
      table.keys.push_back({above, value, i + 1});
    } else if (words.starts_with("- ")) {
      table.keys.push_back(
          {above + "[]." + std::string(trim(words.substr(2, colon - 2))), value, i + 1});
    }
  }
  return table;
}

const ConfigTable* table_named(const std::vector<ConfigTable>& all, std::string_view name) {
  for (const ConfigTable& table : all) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

std::vector<std::string> strings_in(std::string_view value) {
  std::vector<std::string> all;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '"' && value[i] != '\'') continue;
    size_t close = value.find(value[i], i + 1);
    if (close == std::string_view::npos) break;
    all.emplace_back(value.substr(i + 1, close - i - 1));
    i = close;
  }
  return all;
}

}  // namespace gf::stage
