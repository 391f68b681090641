// Source code as text: where definitions stand, and what they say of themselves before their body
// begins. Pure, and no parser: it follows brackets, quotes, comments and indentation, which is
// enough to show a header as it was written, with its decorators, escapes and return type. What it
// cannot follow it leaves alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf {

/// How a file's language marks off a body.
struct Syntax {
  bool indented = false;        ///< by a colon and indentation (Python); else by braces
  std::string_view comment;     ///< what a comment to the end of the line begins with
  bool quotes_by_tick = true;   ///< `'` begins a text; in Rust it may name a lifetime
  bool functions_bare = false;  ///< C and C++: a function needs no word such as `def`
};
/// By the name's ending; empty for a language that is not known here.
std::optional<Syntax> syntax_of(std::string_view path);

/// Part of a file, by indices of its lines (from 0, both included).
struct Span {
  size_t first = 0, last = 0;
};

/// From the first decorator to the end of the definition that stands in `lines[at]`.
struct DefinitionText {
  Span header;                    ///< decorators and all lines up to where the body begins
  std::vector<std::string> text;  ///< of these lines, the last one cut where the body begins
  Span whole;                     ///< with its body, and decorators as long as tables of cases
};
/// Empty when no body begins within a few dozen lines.
std::optional<DefinitionText> definition_at(const std::vector<std::string>& lines, size_t at,
                                            const Syntax& syntax);
/// Indices of the lines in which a function, a class or another type is defined, in order. An
/// example in a docstring or a comment defines nothing.
std::vector<size_t> definition_lines(const std::vector<std::string>& lines, const Syntax& syntax);
/// Those of them that a reader from outside could call: none inside of a function, where the
/// language shows that by indentation.
std::vector<size_t> outlined_lines(const std::vector<std::string>& lines, const Syntax& syntax);
/// The name that is defined in a line of definition_lines(): "f" of "async def f(a):". Empty where
/// there is none to be seen.
std::string defined_name(std::string_view line);

/// Spans that touch or overlap made one, in order.
std::vector<Span> merged(std::vector<Span> spans);
/// "12<tab>the line", a line each, as tools show files.
std::string numbered_lines(const std::vector<std::string>& lines, Span span);

}  // namespace gf
