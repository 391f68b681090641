// The checker: is what a builder did to the changelog exactly one entry, in the form of its
// neighbours, and nothing else? Each rule has its own message with the line it is about.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "stage/changelog.h"
#include "stage/changelog_entry_form.h"
#include "stage/changelog_form.h"
#include "stage/changelog_fragments.h"
#include "stage/changelog_place.h"
#include "stage/changelog_words.h"
#include "stage/changelog_write.h"

namespace gf::stage {
namespace {

/// The block of lines that was put in: [first, end) of the new text.
struct Inserted {
  size_t first = 0, end = 0;
};

struct Check {
  std::string path;
  const LogText& before;
  const LogText& after;
  const LogOutline& old_outline;
  const LogOutline& outline;
  std::vector<ChangelogFinding> found;

  void say(std::string rule, size_t line, std::string text) {
    found.push_back({std::move(rule), path, line, std::move(text)});
  }
};

std::string shown(std::string_view line) { return printable(clipped(trim(line), 80)); }

/// Old lines in order with one block put in between; false, and said, if anything else changed.
bool find_inserted(Check& check, Inserted& block) {
  const auto& old_lines = check.before.lines;
  const auto& new_lines = check.after.lines;
  size_t top = 0;
  while (top < old_lines.size() && top < new_lines.size() && old_lines[top] == new_lines[top])
    ++top;
  size_t bottom = 0;
  while (bottom < old_lines.size() - top && bottom < new_lines.size() - top &&
         old_lines[old_lines.size() - 1 - bottom] == new_lines[new_lines.size() - 1 - bottom])
    ++bottom;
  if (top + bottom < old_lines.size()) {
    check.say("only-added", top + 1,
              fmt::format(
                  "line {} of the base, '{}', was changed or taken away: put it back and only add",
                  top + 1, shown(old_lines[top])));
    return false;
  }
  block = {top, new_lines.size() - bottom};
  if (block.first == block.end) {
    check.say("one-entry", 0, "no entry was added");
    return false;
  }
  return true;
}

void check_ends(Check& check, const Inserted& block) {
  const auto& ends = check.after.ends;
  std::string usual =
      check.before.ends.empty() || check.before.ends[0].empty() ? "\n" : check.before.ends[0];
  for (size_t i = block.first; i < block.end; ++i) {
    if (!ends[i].empty() && ends[i] != usual) {
      check.say("line-ends", i + 1,
                fmt::format("line {} ends with {} and the file with {}", i + 1,
                            ends[i] == "\n" ? "LF" : "CRLF", usual == "\n" ? "LF" : "CRLF"));
      break;
    }
  }
  bool had = check.before.ends.empty() || !check.before.ends.back().empty();
  bool has = !ends.empty() && !ends.back().empty();
  if (had != has)
    check.say("final-newline", check.after.lines.size(),
              had ? "the newline at the end of the file is gone"
                  : "a newline was added at the end of the file, which had none");
}

struct Where {
  size_t section = 0, area = 0, entry = 0;
};

/// The entries that begin in the block, and where.
std::vector<Where> entries_in(const Check& check, const Inserted& block) {
  std::vector<Where> all;
  for (size_t s = 0; s < check.outline.sections.size(); ++s) {
    const LogSection& section = check.outline.sections[s];
    for (size_t a = 0; a < section.areas.size(); ++a) {
      for (size_t e = 0; e < section.areas[a].entries.size(); ++e) {
        size_t first = section.areas[a].entries[e].first;
        if (first >= block.first && first < block.end) all.push_back({s, a, e});
      }
    }
  }
  return all;
}

/// Where lines repeat, one insertion can be told as several: the one that is whole entries.
void slide(const Check& check, Inserted& block) {
  constexpr size_t kSlides = 200;
  const std::vector<std::string>& lines = check.after.lines;
  Inserted moved = block;
  for (size_t i = 0; i < kSlides; ++i) {
    std::vector<Where> found = entries_in(check, moved);
    bool whole =
        found.size() == 1 &&
        check.outline.sections[found[0].section].areas[found[0].area].entries[found[0].entry].end <=
            moved.end;
    if (whole) {
      block = moved;
      return;
    }
    if (moved.first == 0 || lines[moved.first - 1] != lines[moved.end - 1]) return;
    --moved.first;
    --moved.end;
  }
}

/// Is any entry an item of a list? A file of paragraphs is judged by what was changed alone.
bool has_lists(const LogOutline& outline) {
  for (const LogSection& section : outline.sections) {
    for (const LogArea& area : section.areas) {
      if (!area.entries.empty()) return true;
    }
  }
  return false;
}

/// Does the file have this very line already, as it has "Bug Fixes" or "Features:" in each of its
/// versions? Not every form of categories is read as one (changelog_outline.h).
bool is_known_label(const Check& check, const std::string& line) {
  std::string_view text = trim(line);
  // "------" is what a label is underlined with.
  bool item = !text.empty() &&
              std::string_view("-*+").find(text.front()) != std::string_view::npos &&
              (text.size() == 1 || text[1] == ' ' || text[1] == '\t');
  return !item && std::find(check.before.lines.begin(), check.before.lines.end(), line) !=
                      check.before.lines.end();
}

/// May a line of the block stand there beside the entry: its category, the version that is begun?
bool belongs_to_entry(const Check& check, const Inserted& block, const Where& where, size_t line) {
  const LogSection& section = check.outline.sections[where.section];
  const LogArea& area = section.areas[where.area];
  const LogEntry& entry = area.entries[where.entry];
  if (line >= entry.first && line < entry.end) return true;
  if (area.heading && line >= area.heading->first && line <= area.heading->last) return true;
  const LogHeading& version = section.heading;
  if (line >= version.first && line <= version.last) return true;
  if (is_blank(check.after.lines[line])) return true;
  if (version.first < block.first) return false;
  // Of a version that is begun here: some say below its heading that it is not released, and it
  // begins as the others do.
  if (section.state == SectionState::kOpen && line == section.state_line) return true;
  return line > version.last && is_known_label(check, check.after.lines[line]);
}

/// One new entry, and beside it only blank lines and at most one heading of each kind.
bool check_one(Check& check, const Inserted& block, Where& where) {
  std::vector<Where> all = entries_in(check, block);
  if (all.empty() && !has_lists(check.old_outline)) return false;
  if (all.size() != 1) {
    check.say("one-entry", block.first + 1,
              all.empty() ? fmt::format("lines {} to {} are no entry of a version's list",
                                        block.first + 1, block.end)
                          : fmt::format("{} entries were added, one is wanted", all.size()));
    return false;
  }
  where = all[0];
  for (size_t i = block.first; i < block.end; ++i) {
    if (belongs_to_entry(check, block, where, i)) continue;
    check.say("nothing-else", i + 1,
              fmt::format("'{}' is neither the entry nor its category: take it out",
                          shown(check.after.lines[i])));
    return false;
  }
  const LogEntry& entry =
      check.outline.sections[where.section].areas[where.area].entries[where.entry];
  if (entry.end > block.end) {
    check.say("place", entry.first + 1,
              "the entry stands between another entry and its continuation");
    return false;
  }
  if (check.after.masked[entry.first])
    check.say("place", entry.first + 1, "the entry stands in code or in a comment");
  return true;
}

void check_new_version(Check& check, const ChangelogHistory& history, const LogSection& section) {
  size_t open = 0;
  bool certain = open_section(check.old_outline, history.tags, open).empty();
  size_t line = section.heading.line + 1;
  if (certain) {
    check.say(
        "section", line,
        fmt::format(
            "a new version heading was made though '{}', line {}, is open: put the entry there",
            shown(check.old_outline.sections[open].heading.words),
            check.old_outline.sections[open].heading.line + 1));
  } else if (section.state == SectionState::kReleased) {
    check.say("section", line, "the new version heading has a date: nothing is released yet");
  } else if (!check.old_outline.sections.empty()) {
    const LogHeading& model = check.old_outline.sections[0].heading;
    if (section.heading.level != model.level || section.heading.kind != model.kind)
      check.say("section", line,
                fmt::format("the new version heading is not made like '{}'", shown(model.words)));
  }
}

void check_section(Check& check, const ChangelogHistory& history, const Inserted& block,
                   const Where& where) {
  const LogSection& section = check.outline.sections[where.section];
  size_t line = section.areas[where.area].entries[where.entry].first + 1;
  bool fresh = section.heading.first >= block.first && section.heading.last < block.end;
  if (fresh && where.section == 0) return check_new_version(check, history, section);
  const LogHeading& newest = check.outline.sections.front().heading;
  if (fresh) {
    check.say("section", section.heading.line + 1,
              fmt::format("the new version heading stands below '{}', line {}: put it above",
                          shown(newest.words), newest.line + 1));
    return;
  }
  std::vector<size_t> open;
  for (size_t i = 0; i < std::min<size_t>(check.outline.sections.size(), 6); ++i) {
    if (check.outline.sections[i].state == SectionState::kOpen) open.push_back(i);
  }
  size_t right = 0;
  bool certain = open_section(check.outline, history.tags, right).empty();
  bool legal = certain        ? where.section == right
               : open.empty() ? where.section == 0 && section.state != SectionState::kReleased
                              : std::find(open.begin(), open.end(), where.section) != open.end();
  bool beside = !certain && where.section == 0 && section.state == SectionState::kBare;
  if (legal || beside) return;
  if (certain || !open.empty()) {
    const LogSection& wanted = check.outline.sections[certain ? right : open.front()];
    check.say("section", line,
              fmt::format("the entry stands under '{}': put it under '{}', line {}",
                          shown(section.heading.words), shown(wanted.heading.words),
                          wanted.heading.line + 1));
  } else {
    check.say("section", line,
              fmt::format("'{}' is released: make a heading for what is not above it, in the "
                          "wording that the file's history has",
                          shown(section.heading.words)));
  }
}

void check_category(Check& check, const Inserted& block, const Where& where) {
  const LogSection& section = check.outline.sections[where.section];
  const LogArea& area = section.areas[where.area];
  if (!area.heading || area.heading->first < block.first) return;
  size_t line = area.heading->line + 1;
  for (size_t a = 1; a < section.areas.size(); ++a) {
    const LogArea& other = section.areas[a];
    if (a == where.area || !same_category(other.name, area.name)) continue;
    check.say("category", line,
              fmt::format("'{}' is there already, line {}: put the entry there", area.name,
                          other.heading->line + 1));
    return;
  }
  const LogHeading* model = nullptr;
  for (const LogSection& from : check.outline.sections) {
    for (const LogArea& other : from.areas) {
      if (&other == &area || !other.heading) continue;
      if (model == nullptr || same_category(other.name, area.name)) model = &*other.heading;
      if (same_category(other.name, area.name)) break;
    }
    if (model != nullptr && same_category(model->words, area.heading->words)) break;
  }
  if (model != nullptr &&
      (model->level != area.heading->level || model->kind != area.heading->kind))
    check.say("category", line,
              fmt::format("the heading '{}' is not made like '{}', line {}",
                          shown(area.heading->words), shown(model->words), model->line + 1));
}

void check_repeats(Check& check, const Where& where) {
  const LogSection& section = check.outline.sections[where.section];
  const LogEntry& entry = section.areas[where.area].entries[where.entry];
  for (const LogArea& area : section.areas) {
    for (const LogEntry& other : area.entries) {
      if (&other != &entry && other.text == entry.text)
        check.say("repeated", entry.first + 1,
                  fmt::format("line {} says the same", other.first + 1));
    }
  }
}

std::vector<ChangelogFinding> check_text(const std::string& path, const ChangelogHistory& history,
                                         std::string_view old_text, std::string_view new_text) {
  if (std::string bad = unreadable(new_text); !bad.empty()) return {{"text", path, 0, bad}};
  LogText before = read_log(path, old_text), after = read_log(path, new_text);
  LogOutline old_outline = outline_of(before), outline = outline_of(after);
  Check check{path, before, after, old_outline, outline, {}};
  Inserted block;
  Where where;
  if (!find_inserted(check, block)) return check.found;
  check_ends(check, block);
  slide(check, block);
  if (!check_one(check, block, where)) return check.found;
  check_section(check, history, block, where);
  check_category(check, block, where);
  check_repeats(check, where);
  const LogEntry entry = outline.sections[where.section].areas[where.area].entries[where.entry];
  // Its neighbours are the others: the entry itself must not vote.
  std::vector<LogEntry>& list = outline.sections[where.section].areas[where.area].entries;
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(where.entry));
  Neighbours around = neighbours_of(outline, where.section, where.area);
  check_entry_form(after, around, entry, [&](std::string rule, size_t line, std::string what) {
    check.say(std::move(rule), line, std::move(what));
  });
  return check.found;
}

}  // namespace

std::vector<ChangelogFinding> check_entry(const Changelog& changelog,
                                          const ChangelogHistory& history,
                                          const std::vector<ChangedFile>& changed) {
  if (changelog.form == ChangelogForm::kFragments) return check_fragments(changelog, changed);
  for (const ChangedFile& file : changed) {
    if (file.path != changelog.path) continue;
    if (!file.after)
      return {
          {"only-added", file.path, 0, fmt::format("'{}' was taken away: put it back", file.path)}};
    return check_text(file.path, history, file.before.value_or(""), *file.after);
  }
  return {{"one-entry", changelog.path, 0, "no entry was added"}};
}

}  // namespace gf::stage
