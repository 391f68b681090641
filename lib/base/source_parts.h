// Source code line by line, code and comments apart. Pure, and no parser: it follows quotes and
// comments, over lines where the language has such.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_text.h"

namespace gf {

/// One line of a source file.
struct SourceLine {
  /// As long as the line, with a blank for each byte of a comment or inside of quotes; the quotes
  /// themselves stay. So a column is the same in both.
  std::string code;
  std::string comment;  ///< what its comments say, with their marks; empty: it has none
};

/// The lines of `text` in order, as lines() gives them. A text that is never closed takes the rest
/// of its line, or of the file where the language lets it go over lines.
std::vector<SourceLine> source_lines(std::string_view text, const Syntax& syntax);

/// Is `c` part of a name?
bool in_identifier(char c);
/// Where `word` stands in `code` with no letter beside it, from `from` on; npos: nowhere.
size_t find_word(std::string_view code, std::string_view word, size_t from = 0);

}  // namespace gf
