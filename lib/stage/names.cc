// Names in code of any known language: which are used, and what a definition of one looks like.
#include "stage/names.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace gf::stage {
namespace {

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// LIMIT, MAX_SIZE.
bool is_constant(std::string_view name) {
  bool letter = false;
  for (char c : name) {
    if (std::islower(static_cast<unsigned char>(c)) != 0) return false;
    letter = letter || std::isupper(static_cast<unsigned char>(c)) != 0;
  }
  return letter && name.size() > 2;
}

/// Is a word of code used as a function or a type, or is it a constant?
bool is_used(std::string_view name, char behind) {
  if (name.size() < 2 || is_digit(name.front())) return false;
  if (name.starts_with("__") && name.ends_with("__")) return false;
  bool type = std::isupper(static_cast<unsigned char>(name.front())) != 0;
  return behind == '(' || type || is_constant(name);
}

/// "LIMIT = 3", "pub const LIMIT: u64 = 3;", "static final int LIMIT = 3;", "#define LIMIT 3"; no
/// use of it.
bool sets_constant(std::string_view line, std::string_view name) {
  std::string_view text = trim(line);
  size_t at = text.find(name);
  if (at == std::string_view::npos) return false;
  if (at == 0 && !line.starts_with(name)) return false;  // what is set at the margin is a constant
  std::string_view before = text.substr(0, at), after = text.substr(at + name.size());
  if (before.starts_with("#define ")) return after.starts_with(" ");
  if (before.find_first_of("=(\"'.") != std::string_view::npos) return false;
  bool marked = false;
  for (std::string_view word : {"const ", "static ", "final ", "let ", "var "})
    marked = marked || before.find(word) != std::string_view::npos;
  if (!before.empty() && (!marked || before.back() != ' ')) return false;
  after = trim(after);
  return (after.starts_with("=") && !after.starts_with("==")) || after.starts_with(":");
}

}  // namespace

std::string bare_code(std::string_view line, const Syntax& syntax) {
  std::string code;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
      continue;
    }
    if (!syntax.comment.empty() && line.substr(i).starts_with(syntax.comment)) break;
    if (c == '"' || c == '`' || (c == '\'' && syntax.quotes_by_tick)) {
      quote = c;
      code += ' ';
      continue;
    }
    code += c;
  }
  return code;
}

void add_used(const std::string& code, std::vector<std::string>& names) {
  for (size_t at = 0; at < code.size();) {
    if (!is_name_char(code[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < code.size() && is_name_char(code[end])) ++end;
    std::string name = code.substr(at, end - at);
    bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!known && is_used(name, end < code.size() ? code[end] : ' ')) names.push_back(name);
    at = end;
  }
}

bool defines_bare(std::string_view path) {
  for (std::string_view ending : {".java", ".cs"}) {
    if (path.ends_with(ending)) return true;
  }
  auto syntax = syntax_of(path);
  return syntax && syntax->functions_bare;
}

std::vector<std::string> searched_for(const std::vector<std::string>& names, bool bare) {
  constexpr std::array<const char*, 15> kWords = {
      "def ",  "class ", "function ", "func ",  "fn ",  "type ", "struct ", "interface ",
      "enum ", ") ",     "trait ",    "const ", "let ", "fun ",  "record "};
  std::vector<std::string> words;
  for (const std::string& name : names) {
    for (const char* word : kWords) words.push_back(word + name);
    if (is_constant(name)) words.push_back(name);
    if (bare) words.push_back(" " + name + "(");
  }
  return words;
}

bool defines_name(std::string_view line, const std::string& name, const Syntax& syntax) {
  if (is_constant(name) && sets_constant(line, name)) return true;
  return !definition_lines({std::string(line)}, syntax).empty() && defined_name(line) == name;
}

}  // namespace gf::stage
