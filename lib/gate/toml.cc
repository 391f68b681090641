// TOML files, read by toml++. Its header is included here and nowhere else.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/config_file.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

namespace gf::gate {
namespace {

constexpr size_t kDeepest = 8;
constexpr size_t kMostDots = 500;

/// Where a string that begins at text[at] ends: at the quote behind its last character.
size_t string_end(std::string_view text, size_t at) {
  char quote = text[at];
  bool longer = text.substr(at, 3) == std::string(3, quote);
  for (size_t i = at + (longer ? 3 : 1); i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (!longer && (text[i] == quote || text[i] == '\n')) {
      return i;
    } else if (longer && text.substr(i, 3) == std::string(3, quote)) {
      size_t end = i + 2;
      while (end + 1 < text.size() && end < i + 4 && text[end + 1] == quote) ++end;
      return end;
    }
  }
  return text.size();
}

/// Each dot of a key is a table inside a table, and toml++ takes those down by recursion: a key of
/// half a million dots ends the program. True when one statement has more dots than anybody means.
bool is_bottomless(std::string_view text) {
  size_t dots = 0;
  int open = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (c == '"' || c == '\'') {
      i = string_end(text, i);
    } else if (c == '[' || c == '{') {
      ++open;
    } else if (c == ']' || c == '}') {
      open = std::max(0, open - 1);
    } else if (c == '\n' && open == 0) {
      dots = 0;
    } else if (c == '.' && ++dots > kMostDots) {
      return true;
    }
  }
  return false;
}

/// The texts of a list as one command line.
std::string joined(const toml::array& words) {
  std::string line;
  for (const toml::node& word : words) {
    const auto* text = word.as_string();
    if (text == nullptr) continue;
    line += (line.empty() ? "'" : " '") + replace_all(text->get(), "'", "'\\''") + "'";
  }
  return line;
}

void take_table(const toml::table& table, ConfigFile::Path& path, ConfigFile& file) {
  if (path.size() == kDeepest) return;
  for (const auto& [key, node] : table) {
    path.emplace_back(key.str());
    if (!node.is_table()) file.lines[path] = node.source().begin.line;
    if (const toml::table* below = node.as_table()) {
      file.tables.insert(path);
      take_table(*below, path, file);
    } else if (const toml::array* list = node.as_array()) {
      std::vector<std::string>& texts = file.values[path];
      for (const toml::node& item : *list) {
        if (const auto* text = item.as_string()) texts.push_back(text->get());
        if (const auto* words = item.as_array()) texts.push_back(joined(*words));
      }
    } else {
      const auto* text = node.as_string();
      file.values[path] =
          text == nullptr ? std::vector<std::string>{} : std::vector<std::string>{text->get()};
    }
    path.pop_back();
  }
}

}  // namespace

ConfigFile read_toml(std::string_view text) {
  ConfigFile file;
  if (!is_utf8(text)) {
    file.broken = "it is not UTF-8";
    return file;
  }
  if (is_bottomless(text)) {
    file.broken = fmt::format("a key has more than {} dots", kMostDots);
    return file;
  }
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    std::string why(error.description());
    file.broken = fmt::format("line {}: {}", error.source().begin.line,
                              replace_all(printable(clipped(to_utf8(why), 200)), "\n", " "));
    return file;
  }
  ConfigFile::Path path;
  take_table(parsed.table(), path, file);
  return file;
}

}  // namespace gf::gate
