#include "stage/changelog_outline.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "stage/changelog_inside.h"
#include "stage/changelog_words.h"

namespace gf::stage {
namespace {

constexpr size_t kSectionsRead = 12;
constexpr size_t kStateLines = 3;

size_t count_versions(const std::vector<LogHeading>& all) {
  return static_cast<size_t>(std::count_if(all.begin(), all.end(), [](const LogHeading& heading) {
    return is_version_heading(heading.words);
  }));
}

/// Of the levels with at least half as many versions as the richest one: the one met first, which
/// is the outer one where versions lie in versions. -1 if no heading holds a version.
int version_level(const std::vector<LogHeading>& all) {
  std::map<int, size_t> found;
  for (const LogHeading& heading : all) {
    if (is_version_heading(heading.words)) ++found[heading.level];
  }
  size_t most = 0;
  for (const auto& [level, count] : found) most = std::max(most, count);
  for (const LogHeading& heading : all) {
    if (is_version_heading(heading.words) && found[heading.level] * 2 >= most) return heading.level;
  }
  for (const LogHeading& heading : all) {
    if (is_open_heading(heading.words)) return heading.level;
  }
  return -1;
}

/// Bold or bare version lines, where headings hold less than two versions or stand below two such
/// lines: a file that changed its form has the newest one on top.
std::vector<LogHeading> plain_versions(const LogText& text,
                                       const std::vector<LogHeading>& headings) {
  size_t top = text.lines.size();
  if (count_versions(headings) >= 2) {
    for (const LogHeading& heading : headings) {
      if (is_version_heading(heading.words)) top = std::min(top, heading.first);
    }
  }
  for (HeadingKind kind : {HeadingKind::kBold, HeadingKind::kBare}) {
    std::vector<LogHeading> found = version_lines(text, kind);
    std::vector<LogHeading> above;
    for (const LogHeading& line : found) {
      bool underlined =
          std::any_of(headings.begin(), headings.end(),
                      [&line](const LogHeading& one) { return one.line == line.line; });
      if (line.first < top && !underlined) above.push_back(line);
    }
    if (count_versions(above) >= 2) return found;
  }
  return {};
}

std::string words_before(const std::string& words) {
  return lower(trim(std::string_view(words).substr(0, find_version(words).at)));
}

/// "borg 1.2 to 2.0" above eleven headings of "Version 2.0.0": a text about versions, no version.
bool stands_out(const std::vector<LogSection>& sections) {
  if (sections.size() < 6) return false;
  const std::string& first = sections[0].heading.words;
  if (has_marker(first) || has_date(first) || !has_version(first)) return false;
  std::map<std::string, size_t> leads;
  size_t looked = std::min<size_t>(sections.size(), kSectionsRead);
  for (size_t i = 1; i < looked; ++i) ++leads[words_before(sections[i].heading.words)];
  for (const auto& [lead, count] : leads) {
    if (count * 10 >= (looked - 1) * 7) return !lead.empty() && lead != words_before(first);
  }
  return false;
}

void read_state(const LogText& text, LogSection& section) {
  const std::string& words = section.heading.words;
  section.state_line = section.heading.line;
  if (says_unreleased(words)) {
    section.state = SectionState::kOpen;
    return;
  }
  if (has_date(words)) {
    section.state = SectionState::kReleased;
    return;
  }
  size_t looked = 0;
  for (size_t i = section.begin; i < section.end && looked < kStateLines; ++i) {
    Item item;
    if (text.masked[i] || is_blank(text.lines[i])) continue;
    if (read_item(text.lines[i], item)) break;
    ++looked;
    bool open = is_marker_line(text.lines[i]);
    if (!open && !is_date_line(text.lines[i])) continue;
    section.state = open ? SectionState::kOpen : SectionState::kReleased;
    section.state_line = i;
    return;
  }
  if (has_marker(words) || is_open_heading(words)) section.state = SectionState::kOpen;
}

bool has_entry_between(const LogText& text, size_t from, size_t to) {
  Item item;
  for (size_t i = from; i < std::min(to, text.lines.size()); ++i) {
    if (!text.masked[i] && read_item(text.lines[i], item)) return true;
  }
  return false;
}

/// Which headings are versions: those of the wanted level, and above the first of these others that
/// hold entries of their own. A file whose authors changed the underline has its newest ones at
/// another level; a heading over versions ("2.x") holds none itself.
std::vector<bool> are_versions(const LogText& text, const std::vector<LogHeading>& all, int level) {
  std::vector<bool> versions(all.size(), false);
  bool above = true;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!is_version_heading(all[i].words)) continue;
    if (all[i].level == level) above = false;
    size_t next = i + 1;
    while (next < all.size() && !is_version_heading(all[next].words)) ++next;
    size_t end = next < all.size() ? all[next].first : text.lines.size();
    versions[i] = all[i].level == level || (above && has_entry_between(text, all[i].last + 1, end));
  }
  return versions;
}

/// The sections that `all` opens: versions, and open headings at the wanted level or above.
std::vector<LogSection> sections_from(const LogText& text, const std::vector<LogHeading>& all,
                                      int level) {
  std::vector<LogSection> sections;
  std::vector<bool> versions = are_versions(text, all, level);
  for (size_t i = 0; i < all.size(); ++i) {
    bool open = all[i].level <= level && is_open_heading(all[i].words);
    if (!versions[i] && !open) continue;
    LogSection section;
    section.heading = all[i];
    section.begin = all[i].last + 1;
    section.end = text.lines.size();
    for (size_t next = i + 1; next < all.size(); ++next) {
      if (all[next].level > level && !versions[next]) continue;
      section.end = all[next].first;
      break;
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

/// `**Fixed**`, "Bug fixes:": a line that names what follows. Its name, or nothing.
std::string label_of(const LogText& text, size_t i) {
  std::string_view line = text.lines[i];
  Item item;
  if (text.masked[i] || line.empty() || indent_of(line) > 0 || line.size() > 80) return {};
  bool free_above = i == 0 || is_blank(text.lines[i - 1]) || text.masked[i - 1];
  if (read_item(line, item) || !free_above) return {};
  std::string_view words = trim(line);
  if (words.ends_with(':')) words.remove_suffix(1);
  bool colon = words.size() < trim(line).size();
  for (std::string_view mark : {"**", "__", "*"}) {
    bool marked =
        words.size() > 2 * mark.size() && words.starts_with(mark) && words.ends_with(mark);
    if (!marked) continue;
    words = words.substr(mark.size(), words.size() - 2 * mark.size());
    if (words.find(mark) != std::string_view::npos) return {};
    if (words.ends_with(':')) words.remove_suffix(1);
    return std::string(words);
  }
  bool capital = !words.empty() && words[0] >= 'A' && words[0] <= 'Z';
  bool few = std::count(words.begin(), words.end(), ' ') <= 4;
  return colon && capital && few ? std::string(words) : std::string();
}

size_t next_text(const LogText& text, size_t from, size_t end) {
  while (from < end && (is_blank(text.lines[from]) || text.masked[from])) ++from;
  return from;
}

bool followed_by_list(const LogText& text, size_t i, size_t end) {
  Item item;
  size_t next = next_text(text, i + 1, end);
  return next < end && read_item(text.lines[next], item);
}

/// Names that head a list somewhere: an empty one of the same name is a category, too.
std::set<std::string> labels_with_lists(const LogText& text, const LogOutline& outline) {
  std::set<std::string> names;
  for (size_t s = 0; s < std::min(outline.sections.size(), kSectionsRead); ++s) {
    const LogSection& section = outline.sections[s];
    for (size_t i = section.begin; i < section.end; ++i) {
      std::string name = label_of(text, i);
      if (!name.empty() && followed_by_list(text, i, section.end)) names.insert(plain_name(name));
    }
  }
  return names;
}

/// Category headings and labels in the section, in order; a label lies below any heading.
std::vector<LogHeading> parts_of(const LogText& text, const LogOutline& outline,
                                 const LogSection& section, const std::set<std::string>& labels) {
  constexpr int kLabelLevel = 100;
  std::vector<LogHeading> parts;
  for (const LogHeading& heading : outline.headings) {
    bool inside = heading.first >= section.begin && heading.last < section.end;
    if (inside && heading.first != section.heading.first) parts.push_back(heading);
  }
  for (size_t i = section.begin; i < section.end; ++i) {
    std::string name = label_of(text, i);
    if (name.empty() || i == section.state_line || !labels.contains(plain_name(name))) continue;
    bool known = std::any_of(parts.begin(), parts.end(), [i](const LogHeading& part) {
      return part.first <= i && i <= part.last;
    });
    size_t next = next_text(text, i + 1, section.end);
    bool list = followed_by_list(text, i, section.end);
    bool empty = next >= section.end || !label_of(text, next).empty() ||
                 std::any_of(parts.begin(), parts.end(),
                             [next](const LogHeading& part) { return part.first == next; });
    if (!known && (list || empty))
      parts.push_back({i, i, i, kLabelLevel, HeadingKind::kBold, name});
  }
  std::sort(parts.begin(), parts.end(),
            [](const LogHeading& a, const LogHeading& b) { return a.first < b.first; });
  return parts;
}

void read_areas(const LogText& text, const LogOutline& outline, LogSection& section,
                const std::set<std::string>& labels) {
  std::vector<LogHeading> parts = parts_of(text, outline, section, labels);
  LogArea direct;
  direct.begin = std::max(section.begin, section.state_line + 1);
  direct.end = parts.empty() ? section.end : parts.front().first;
  direct.begin = std::min(direct.begin, direct.end);
  section.areas.push_back(std::move(direct));
  std::vector<size_t> above;  // indexes of the areas that this one lies in
  for (size_t i = 0; i < parts.size(); ++i) {
    LogArea area;
    area.heading = parts[i];
    area.begin = parts[i].last + 1;
    area.end = i + 1 < parts.size() ? parts[i + 1].first : section.end;
    while (!above.empty() && section.areas[above.back()].heading->level >= parts[i].level)
      above.pop_back();
    area.name = std::string(trim(parts[i].words));
    if (!above.empty()) {
      area.name = section.areas[above.back()].name + " / " + area.name;
      section.areas[above.back()].has_parts = true;
    }
    above.push_back(section.areas.size());
    section.areas.push_back(std::move(area));
  }
  for (LogArea& area : section.areas) read_entries(text, area);
}

}  // namespace

LogOutline outline_of(const LogText& text) {
  LogOutline outline;
  outline.headings = headings_of(text);
  // Such a line stands above every heading: these are then its categories.
  if (std::vector<LogHeading> found = plain_versions(text, outline.headings); !found.empty())
    outline.sections = sections_from(text, found, 0);
  if (outline.sections.empty()) {
    outline.version_level = version_level(outline.headings);
    outline.sections = sections_from(text, outline.headings, outline.version_level);
  }
  for (LogSection& section : outline.sections) read_state(text, section);
  if (stands_out(outline.sections)) outline.sections.erase(outline.sections.begin());
  std::set<std::string> labels = labels_with_lists(text, outline);
  for (size_t i = 0; i < std::min(outline.sections.size(), kSectionsRead); ++i)
    read_areas(text, outline, outline.sections[i], labels);
  return outline;
}

bool same_category(std::string_view one, std::string_view other) {
  return plain_name(one) == plain_name(other);
}

}  // namespace gf::stage
