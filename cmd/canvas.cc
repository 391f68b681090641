#include "canvas.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "markdown.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

constexpr size_t kNoteBytes = 600;

/// The longest beginning of `text` that takes at most `columns` of them, between characters.
std::string fitted(const std::string& text, size_t columns) {
  if (text.size() <= columns || columns_of(text) <= columns) return text;
  size_t taken = 0, at = 0;
  while (at < text.size()) {
    size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    taken += columns_of(std::string_view(text).substr(at, end - at));
    if (taken > columns) break;
    at = end;
  }
  return text.substr(0, at);
}

std::string in_colour(const std::string& text, const char* code, size_t coloured) {
  if (*code == '\0' || text.empty()) return text;
  size_t until = std::min(coloured, text.size());
  return fmt::format("\x1b[{}m{}\x1b[m{}", code, text.substr(0, until), text.substr(until));
}

}  // namespace

const char* code_of(char mark) {
  switch (mark) {
    case '+':
      return "32";
    case 'x':
      return "31";
    case '>':
      return "1;33";
    case '!':
    case '-':
      return "33";
    default:
      return "";
  }
}

/// To the first line of the last picture. A window that has become narrower has broken its lines,
/// and one that has become lower has moved some of them out of reach.
std::string Canvas::up(const Window& window) const {
  size_t rows = 0, columns = std::max<size_t>(window.columns, 1);
  for (size_t taken : drawn_) rows += std::max<size_t>(1, (taken + columns - 1) / columns);
  rows = std::min(rows, std::max<size_t>(window.rows, 2) - 1);
  return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

std::string Canvas::draw(const std::vector<std::string>& above, const std::vector<Line>& lines,
                         const Window& window) {
  std::string text = drawn_.empty() ? "" : up(window);
  drawn_.clear();
  for (const std::string& raw : above) {
    std::string note = printable(clipped(raw, kNoteBytes));
    bool warns = note.starts_with("warning: ");
    text += (window.colour ? in_colour(note, warns ? "33" : "", 8) : note) + "\x1b[K\n";
  }
  // One column stays free: a full line would break on some terminals.
  size_t room = std::max<size_t>(window.columns, 2) - 1;
  for (const Line& line : lines) {
    std::string shown = fitted(flat(line.text), room);
    drawn_.push_back(columns_of(shown));
    text += (window.colour ? in_colour(shown, line.code, line.coloured) : shown) + "\x1b[K\n";
  }
  return text + "\x1b[J";
}

}  // namespace gf::cmd
