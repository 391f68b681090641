// Words put into lines and tables, for markdown.cc.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gf::cmd {

inline constexpr size_t kLeastCell = 4;  ///< columns of a table's cell, however narrow it gets

/// A word with how it looks. `glued`: no blank in front of it. A line break is a word of its own.
struct Word {
  std::string text, style;  ///< style: of an escape sequence, "1;4"; empty: plain
  bool glued = false, breaks = false;
};

/// Lines of at most `width` columns; a longer word has a line of its own.
std::vector<std::string> wrapped(const std::vector<Word>& words, size_t width, bool colour);
/// Columns of the longest line when nothing is wrapped.
size_t width_of(const std::vector<Word>& words);

struct Cell {
  std::vector<Word> words;
  bool head = false;
};
using Row = std::vector<Cell>;
/// The table in at most `width` columns where its cells can be made so narrow.
std::vector<std::string> table_lines(const std::vector<Row>& rows, size_t width, bool colour);

}  // namespace gf::cmd
