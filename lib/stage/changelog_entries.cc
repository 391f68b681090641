// Items of a list: where each begins and ends, and whether it is one paragraph.

#include <algorithm>

#include "base/text.h"
#include "stage/changelog_inside.h"

namespace gf::stage {
namespace {

/// Column of the text behind the marker: what lies at it or deeper belongs to the item.
bool is_sibling(const Item& item, const Item& first) {
  return item.indent.size() < first.indent.size() + 2 || item.indent.size() <= first.indent.size();
}

struct Reader {
  const LogText& text;
  LogArea& area;
  bool blank_before = false;
  bool closed = false;  ///< a line that is no entry's stood behind the last one

  void begin(size_t i, const Item& item) {
    LogEntry entry;
    entry.first = i;
    entry.end = i + 1;
    entry.item = item;
    entry.text = std::string(trim(std::string_view(text.lines[i]).substr(item.text_at)));
    area.entries.push_back(std::move(entry));
  }

  /// Does line `i`, which begins no sibling, belong to the last entry?
  bool continues(size_t i) const {
    if (area.entries.empty() || closed) return false;
    const LogEntry& entry = area.entries.back();
    bool deeper = indent_of(text.lines[i]) > entry.item.indent.size();
    bool lazy = !blank_before && !text.masked[i] && entry.end == i && !is_definition(text.lines[i]);
    return deeper || lazy;
  }

  void take(size_t i, bool is_item) {
    LogEntry& entry = area.entries.back();
    const std::string& line = text.lines[i];
    if (entry.end - entry.first == 1) entry.continuation = line.substr(0, indent_of(line));
    if (is_item || blank_before || text.masked[i]) entry.simple = false;
    if (is_item) entry.has_list = true;
    entry.end = i + 1;
    entry.text += entry.text.empty() ? "" : " ";
    entry.text += trim(line);
  }
};

}  // namespace

bool is_definition(std::string_view line) {
  std::string_view words = trim(line);
  if (words.starts_with(".. _") || words.starts_with(".. |") || words.starts_with(".. ["))
    return true;
  size_t close = words.find("]:");
  return words.starts_with('[') && close != std::string_view::npos && words.find(']') == close;
}

void read_entries(const LogText& text, LogArea& area) {
  Reader reader{text, area};
  for (size_t i = area.begin; i < area.end; ++i) {
    if (is_blank(text.lines[i])) {
      reader.blank_before = true;
      continue;
    }
    Item item;
    bool is_item = !text.masked[i] && read_item(text.lines[i], item);
    bool sibling = is_item && (area.entries.empty() || is_sibling(item, area.entries.front().item));
    if (sibling) {
      reader.begin(i, item);
      reader.closed = false;
    } else if (reader.continues(i)) {
      reader.take(i, is_item);
    } else {
      reader.closed = true;
      if (!text.masked[i] && !is_definition(text.lines[i])) area.prose.push_back(i);
    }
    reader.blank_before = false;
  }
}

}  // namespace gf::stage
