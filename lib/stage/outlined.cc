#include "stage/outlined.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace gf::stage {
namespace {

constexpr size_t kCommentLines = 40;  ///< above a definition; a longer one is a text of its own

bool part_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

bool has_ending(std::string_view path, const std::vector<std::string_view>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

bool is_script(std::string_view path) {
  return has_ending(path, {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx"});
}

size_t margin_of(std::string_view line) {
  size_t at = line.find_first_not_of(" \t");
  return at == std::string_view::npos ? line.size() : at;
}

std::string_view word_at(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && part_of_word(text[end])) ++end;
  return text.substr(0, end);
}

/// "write" of "write(input: string): number {" in a class; empty of what is no method.
std::string_view method_named(std::string_view line) {
  std::string_view rest = trim(line);
  for (std::string_view word : {"get ", "set ", "*", "#"}) {
    if (rest.starts_with(word)) rest.remove_prefix(word.size());
  }
  std::string_view name = word_at(rest);
  constexpr std::array<std::string_view, 9> kNone = {
      "if", "for", "while", "switch", "catch", "return", "function", "super", "with"};
  bool called = name.size() < rest.size() && (rest[name.size()] == '(' || rest[name.size()] == '<');
  bool none = std::find(kNone.begin(), kNone.end(), name) != kNone.end();
  return called && !none && !name.empty() ? name : std::string_view();
}

/// Behind the `>` that closes what `text` begins with; that of an arrow closes nothing.
size_t end_of_parameters(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '<' ? 1 : 0;
    bool closes = text[i] == '>' && (i == 0 || text[i - 1] != '-');
    if (closes && --depth == 0) return i + 1;
  }
  return text.size();
}

/// The type that an `impl` is for: "Form" of "impl<'a> fmt::Display for Form<'a> {"; empty of what
/// is no such line.
std::string implemented(std::string_view line) {
  std::string_view rest = trim(line);
  if (rest.starts_with("unsafe ")) rest.remove_prefix(7);
  if (!rest.starts_with("impl ") && !rest.starts_with("impl<")) return {};
  rest.remove_prefix(4);
  if (rest.starts_with("<")) rest.remove_prefix(end_of_parameters(rest));
  if (size_t at = rest.find(" for "); at != std::string_view::npos) rest.remove_prefix(at + 5);
  rest = trim(rest.substr(0, rest.find_first_of("<{")));
  while (rest.starts_with("&") || rest.starts_with("dyn "))
    rest.remove_prefix(rest[0] == '&' ? 1 : 4);
  size_t from = rest.rfind("::");
  if (from != std::string_view::npos) rest.remove_prefix(from + 2);
  return std::string(word_at(rest));
}

bool is_type_header(const std::vector<std::string>& header) {
  std::string text = join(header, " ");
  for (const char* word :
       {"class ", "struct ", "interface ", "enum ", "trait ", "impl ", "namespace "}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

std::optional<Outlined> outlined_at(const std::vector<std::string>& source, size_t at,
                                    const Syntax& syntax) {
  auto found = definition_at(source, at, syntax);
  if (!found) return std::nullopt;
  Outlined one;
  one.at = at;
  one.name = defined_name(source[at]);
  one.header = found->header;
  one.whole = found->whole;
  one.comment_from = comment_from(source, found->whole.first, syntax);
  one.type = is_type_header(found->text);
  return one;
}

/// "let sum = (a + b) * 2;": a value in brackets, and no function with parameters.
bool is_plain_value(const std::vector<std::string>& source, const Outlined& one) {
  std::string_view line = source[one.at];
  size_t equals = line.find('=');
  if (equals == std::string_view::npos || !trim(line.substr(equals + 1)).starts_with("("))
    return false;
  if (line.find("const ") > equals && line.find("let ") > equals) return false;
  for (size_t i = one.at; i <= one.header.last; ++i) {
    if (source[i].find("=>") != std::string::npos) return false;
  }
  return true;
}

/// Methods of scripts' classes that no word announces.
std::vector<Outlined> bare_methods(const std::vector<std::string>& source,
                                   const std::vector<Outlined>& known, const Syntax& syntax) {
  std::vector<Outlined> found;
  for (const Outlined& type : known) {
    if (!type.type || source[type.at].find("class ") == std::string::npos) continue;
    size_t indent = 0;  // of members: that of the first
    for (size_t i = type.header.last + 1; i < type.whole.last; ++i) {
      if (trim(source[i]).empty()) continue;
      if (indent == 0) indent = margin_of(source[i]);
      if (margin_of(source[i]) != indent || method_named(source[i]).empty()) continue;
      bool is_known =
          std::any_of(known.begin(), known.end(), [&](const Outlined& one) { return one.at == i; });
      auto one = outlined_at(source, i, syntax);
      if (is_known || !one || one->whole.last > type.whole.last) continue;
      std::string_view end = source[one->header.last];
      if (end.find('{') == std::string_view::npos) continue;  // a signature, or a call
      one->name = std::string(method_named(source[i]));
      one->type = false;
      found.push_back(std::move(*one));
    }
  }
  return found;
}

}  // namespace

size_t comment_from(const std::vector<std::string>& source, size_t first, const Syntax& syntax) {
  size_t from = first;
  bool open = false;  // in a comment that ends below
  for (size_t i = first; i-- > 0 && first - i <= kCommentLines;) {
    std::string_view text = trim(source[i]);
    if (open) {
      if (text.find("*/") != std::string_view::npos) break;
      open = !text.starts_with("/*");
      from = open ? from : i;
    } else if (!syntax.indented && text.ends_with("*/") && !text.starts_with("/*")) {
      open = true;
    } else if (!text.empty() && (text.starts_with(syntax.comment) || text.starts_with("/*"))) {
      from = i;
    } else {
      break;
    }
  }
  return from;
}

std::vector<Outlined> outlined_in(const std::vector<std::string>& source, std::string_view path) {
  std::vector<Outlined> all;
  auto syntax = syntax_of(path);
  if (!syntax) return all;
  std::vector<size_t> places = outlined_lines(source, *syntax);
  bool rust = path.ends_with(".rs"), script = is_script(path);
  for (size_t i = 0; i < source.size() && (rust || script); ++i) {
    std::string_view text = trim(source[i]);
    bool missed = rust ? !implemented(text).empty() || text.starts_with("pub const fn ") ||
                             text.starts_with("const fn ")
                       : text.starts_with("const enum ") || text.starts_with("export const enum ");
    if (missed) places.push_back(i);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (size_t at : places) {
    auto one = outlined_at(source, at, *syntax);
    if (!one || (script && is_plain_value(source, *one))) continue;
    std::string type = rust ? implemented(source[at]) : std::string();
    if (!type.empty()) {
      one->name = type;
      one->type = one->part = true;
    }
    for (std::string_view word : {"const fn ", "const enum "}) {
      size_t found = source[at].find(word);
      if (found != std::string::npos && found < source[at].find_first_of("({"))
        one->name = std::string(word_at(std::string_view(source[at]).substr(found + word.size())));
    }
    all.push_back(std::move(*one));
  }
  if (script) {
    std::vector<Outlined> methods = bare_methods(source, all, *syntax);
    all.insert(all.end(), methods.begin(), methods.end());
    std::sort(all.begin(), all.end(),
              [](const Outlined& a, const Outlined& b) { return a.at < b.at; });
    all.erase(std::unique(all.begin(), all.end(),
                          [](const Outlined& a, const Outlined& b) { return a.at == b.at; }),
              all.end());
  }
  return all;
}

std::vector<Span> own_tests_in(const std::vector<std::string>& source, std::string_view path) {
  std::vector<Span> spans;
  if (!path.ends_with(".rs")) return spans;
  Syntax syntax = *syntax_of(path);
  for (size_t i = 0; i + 1 < source.size(); ++i) {
    if (!trim(source[i]).starts_with("#[cfg(test)]")) continue;
    auto found = definition_at(source, i + 1, syntax);
    spans.push_back({i, found ? found->whole.last : i + 1});
    i = spans.back().last;
  }
  return spans;
}

}  // namespace gf::stage
