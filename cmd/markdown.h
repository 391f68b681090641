// Markdown as a person reads it on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gf::cmd {

struct Look {
  size_t width = 80;    ///< columns of the terminal; less than 20 counts as 20
  bool colour = false;  ///< bold, italic and colours; without them headings are underlined
};

/// CommonMark with tables and strikethrough: headings, lists, quotes, tables fitted to the width,
/// code, addresses behind their words. HTML is shown by what stands between its tags. Safe for a
/// terminal, whatever the text holds.
std::string read_markdown(std::string_view text, const Look& look);

/// The same of text whose lines stay lines (what `metrics` prints is no prose).
std::string read_lines(std::string_view text, const Look& look);

/// Columns that a text takes on a terminal: two for East Asian wide characters and most pictures,
/// none for what combines with the character before it. By Unicode's EastAsianWidth, in ranges.
size_t columns_of(std::string_view text);

}  // namespace gf::cmd
