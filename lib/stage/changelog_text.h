// A changelog as lines: which of them are code or comment, and which are headings.
//
// Pure functions of text, linear in its size. What is masked (fenced code, literal blocks,
// comments) is never taken for a heading or an entry, and nothing is ever inserted into it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gf::stage {

enum class Markup { kMarkdown, kRst, kAsciiDoc, kPlain };

struct LogText {
  Markup markup = Markup::kMarkdown;
  std::vector<std::string> lines;  ///< without their ends
  std::vector<std::string> ends;   ///< "\n" or "\r\n"; empty for a last line without one
  std::vector<bool> masked;        ///< code, comment, body of a directive
  std::vector<bool> comment;       ///< of those: a comment
};

/// `path` decides the markup; a name that says nothing ("CHANGES", "NEWS.txt") is decided by the
/// text.
LogText read_log(std::string_view path, std::string_view content);
/// The same bytes that were read, but for what was inserted in between.
std::string content_of(const LogText& text);

enum class HeadingKind { kHash, kUnderlined, kOverlined, kBold, kBare };

struct LogHeading {
  size_t first = 0, line = 0, last = 0;  ///< lines: all of it, and the one with its words
  int level = 0;                         ///< 1 is outermost; 0 for bold and bare version lines
  HeadingKind kind = HeadingKind::kHash;
  std::string words;  ///< without marks
};

/// Hash and underlined headings, in order. Bold and bare version lines are for the caller to want.
std::vector<LogHeading> headings_of(const LogText& text);
/// Lines that are bold as a whole (`**4.9.0**`), or a version alone ("4.9.0 (2024-01-02)"), and
/// hold a version or an open marker.
std::vector<LogHeading> version_lines(const LogText& text, HeadingKind kind);

bool is_blank(std::string_view line);
size_t indent_of(std::string_view line);   ///< bytes of leading blanks and tabs
size_t columns_of(std::string_view text);  ///< characters, not bytes

/// One item of a list: "  -   text" -> indent "  ", marker "-", gap "   ".
struct Item {
  std::string indent, marker, gap;
  size_t text_at = 0;
  bool numbered = false;
};
/// False if `line` begins no item; `item` is then as it was.
bool read_item(std::string_view line, Item& item);

}  // namespace gf::stage
