#include "stage/file_values.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "stage/names.h"
#include "stage/outlined.h"

namespace gf::stage {
namespace {

constexpr size_t kValueLines = 400;    ///< a longer table is not followed to its end
constexpr size_t kLicenceLines = 220;  ///< of the longest that is usual

bool names_with(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

std::string_view first_word(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && names_with(text[end])) ++end;
  return text.substr(0, end);
}

/// Takes one of the words off the front, with the blanks behind it.
template <size_t N>
bool take_one_of(std::string_view& text, const std::array<std::string_view, N>& words) {
  std::string_view word = first_word(text);
  if (word.size() == text.size() || std::find(words.begin(), words.end(), word) == words.end())
    return false;
  text = trim(text.substr(word.size()));
  if (word == "pub" && text.starts_with("("))
    text = trim(text.substr(std::min(text.size(), text.find(')') + 1)));
  return true;
}

bool gives_value(std::string_view behind) {
  behind = trim(behind);
  return (behind.starts_with("=") && !behind.starts_with("==") && !behind.starts_with("=>")) ||
         (behind.starts_with(":") && !behind.starts_with("::") && !behind.starts_with(":="));
}

/// "total" of "static int total = 0;": C and its like name a value last.
std::string named_last(std::string_view line) {
  size_t end = line.find_first_of("=[;({");
  if (end == std::string_view::npos || line[end] == '(' || line[end] == '{') return {};
  std::string_view before = trim(line.substr(0, end));
  size_t from = before.size();
  while (from > 0 && names_with(before[from - 1])) --from;
  constexpr std::array<std::string_view, 7> kNone = {"using",  "typedef", "return", "namespace",
                                                     "struct", "goto",    "class"};
  bool none = std::find(kNone.begin(), kNone.end(), first_word(line)) != kNone.end();
  return from > 0 && from < before.size() && !none ? std::string(before.substr(from))
                                                   : std::string();
}

/// The name that a line at the margin gives a value; empty where it is none.
std::string value_named(std::string_view line, std::string_view path, const Syntax& syntax) {
  bool margin = !line.empty() && names_with(line.front());
  std::string_view rest = trim(line);
  constexpr std::array<std::string_view, 2> kLazy = {"static", "ref"};
  if (!margin && path.ends_with(".rs")) {  // of a lazy_static! block
    if (!rest.starts_with("static ref ") && !rest.starts_with("pub static ref ")) return {};
    while (take_one_of(rest, std::array<std::string_view, 1>{"pub"}) || take_one_of(rest, kLazy)) {
    }
    return std::string(first_word(rest));
  }
  if (!margin) return {};
  if (syntax.functions_bare) return named_last(line);
  constexpr std::array<std::string_view, 5> kLead = {"export", "default", "declare", "pub",
                                                     "public"};
  constexpr std::array<std::string_view, 6> kWords = {"const",  "let", "var",
                                                      "static", "val", "mut"};
  while (take_one_of(rest, kLead)) {
  }
  bool marked = false;
  while (take_one_of(rest, kWords)) marked = true;
  std::string_view name = first_word(rest);
  std::string_view behind = rest.substr(name.size());
  if (name.empty() || (!marked && (!syntax.indented || !gives_value(behind)))) return {};
  constexpr std::array<std::string_view, 4> kNone = {"fn", "enum", "function", "unsafe"};
  if (std::find(kNone.begin(), kNone.end(), name) != kNone.end()) return {};
  bool block = syntax.indented && behind.starts_with(":") && trim(behind) == ":";  // "else:"
  return block ? std::string() : std::string(name);
}

/// The line in which the brackets close that are opened from `at` on.
size_t value_end(const std::vector<std::string>& source, size_t at, const Syntax& syntax) {
  int depth = 0;
  for (size_t i = at; i < source.size() && i < at + kValueLines; ++i) {
    std::string code = bare_code(source[i], syntax);
    for (char c : code) {
      depth += c == '(' || c == '[' || c == '{' ? 1 : 0;
      depth -= c == ')' || c == ']' || c == '}' ? 1 : 0;
    }
    std::string_view end = trim(code);
    bool more = end.ends_with("=") || end.ends_with("\\") || end.ends_with("|");
    if (depth <= 0 && !more) return i;
  }
  return at;
}

}  // namespace

std::vector<FileValue> file_values_in(const std::vector<std::string>& source,
                                      std::string_view path) {
  std::vector<FileValue> all;
  auto syntax = syntax_of(path);
  if (!syntax) return all;
  std::vector<Outlined> defined = outlined_in(source, path);
  size_t next = 0;
  bool go = path.ends_with(".go"), in_block = false;
  for (size_t i = 0; i < source.size(); ++i) {
    while (next < defined.size() && defined[next].whole.last < i) ++next;
    if (next < defined.size() && defined[next].at <= i) continue;
    const std::string& line = source[i];
    if (go && (line == "var (" || line == "const (")) in_block = true;
    if (in_block && line.starts_with(")")) in_block = false;
    std::string name;
    if (in_block && line.starts_with("\t") && line.size() > 1 && names_with(line[1])) {
      name = first_word(std::string_view(line).substr(1));
    } else if (!in_block) {
      name = value_named(line, path, *syntax);
    }
    if (name.empty()) continue;
    size_t last = value_end(source, i, *syntax);
    all.push_back({name, i, {comment_from(source, i, *syntax), last}});
    i = last;
  }
  return all;
}

std::set<std::string> words_of_code(const std::vector<std::string>& code, const Syntax& syntax) {
  std::set<std::string> words;
  for (const std::string& line : code) {
    std::string bare = bare_code(line, syntax);
    for (size_t at = 0; at < bare.size();) {
      if (!names_with(bare[at])) {
        ++at;
        continue;
      }
      std::string_view word = first_word(std::string_view(bare).substr(at));
      bool member = at > 0 && bare[at - 1] == '.' && (at < 2 || bare[at - 2] != '.');
      if (!member && word.size() > 1 && !is_digit(word.front())) words.emplace(word);
      at += word.size();
    }
  }
  return words;
}

std::set<std::string> imported_in(const std::vector<std::string>& source, const Syntax& syntax) {
  std::set<std::string> names;
  int depth = 0;  // of an import over several lines
  for (const std::string& line : source) {
    std::string code = bare_code(line, syntax);
    std::string_view text = trim(code);
    bool begins = text.starts_with("import ") || text.starts_with("import{") ||
                  text.starts_with("from ") || text.starts_with("use ") ||
                  text.starts_with("pub use ") || text.find("require(") != std::string_view::npos;
    if (!begins && depth <= 0) continue;
    for (const std::string& word : words_of_code({code}, syntax)) names.insert(word);
    for (char c : code) {
      depth += c == '(' || c == '{' ? 1 : 0;
      depth -= c == ')' || c == '}' ? 1 : 0;
    }
  }
  return names;
}

size_t licence_lines(const std::vector<std::string>& source, const Syntax& syntax) {
  bool licence = false, inside = false;
  size_t end = 0;
  for (; end < source.size() && end < kLicenceLines; ++end) {
    std::string text = lower(trim(source[end]));
    bool comment = inside || text.starts_with("/*") || text.starts_with(syntax.comment);
    if (!comment) break;
    if (text.starts_with("/*")) inside = true;
    if (text.find("*/") != std::string::npos) inside = false;
    for (const char* word : {"copyright", "license", "licence", "spdx"})
      licence = licence || text.find(word) != std::string::npos;
  }
  if (!licence) return 0;
  while (end < source.size() && trim(source[end]).empty()) ++end;
  return end;
}

}  // namespace gf::stage
