#include "stage/changelog_write.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "stage/changelog_form.h"
#include "stage/changelog_place.h"
#include "stage/changelog_words.h"

namespace gf::stage {
namespace {

/// Columns: a shorter entry stands on one line by any rule.
constexpr size_t kLongerThanALine = 79;

size_t blanks_down(const LogText& text, size_t from, size_t end) {
  size_t count = 0;
  while (from + count < end && is_blank(text.lines[from + count])) ++count;
  return count;
}

size_t blanks_up(const LogText& text, size_t at) {
  size_t count = 0;
  while (count < at && is_blank(text.lines[at - 1 - count])) ++count;
  return count;
}

size_t commonest(const std::vector<size_t>& votes, size_t fallback) {
  std::map<size_t, size_t> count;
  size_t best = fallback, most = 0;
  for (size_t vote : votes) {
    if (++count[vote] > most) {
      most = count[vote];
      best = vote;
    }
  }
  return std::min<size_t>(best, 3);
}

/// How the file sets its lists off: blank lines, as most of its sections have them.
struct Gaps {
  size_t under_version = 1;     ///< version heading (or the line under it) to a direct list
  size_t version_category = 1;  ///< version heading to the first category
  size_t under_category = 1;    ///< category to its list
  size_t before_category = 1;   ///< list to the next category
  size_t before_version = 1;    ///< list to the next version
};

Gaps gaps_of(const LogText& text, const LogOutline& outline) {
  std::vector<size_t> under_version, version_category, under_category, before_category,
      before_version;
  for (size_t s = 0; s < std::min<size_t>(outline.sections.size(), 8); ++s) {
    const LogSection& section = outline.sections[s];
    for (size_t i = 0; i < section.areas.size(); ++i) {
      const LogArea& area = section.areas[i];
      if (area.heading) {
        size_t above = blanks_up(text, area.heading->first);
        bool first = i == 1 && section.areas[0].entries.empty() && section.areas[0].prose.empty();
        (first ? version_category : before_category).push_back(above);
      }
      if (area.entries.empty() || !area.prose.empty()) continue;
      (area.heading ? under_category : under_version)
          .push_back(blanks_down(text, area.begin, area.entries[0].first));
      bool last = i + 1 == section.areas.size() && section.end < text.lines.size();
      if (last) before_version.push_back(blanks_up(text, section.end));
    }
  }
  Gaps gaps;
  gaps.under_version = commonest(under_version, 1);
  gaps.version_category = commonest(version_category, gaps.under_version);
  gaps.under_category = commonest(under_category, gaps.under_category);
  gaps.before_category = commonest(before_category, 1);
  gaps.before_version = commonest(before_version, 1);
  return gaps;
}

void insert(LogText& text, size_t at, const std::vector<std::string>& block) {
  std::string end = "\n";
  if (at > 0 && !text.ends[at - 1].empty()) end = text.ends[at - 1];
  if (at > 0 && text.ends[at - 1].empty() && at > 1) end = text.ends[at - 2];
  std::vector<std::string> ends(block.size(), end);
  if (at > 0 && text.ends[at - 1].empty()) {
    text.ends[at - 1] = end;
    ends.back().clear();
  }
  text.lines.insert(text.lines.begin() + static_cast<std::ptrdiff_t>(at), block.begin(),
                    block.end());
  text.ends.insert(text.ends.begin() + static_cast<std::ptrdiff_t>(at), ends.begin(), ends.end());
}

void add_blanks(std::vector<std::string>& block, size_t count) {
  block.insert(block.end(), count, "");
}

/// What the steps of the writer share.
struct Writer {
  LogText& text;
  const LogOutline& outline;
  const EntryPlace& place;
  const EntryForm& form;
  const std::vector<std::string>& entry;
  Gaps gaps;

  const LogSection& section() const { return outline.sections[place.section]; }

  void beside(const LogArea& area, size_t index) {
    std::vector<std::string> block;
    if (index == 0) {
      block = entry;
      add_blanks(block, form.blank_between);
      insert(text, area.entries[0].first, block);
      return;
    }
    add_blanks(block, form.blank_between);
    block.insert(block.end(), entry.begin(), entry.end());
    insert(text, area.entries[index - 1].end, block);
  }

  /// Behind the comments at the begin of [begin, end): where the list of an empty area starts.
  size_t behind_comments(size_t begin, size_t end) const {
    size_t at = begin;
    for (size_t i = begin; i < end; ++i) {
      if (text.masked[i]) at = i + 1;
    }
    return at;
  }

  /// `block` at `at` with `above` blank lines over and `below` under it, of those that are there.
  void between(size_t at, size_t end, size_t above, size_t below, std::vector<std::string> block) {
    size_t there = blanks_down(text, at, end);
    size_t kept = std::min(there, above);
    std::vector<std::string> whole;
    add_blanks(whole, above - kept);
    whole.insert(whole.end(), block.begin(), block.end());
    bool last = at + there >= text.lines.size();
    size_t rest = there - kept;
    if (!last && rest < below) add_blanks(whole, below - rest);
    insert(text, at + kept, whole);
  }

  void into_empty(const LogArea& area, size_t index) {
    size_t at = behind_comments(area.begin, area.end);
    bool before_category = index + 1 < section().areas.size();
    between(at, area.end, area.heading ? gaps.under_category : gaps.under_version,
            before_category ? gaps.before_category : gaps.before_version, entry);
  }

  void with_category() {
    std::vector<std::string> block = place.head;
    add_blanks(block, place.below_head);
    block.insert(block.end(), entry.begin(), entry.end());
    const std::vector<LogArea>& areas = section().areas;
    if (place.area < areas.size()) {
      add_blanks(block, gaps.before_category);
      insert(text, areas[place.area].heading->first, block);
      return;
    }
    const LogArea& last = areas.back();
    bool empty = areas.size() == 1 && last.entries.empty();
    size_t at =
        last.entries.empty() ? behind_comments(last.begin, last.end) : last.entries.back().end;
    between(at, last.end, empty ? gaps.version_category : gaps.before_category, gaps.before_version,
            std::move(block));
  }
};

std::string balanced(std::string_view words, Markup markup) {
  std::vector<CodeSpan> spans;
  if (words.empty()) return "the entry is empty";
  if (!code_spans(words, markup, spans)) return "a backtick of the entry stands alone";
  bool link = words.find("](") != std::string_view::npos;
  if (link && markup == Markup::kRst) return "the entry has a markdown link and the file is rst";
  std::string bare(words);
  for (const CodeSpan& span : spans)
    std::fill(bare.begin() + static_cast<std::ptrdiff_t>(span.begin),
              bare.begin() + static_cast<std::ptrdiff_t>(span.end), 'x');
  if (markup == Markup::kRst && std::count(bare.begin(), bare.end(), '*') % 2 != 0)
    return "the entry has a '*' that rst would take for emphasis";
  return {};
}

bool has_entry(const LogSection& section, std::string_view words) {
  auto bare = [](std::string_view text) { return replace_all(text, "`", ""); };
  for (const LogArea& area : section.areas) {
    for (const LogEntry& entry : area.entries) {
      if (bare(entry.text) == bare(words)) return true;
    }
  }
  return false;
}

/// A file in the form of Keep a Changelog that has no entry yet: its own example decides.
bool plain_start(const LogText& text, const LogOutline& outline, const Neighbours& around,
                 EntryForm& form) {
  if (!around.all.empty() || !names_keep_a_changelog(text, outline)) return false;
  form = {};
  return true;
}

std::string comment_that_tells(const LogText& text, const LogSection& section) {
  for (size_t i = section.begin; i < section.end; ++i) {
    if (!text.comment[i]) continue;
    std::string low = lower(text.lines[i]);
    for (const char* words :
         {"on top", "at the top", "new entr", "add new", "insert", "at the bottom"}) {
      if (low.find(words) != std::string::npos)
        return fmt::format("a comment tells where entries go: line {}", i + 1);
    }
  }
  return {};
}

bool several_sentences(std::string_view words) {
  for (size_t at = words.find(". "); at != std::string_view::npos; at = words.find(". ", at + 1)) {
    if (at + 2 < words.size() && words[at + 2] >= 'A' && words[at + 2] <= 'Z') return true;
  }
  return false;
}

/// Every entry is one line, and none of them shows whether a second sentence stays on it.
bool nobody_goes_on(const EntryForm& form, const Neighbours& around, std::string_view words) {
  if (form.wrapping != Wrapping::kOneLine || !several_sentences(words)) return false;
  return std::none_of(around.all.begin(), around.all.end(), [](const LogEntry* entry) {
    return entry->end - entry->first == 1 && several_sentences(entry->text);
  });
}

/// What is certain of the file but not for these words.
std::string unfit_words(const EntryForm& form, const Neighbours& around, Markup markup,
                        std::string_view words) {
  std::vector<CodeSpan> spans;
  code_spans(words, markup, spans);
  TickVotes ticks = tick_votes(around.all, markup), near = tick_votes(around.near, markup);
  size_t fewer = std::min(ticks.one, ticks.two);
  bool near_tells = near.one + near.two >= 2 && (near.one == 0 || near.two == 0) &&
                    (near.one > near.two) == (ticks.one > ticks.two);
  bool disagree = (near.one > near.two && ticks.one < ticks.two) ||
                  (near.one < near.two && ticks.one > ticks.two);
  bool torn = disagree || (!near_tells && fewer * 7 > ticks.one + ticks.two);
  if (!spans.empty() && torn) return "the entries beside it quote code in two ways";
  size_t length = columns_of(form.indent + form.marker + form.gap) + columns_of(words);
  if (!form.unsure.empty() && length > kShortEntry) return form.unsure;
  if (form.splits && words.find(". ") != std::string_view::npos)
    return "some of the entries beside it are broken between sentences and some are not";
  if (length > kLongerThanALine && nobody_goes_on(form, around, words))
    return "no entry beside it has several sentences, so where they are broken cannot be told";
  if (form.wrapping != Wrapping::kWidth) return {};
  std::vector<std::string> laid = laid_out(form, markup, words);
  bool long_word =
      laid.size() > 1 && std::any_of(laid.begin(), laid.end(), [&](const std::string& line) {
        return columns_of(line) > form.width;
      });
  return long_word ? "a word of the entry is longer than the lines beside it" : "";
}

/// Several lists with words between them: which of them is meant cannot be told.
std::string lists_apart(const LogArea& area) {
  if (area.entries.size() < 2) return {};
  for (size_t line : area.prose) {
    if (line > area.entries.front().first && line < area.entries.back().first)
      return fmt::format("the section has several lists, apart by line {}", line + 1);
  }
  return {};
}

std::string kind_missing(const Neighbours& around, std::string_view words) {
  size_t with = 0;
  for (const LogEntry* entry : around.near) {
    if (entry->text.starts_with('[') && !kind_prefix(entry->text).empty()) ++with;
  }
  bool wanted = with > 0 && with * 10 >= around.near.size() * 7;
  return wanted && kind_prefix(words).empty()
             ? fmt::format("entries begin with a kind like '{}'", kind_prefix(around.near[0]->text))
             : std::string();
}

}  // namespace

std::string unreadable(std::string_view content) {
  if (content.size() > kLargestChangelog) return "the file is too large to be read line by line";
  if (!is_utf8(content)) return "the file is not UTF-8";
  return {};
}

WrittenText write_text(std::string_view path, std::string_view content,
                       const std::vector<std::string>& tags, std::string_view category,
                       std::string_view words) {
  if (std::string left = unreadable(content); !left.empty()) return {{}, left, true};
  LogText text = read_log(path, content);
  LogOutline outline = outline_of(text);
  EntryPlace place;
  auto left_by = [](std::string left) { return WrittenText{{}, std::move(left), false}; };
  if (std::string left = refused_by_form(text, outline); !left.empty())
    return {{}, left, !left.starts_with(kDirectives)};
  if (std::string left = balanced(words, text.markup); !left.empty()) return left_by(left);
  if (std::string left = open_section(outline, tags, place.section); !left.empty())
    return left_by(left);
  const LogSection& section = outline.sections[place.section];
  if (has_entry(section, words)) return {std::string(content), {}, false};
  if (std::string left = comment_that_tells(text, section); !left.empty()) return left_by(left);
  if (std::string left = place_category(text, outline, category, place); !left.empty())
    return left_by(left);
  if (!place.make) {
    std::string left = lists_apart(section.areas[place.area]);
    if (!left.empty()) return left_by(left);
  }
  size_t near_area = place.make ? section.areas.size() : place.area;
  Neighbours around = neighbours_of(outline, place.section, near_area);
  EntryForm form;
  if (!plain_start(text, outline, around, form)) {
    if (std::string left = read_form(text, around, form); !left.empty()) return left_by(left);
  }
  if (std::string left = kind_missing(around, words); !left.empty()) return left_by(left);
  if (std::string left = unfit_words(form, around, text.markup, words); !left.empty())
    return left_by(left);
  std::vector<std::string> lines = laid_out(form, text.markup, words);
  Writer writer{text, outline, place, form, lines, gaps_of(text, outline)};
  if (place.make) {
    writer.with_category();
  } else if (const LogArea& area = section.areas[place.area]; !area.entries.empty()) {
    writer.beside(area, place_in_list(area, around.areas, words));
  } else {
    writer.into_empty(area, place.area);
  }
  return {content_of(text), {}, false};
}

}  // namespace gf::stage
