#include "base/source_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace gf {
namespace {

constexpr size_t kHeaderLines = 40;     ///< longer ones are tables, and no headers
constexpr size_t kDecoratorLines = 30;  ///< above a definition, of its header
constexpr size_t kTableLines = 400;     ///< the same of the whole: a table of cases is an argument
constexpr size_t kShownLine = 2000;     ///< bytes; minified files have lines of a megabyte

size_t indent_of(std::string_view line) {
  size_t at = line.find_first_not_of(" \t");
  return at == std::string_view::npos ? line.size() : at;
}

bool is_blank_line(std::string_view line) { return trim(line).empty(); }

/// Goes through a text character by character, and knows which of them count.
class Scanner {
 public:
  explicit Scanner(const Syntax& syntax) : syntax_(syntax) {}

  /// What a line's character at `at` is for the structure: itself, or 0 inside of a text or a
  /// comment. Moves `at` over what belongs together.
  char next(std::string_view line, size_t& at) {
    char c = line[at];
    if (quote_ != 0) {
      if (c == '\\') {
        ++at;
      } else if (c == quote_) {
        quote_ = 0;
      }
      return 0;
    }
    if (!syntax_.comment.empty() && line.substr(at).starts_with(syntax_.comment)) {
      at = line.size();
      return 0;
    }
    if (c == '"' || c == '`' || (c == '\'' && syntax_.quotes_by_tick)) {
      quote_ = c;
      return 0;
    }
    return c;
  }
  /// Texts end with their line unless it ends with a backslash: what is open then was none.
  void end_line() {
    if (quote_ != '`') quote_ = 0;
  }

 private:
  const Syntax& syntax_;
  char quote_ = 0;
};

/// Texts and comments that go on over several lines, followed line by line: what stands in one is
/// no code, however much it looks like it.
class LongText {
 public:
  explicit LongText(const Syntax& syntax) : syntax_(syntax) {}
  [[nodiscard]] bool inside() const { return !close_.empty(); }
  void pass(std::string_view line) {
    for (size_t at = 0; at < line.size();) at = inside() ? within(line, at) : outside(line, at);
  }

 private:
  size_t within(std::string_view line, size_t at) {
    if (line[at] == '\\' && close_ != "*/") return at + 2;
    if (!line.substr(at).starts_with(close_)) return at + 1;
    size_t end = at + close_.size();
    close_ = {};
    return end;
  }
  size_t outside(std::string_view line, size_t at) {
    std::string_view rest = line.substr(at);
    if (!syntax_.comment.empty() && rest.starts_with(syntax_.comment)) return line.size();
    for (std::string_view opening : syntax_.indented
                                        ? std::array<std::string_view, 2>{"\"\"\"", "'''"}
                                        : std::array<std::string_view, 2>{"/*", "`"}) {
      if (!rest.starts_with(opening)) continue;
      close_ = opening == "/*" ? "*/" : opening;
      return at + opening.size();
    }
    bool text = line[at] == '"' || (line[at] == '\'' && syntax_.quotes_by_tick);
    if (!text) return at + 1;
    for (size_t end = at + 1; end < line.size(); ++end) {
      if (line[end] == line[at]) return end + 1;
      if (line[end] == '\\') ++end;
    }
    return line.size();
  }
  const Syntax& syntax_;
  std::string_view close_;
};

/// Whether each line begins inside of such a text. What never ends was none.
std::vector<bool> begin_inside(const std::vector<std::string>& lines, const Syntax& syntax) {
  std::vector<bool> inside(lines.size(), false);
  LongText text(syntax);
  size_t opened = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    inside[i] = text.inside();
    if (lines[i].size() <= kShownLine || inside[i]) text.pass(lines[i]);
    if (!inside[i] && text.inside()) opened = i;
  }
  if (text.inside())
    std::fill(inside.begin() + static_cast<std::ptrdiff_t>(opened), inside.end(), false);
  return inside;
}

bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

/// Does the body begin at this character, outside of all brackets?
bool begins_body(const Syntax& syntax, std::string_view line, size_t at, char c) {
  if (syntax.indented) return c == ':';
  return c == '{' || c == ';' || (c == '=' && line.substr(at, 2) == "=>");
}

/// The line and the column at which the header that begins in `at` ends.
std::optional<std::pair<size_t, size_t>> header_end(const std::vector<std::string>& lines,
                                                    size_t at, const Syntax& syntax) {
  Scanner scanner(syntax);
  int depth = 0;
  for (size_t i = at; i < lines.size() && i < at + kHeaderLines; ++i) {
    for (size_t k = 0; k < lines[i].size(); ++k) {
      size_t here = k;
      char c = scanner.next(lines[i], k);
      if (c == 0) continue;
      if (depth == 0 && begins_body(syntax, lines[i], here, c)) return std::pair{i, here};
      if (opens(c)) ++depth;
      if (closes(c) && --depth < 0) return std::nullopt;
    }
    scanner.end_line();
  }
  return std::nullopt;
}

/// The first of the decorators right above `at`, at most `most` lines; `at` itself without one.
size_t decorators_from(const std::vector<std::string>& lines, size_t at, const Syntax& syntax,
                       size_t most) {
  size_t first = at, indent = indent_of(lines[at]);
  for (size_t i = at; i-- > 0 && at - i <= most;) {
    std::string_view text = trim(lines[i]);
    // Elsewhere a line that begins so may be a whole member: `@Input() name: string;`
    if (text.empty() && !syntax.indented) break;
    if (text.empty()) continue;  // in a table of cases, or between two decorators
    size_t here = indent_of(lines[i]);
    if (here < indent) break;
    if (here > indent || closes(text.front())) continue;  // maybe a decorator's arguments
    if (!text.starts_with("@") && !text.starts_with("#[")) break;
    first = i;
  }
  return first;
}

size_t indented_end(const std::vector<std::string>& lines, size_t at, size_t header_last,
                    const Syntax& syntax) {
  size_t last = header_last, indent = indent_of(lines[at]);
  LongText text(syntax);
  for (size_t i = header_last + 1; i < lines.size(); ++i) {
    bool inside = text.inside();
    text.pass(lines[i]);
    if (is_blank_line(lines[i])) continue;
    if (!inside && indent_of(lines[i]) <= indent) break;
    last = i;
  }
  return last;
}

size_t braced_end(const std::vector<std::string>& lines, std::pair<size_t, size_t> from,
                  const Syntax& syntax) {
  Scanner scanner(syntax);
  int depth = 0;
  for (size_t i = from.first; i < lines.size(); ++i) {
    for (size_t k = i == from.first ? from.second : 0; k < lines[i].size(); ++k) {
      char c = scanner.next(lines[i], k);
      if (c == ';' && depth == 0) return i;
      if (opens(c)) ++depth;
      if (closes(c) && --depth <= 0 && c == '}') return i;
    }
    scanner.end_line();
  }
  return from.first;
}

/// Takes one word off the front; words end at a blank or a bracket.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  size_t end = 0;
  while (end < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_' ||
          text[end] == '$' || static_cast<unsigned char>(text[end]) >= 0x80))
    ++end;
  std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 18> kModifiers = {
    "export",   "default", "public",  "private", "protected", "static",
    "abstract", "final",   "async",   "pub",     "unsafe",    "extern",
    "override", "virtual", "declare", "inline",  "data",      "sealed"};
constexpr std::array<std::string_view, 15> kDefining = {
    "def",  "class", "function", "interface", "enum", "struct", "type",  "trait",
    "impl", "fn",    "func",     "namespace", "fun",  "object", "record"};
constexpr std::array<std::string_view, 10> kControl = {"if",   "for",   "while", "switch", "return",
                                                       "else", "catch", "do",    "case",   "using"};

struct Begun {
  std::string_view word, rest;  ///< the first word that is no modifier, and what follows it
  bool modified = false;
};
Begun begun(std::string_view line) {
  Begun begun{{}, line, false};
  for (begun.word = take_word(begun.rest); is_one_of(kModifiers, begun.word);
       begun.word = take_word(begun.rest)) {
    begun.modified = true;
    if (begun.word == "pub" && begun.rest.starts_with("("))
      begun.rest.remove_prefix(std::min(begun.rest.size(), begun.rest.find(')') + 1));
  }
  return begun;
}

bool assigns_function(std::string_view rest) {
  size_t at = rest.find('=');
  if (at == std::string_view::npos) return false;
  std::string_view value = trim(rest.substr(at + 1));
  return value.starts_with("(") || value.starts_with("async") || value.starts_with("function") ||
         value.find("=>") != std::string_view::npos;
}

bool is_definition(std::string_view line, const Syntax& syntax) {
  Begun at = begun(line);
  if (at.word.empty() || is_one_of(kControl, at.word)) return false;
  if (syntax.indented) return at.word == "def" || at.word == "class";
  if (is_one_of(kDefining, at.word)) return at.rest.starts_with(" ") || at.rest.starts_with("*");
  if (at.word == "const" || at.word == "let") return assigns_function(at.rest);
  bool called = at.rest.find('(') != std::string_view::npos && !trim(line).ends_with(";");
  return called && (at.modified || (syntax.functions_bare && indent_of(line) == 0));
}

}  // namespace

std::optional<Syntax> syntax_of(std::string_view path) {
  std::string ending = lower(path.substr(std::min(path.size(), path.rfind('.'))));
  constexpr std::array<std::string_view, 2> kPython = {".py", ".pyi"};
  constexpr std::array<std::string_view, 13> kWorded = {".js",    ".jsx",   ".mjs",  ".cjs", ".ts",
                                                        ".tsx",   ".go",    ".java", ".kt",  ".cs",
                                                        ".scala", ".swift", ".php"};
  constexpr std::array<std::string_view, 8> kBare = {".c",   ".h",  ".cc",  ".cpp",
                                                     ".hpp", ".hh", ".cxx", ".m"};
  if (is_one_of(kPython, ending)) return Syntax{true, "#", true, false};
  if (is_one_of(kWorded, ending)) return Syntax{false, "//", true, false};
  if (is_one_of(kBare, ending)) return Syntax{false, "//", true, true};
  if (ending == ".rs") return Syntax{false, "//", false, false};
  return std::nullopt;
}

std::optional<DefinitionText> definition_at(const std::vector<std::string>& lines, size_t at,
                                            const Syntax& syntax) {
  if (at >= lines.size()) return std::nullopt;
  auto end = header_end(lines, at, syntax);
  if (!end) return std::nullopt;
  DefinitionText found;
  found.header = {decorators_from(lines, at, syntax, kDecoratorLines), end->first};
  found.text.assign(lines.begin() + static_cast<std::ptrdiff_t>(found.header.first),
                    lines.begin() + static_cast<std::ptrdiff_t>(end->first + 1));
  std::string& last = found.text.back();
  last = last.substr(0, end->second);
  last.erase(last.find_last_not_of(" \t") + 1);
  if (last.empty() && found.text.size() > 1) found.text.pop_back();
  found.whole.first = decorators_from(lines, at, syntax, kTableLines);
  found.whole.last = syntax.indented ? indented_end(lines, at, end->first, syntax)
                                     : braced_end(lines, *end, syntax);
  return found;
}

std::vector<size_t> definition_lines(const std::vector<std::string>& lines, const Syntax& syntax) {
  std::vector<size_t> found;
  std::vector<bool> inside = begin_inside(lines, syntax);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!inside[i] && lines[i].size() <= kShownLine && is_definition(lines[i], syntax))
      found.push_back(i);
  }
  return found;
}

std::vector<size_t> outlined_lines(const std::vector<std::string>& lines, const Syntax& syntax) {
  std::vector<size_t> all = definition_lines(lines, syntax), found;
  if (!syntax.indented) return all;
  struct Around {
    size_t indent;
    bool function;
  };
  std::vector<Around> around;
  for (size_t at : all) {
    size_t indent = indent_of(lines[at]);
    while (!around.empty() && around.back().indent >= indent) around.pop_back();
    bool inner =
        std::any_of(around.begin(), around.end(), [](const Around& a) { return a.function; });
    if (!inner) found.push_back(at);
    around.push_back({indent, begun(lines[at]).word == "def"});
  }
  return found;
}

std::string defined_name(std::string_view line) {
  Begun at = begun(line);
  if (is_one_of(kDefining, at.word) || at.word == "const" || at.word == "let") {
    std::string_view rest = trim(at.rest);
    if (at.word == "func" && rest.starts_with("("))
      rest.remove_prefix(std::min(rest.size(), rest.find(')') + 1));
    if (rest.starts_with("*")) rest.remove_prefix(1);
    return std::string(take_word(rest));
  }
  std::string_view head = line.substr(0, line.find('('));
  size_t end = head.find_last_not_of(" \t");
  if (end == std::string_view::npos) return {};
  head = head.substr(0, end + 1);
  size_t from = head.find_last_of(" \t*&:~.");
  return std::string(from == std::string_view::npos ? head : head.substr(from + 1));
}

std::vector<Span> merged(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return a.first != b.first ? a.first < b.first : a.last < b.last;
  });
  std::vector<Span> all;
  for (const Span& span : spans) {
    if (!all.empty() && span.first <= all.back().last + 1) {
      all.back().last = std::max(all.back().last, span.last);
    } else {
      all.push_back(span);
    }
  }
  return all;
}

std::string numbered_lines(const std::vector<std::string>& lines, Span span) {
  std::string text;
  for (size_t i = span.first; i <= span.last && i < lines.size(); ++i)
    text += fmt::format("{}\t{}\n", i + 1, clipped(lines[i], kShownLine));
  return text;
}

}  // namespace gf
