// A changelog as versions, categories and entries: what its writer and its checker both look at.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stage/changelog_text.h"

namespace gf::stage {

/// One item of a list and the lines that belong to it.
struct LogEntry {
  size_t first = 0, end = 0;  ///< lines [first, end), without blank lines at its end
  Item item;
  std::string continuation;  ///< the blanks that its second line begins with
  std::string text;          ///< in one line
  /// One paragraph: no list, code or comment inside.
  bool simple = true;
  bool has_list = false;
};

/// Entries under one category heading or label line, or directly under the version.
struct LogArea {
  std::string name;                   ///< "Bug Fixes / General" below another; "" for direct
  std::optional<LogHeading> heading;  ///< of kind kBold for a label line
  size_t begin = 0, end = 0;          ///< lines of its content
  std::vector<LogEntry> entries;
  std::vector<size_t> prose;  ///< lines that are no entry, link definition or comment
  bool has_parts = false;     ///< other areas lie below this one
};

enum class SectionState { kOpen, kReleased, kBare };

struct LogSection {
  LogHeading heading;
  size_t begin = 0, end = 0;  ///< lines [begin, end) below the heading
  SectionState state = SectionState::kBare;
  size_t state_line = 0;       ///< where that is said; the heading's if nowhere
  std::vector<LogArea> areas;  ///< the direct one first, always there
};

struct LogOutline {
  std::vector<LogHeading> headings;
  int version_level = 0;
  std::vector<LogSection> sections;  ///< newest first; areas are read for the first twelve
};

LogOutline outline_of(const LogText& text);

/// Do two names mean one category? Case, emphasis and a final colon do not count.
bool same_category(std::string_view one, std::string_view other);

}  // namespace gf::stage
