// Hunk by hunk: one that touches no added line is left out.
#include "line/partial_fix.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace gf::line {
namespace {

/// Lines with their ends; the last one may have none.
std::vector<std::string_view> lines_with_ends(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    size_t end = text.find('\n');
    size_t length = end == std::string_view::npos ? text.size() : end + 1;
    all.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return all;
}

/// What a hunk puts in place of its old lines.
std::string new_lines(const git::Hunk& hunk) {
  std::string made;
  bool body = false, added = false;
  for (std::string_view line : lines_with_ends(hunk.text)) {
    if (body && line.starts_with('\\') && added && made.ends_with('\n')) made.pop_back();
    added = body && line.starts_with('+');
    if (added) made += line.substr(1);
    if (!body) body = line.starts_with("@@");
  }
  return made;
}

/// An insertion stands behind its old line: it touches that one and the next.
bool touches(const git::Hunk& hunk, const std::vector<int>& added) {
  int last = hunk.old_count == 0 ? hunk.old_start + 1 : hunk.old_start + hunk.old_count - 1;
  auto first_in = std::lower_bound(added.begin(), added.end(), hunk.old_start);
  return first_in != added.end() && *first_in <= last;
}

}  // namespace

std::string fixed_in_part(const std::string& text, const std::vector<git::Hunk>& rewritten,
                          const std::vector<int>& added) {
  std::vector<std::string_view> source = lines_with_ends(text);
  std::string made;
  size_t at = 0;
  for (const git::Hunk& hunk : rewritten) {
    std::string lines = new_lines(hunk);
    if (!touches(hunk, added)) {
      if (hunk.old_count == 0 && !trim(lines).empty()) return text;
      continue;
    }
    auto first = static_cast<size_t>(std::max(hunk.old_start - (hunk.old_count == 0 ? 0 : 1), 0));
    for (; at < std::min(first, source.size()); ++at) made += source[at];
    made += lines;
    at += static_cast<size_t>(hunk.old_count);
  }
  for (; at < source.size(); ++at) made += source[at];
  return made;
}

}  // namespace gf::line
