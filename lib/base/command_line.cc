#include "base/command_line.h"

#include <utility>

#include "base/text.h"

namespace gf {

std::optional<std::vector<std::string>> command_words(std::string_view text) {
  std::vector<std::string> all;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && quote != '\'') {
      if (++i == text.size()) return std::nullopt;
      bool kept = quote == '"' && text[i] != '"' && text[i] != '\\';
      if (kept) word += '\\';
      word += text[i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word) all.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) all.push_back(word);
  bool usable =
      quote == 0 && !all.empty() && !all[0].empty() && text.find('\0') == std::string_view::npos;
  if (!usable) return std::nullopt;
  return all;
}

std::string shell_word(std::string_view word) {
  return "'" + replace_all(word, "'", "'\\''") + "'";
}

}  // namespace gf
