#include "stage/changelog_text.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "stage/changelog_words.h"

namespace gf::stage {
namespace {

/// The character that `line` repeats from end to end, or 0. Under a title of two letters two will
/// do.
char ruled_with(std::string_view line, size_t least = 3) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  bool ruled = line.size() >= least && line.find_first_not_of(line[0]) == std::string_view::npos &&
               std::string_view("=-~^\"'`#*+:._").find(line[0]) != std::string_view::npos;
  return ruled ? line[0] : '\0';
}

size_t hashes(std::string_view line, char mark) {
  size_t count = line.find_first_not_of(mark);
  if (count == std::string_view::npos || count == 0 || count > 6) return 0;
  return line[count] == ' ' || line[count] == '\t' ? count : 0;
}

/// Masks [from, first line that is neither blank nor indented deeper than `than`); gives that line.
size_t mask_deeper(LogText& text, size_t from, size_t than, bool comment) {
  size_t end = from;
  for (size_t i = from; i < text.lines.size(); ++i) {
    if (is_blank(text.lines[i])) continue;
    if (indent_of(text.lines[i]) <= than) break;
    end = i + 1;
  }
  for (size_t i = from; i < end; ++i) {
    text.masked[i] = true;
    text.comment[i] = comment;
  }
  return end;
}

/// Fences and comments of Markdown; delimited and comment blocks of AsciiDoc.
void mask_blocks(LogText& text) {
  std::string fence;
  bool in_comment = false;
  for (size_t i = 0; i < text.lines.size(); ++i) {
    std::string_view line = trim(text.lines[i]);
    if (!fence.empty()) {
      text.masked[i] = true;
      text.comment[i] = fence[0] == '/';
      bool closes =
          line.starts_with(fence) && line.find_first_not_of(fence[0]) == std::string_view::npos;
      if (closes) fence.clear();
      continue;
    }
    if (in_comment || line.starts_with("<!--")) {
      text.masked[i] = text.comment[i] = true;
      in_comment = line.find("-->") == std::string_view::npos;
      continue;
    }
    bool adoc = text.markup == Markup::kAsciiDoc;
    char mark = line.empty() ? '\0' : line[0];
    bool fences =
        mark == '`' || mark == '~' || (adoc && (mark == '-' || mark == '/' || mark == '.'));
    size_t run = fences ? std::min(line.find_first_not_of(mark), line.size()) : 0;
    bool whole = run == line.size();
    if (run >= (mark == '`' || mark == '~' ? 3U : 4U) && (whole || mark == '`' || mark == '~')) {
      // A tick fence with a tick behind it is a span of code on one line.
      if (mark == '`' && line.find('`', run) != std::string_view::npos) continue;
      fence = std::string(run, mark);
      text.masked[i] = true;
      text.comment[i] = mark == '/';
    } else if (adoc && line.starts_with("//")) {
      text.masked[i] = text.comment[i] = true;
    }
  }
}

/// Comments, bodies of directives and literal blocks of reStructuredText.
void mask_rst(LogText& text) {
  for (size_t i = 0; i < text.lines.size(); ++i) {
    std::string_view line = text.lines[i];
    size_t indent = indent_of(line);
    std::string_view words = trim(line);
    bool explicit_markup = words == ".." || words.starts_with(".. ");
    if (explicit_markup) {
      std::string_view rest = trim(words.substr(2));
      bool target = !rest.empty() && (rest[0] == '_' || rest[0] == '[' || rest[0] == '|');
      size_t colons = rest.find("::");
      bool directive = colons != std::string_view::npos && colons > 0 &&
                       rest.substr(0, colons).find(' ') == std::string_view::npos;
      if (target) continue;
      text.masked[i] = true;
      text.comment[i] = !directive;
      i = mask_deeper(text, i + 1, indent, !directive) - 1;
    } else if (words.ends_with("::") && i + 1 < text.lines.size() && is_blank(text.lines[i + 1])) {
      i = mask_deeper(text, i + 1, indent, false) - 1;
    }
  }
}

Markup markup_of(std::string_view path, const std::vector<std::string>& all) {
  std::string name = lower(path);
  if (name.ends_with(".md") || name.ends_with(".markdown")) return Markup::kMarkdown;
  if (name.ends_with(".rst") || name.ends_with(".rest")) return Markup::kRst;
  if (name.ends_with(".adoc") || name.ends_with(".asciidoc")) return Markup::kAsciiDoc;
  size_t hash_headings = 0, underlined = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (hashes(all[i], '#') > 0) ++hash_headings;
    if (i > 0 && ruled_with(all[i]) != '\0' && !is_blank(all[i - 1])) ++underlined;
  }
  return hash_headings >= 2 && hash_headings > underlined ? Markup::kMarkdown : Markup::kPlain;
}

std::string without_marks(std::string_view words) {
  words = trim(words);
  while (!words.empty() && words.back() == '#') words.remove_suffix(1);
  return std::string(trim(words));
}

bool heading_text(const LogText& text, size_t i) {
  Item item;
  return !is_blank(text.lines[i]) && !text.masked[i] && ruled_with(text.lines[i]) == '\0' &&
         !read_item(text.lines[i], item);
}

/// Underlined at `i` + 1, perhaps with the same line above; nothing if it is no heading.
bool read_underlined(const LogText& text, size_t i, LogHeading& heading, std::string& style) {
  if (i + 1 >= text.lines.size() || !heading_text(text, i) || text.masked[i + 1]) return false;
  bool short_title = columns_of(trim(text.lines[i])) == 2;
  char rule = ruled_with(text.lines[i + 1], short_title ? 2 : 3);
  bool markdown = text.markup == Markup::kMarkdown;
  if (rule == '\0' || (markdown && rule != '=' && rule != '-')) return false;
  bool over = !markdown && i > 0 && ruled_with(text.lines[i - 1]) == rule;
  bool indented = indent_of(text.lines[i]) > 0;
  bool free_above = i == 0 || over || is_blank(text.lines[i - 1]) || text.masked[i - 1];
  // Plain files often put the next version right under the last entry.
  bool glued = text.markup == Markup::kPlain && has_version(text.lines[i]);
  if ((indented && !over) || (!free_above && !glued)) return false;
  heading = {over ? i - 1 : i,
             i,
             i + 1,
             0,
             over ? HeadingKind::kOverlined : HeadingKind::kUnderlined,
             without_marks(text.lines[i])};
  style = std::string(1, rule) + (over ? "o" : "");
  return true;
}

}  // namespace

bool is_blank(std::string_view line) { return trim(line).empty(); }

size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

size_t columns_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

LogText read_log(std::string_view path, std::string_view content) {
  LogText text;
  for (size_t at = 0; at < content.size();) {
    size_t end = content.find('\n', at);
    std::string_view line = content.substr(at, end - at);
    bool carriage = end != std::string_view::npos && line.ends_with('\r');
    if (carriage) line.remove_suffix(1);
    text.lines.emplace_back(line);
    text.ends.emplace_back(end == std::string_view::npos ? "" : carriage ? "\r\n" : "\n");
    at = end == std::string_view::npos ? content.size() : end + 1;
  }
  text.masked.assign(text.lines.size(), false);
  text.comment.assign(text.lines.size(), false);
  text.markup = markup_of(path, text.lines);
  bool rst = text.markup == Markup::kRst || text.markup == Markup::kPlain;
  if (rst) {
    mask_rst(text);
  } else {
    mask_blocks(text);
  }
  return text;
}

std::string content_of(const LogText& text) {
  std::string content;
  for (size_t i = 0; i < text.lines.size(); ++i) content += text.lines[i] + text.ends[i];
  return content;
}

std::vector<LogHeading> headings_of(const LogText& text) {
  std::vector<LogHeading> all;
  std::map<std::string, int> levels;
  bool hash = text.markup == Markup::kMarkdown || text.markup == Markup::kAsciiDoc;
  for (size_t i = 0; i < text.lines.size(); ++i) {
    if (text.masked[i]) continue;
    const std::string& line = text.lines[i];
    size_t level = hash ? hashes(line, '#') : 0;
    if (level == 0 && text.markup == Markup::kAsciiDoc) level = hashes(line, '=');
    if (level > 0) {
      all.push_back({i, i, i, static_cast<int>(level), HeadingKind::kHash,
                     without_marks(std::string_view(line).substr(level))});
      continue;
    }
    LogHeading heading;
    std::string style;
    if (text.markup == Markup::kAsciiDoc || !read_underlined(text, i, heading, style)) continue;
    if (hash) {
      heading.level = style[0] == '=' ? 1 : 2;
    } else {
      heading.level = levels.try_emplace(style, static_cast<int>(levels.size()) + 1).first->second;
    }
    all.push_back(heading);
    i = heading.last;
  }
  return all;
}

std::vector<LogHeading> version_lines(const LogText& text, HeadingKind kind) {
  std::vector<LogHeading> all;
  for (size_t i = 0; i < text.lines.size(); ++i) {
    std::string_view line = text.lines[i];
    if (text.masked[i] || line.size() > 90 || line.empty() || indent_of(line) > 0) continue;
    std::string_view words = trim(line);
    if (kind == HeadingKind::kBold) {
      bool bold =
          words.size() > 4 && words.starts_with("**") && words.find("**", 2) == words.size() - 2;
      if (!bold) continue;
      words = words.substr(2, words.size() - 4);
    } else {
      Item item;
      bool followed = i + 1 >= text.lines.size() || is_blank(text.lines[i + 1]) ||
                      indent_of(text.lines[i + 1]) > 0 || read_item(text.lines[i + 1], item);
      if (read_item(line, item) || !followed || columns_of(words) > 60) continue;
      if (words.ends_with('.') || words.ends_with(',')) continue;
      bool begins = is_digit(words[0]) ||
                    ((words[0] == 'v' || words[0] == 'V' || words[0] == '[') && words.size() > 1) ||
                    is_open_heading(words) || words.find(' ') != std::string_view::npos;
      if (!begins) continue;
    }
    if (is_version_heading(words) || is_open_heading(words))
      all.push_back({i, i, i, 0, kind, std::string(words)});
  }
  return all;
}

bool read_item(std::string_view line, Item& item) {
  size_t at = indent_of(line);
  if (at >= line.size()) return false;
  size_t end = at;
  bool numbered = false;
  if (line[at] == '-' || line[at] == '*' || line[at] == '+') {
    end = at + 1;
  } else if (line.substr(at).starts_with("\xe2\x80\xa2")) {  // the bullet sign
    end = at + 3;
  } else {
    while (end < line.size() && is_digit(line[end])) ++end;
    bool dotted =
        end < line.size() && (line[end] == '.' || line[end] == ')') && end > at && end - at <= 4;
    if (!dotted && !line.substr(at).starts_with("#.")) return false;
    end = dotted ? end + 1 : at + 2;
    numbered = true;
  }
  size_t text_at = std::min(line.find_first_not_of(" \t", end), line.size());
  if (end < line.size() && text_at == end) return false;
  if (text_at >= line.size() && end - at != 1) return false;
  // "* * *" and "- - -" are rules between parts, no items.
  bool rule = !numbered && text_at < line.size() && line[text_at] == line[at] &&
              line.find_first_not_of(std::string(1, line[at]) + " ", at) == std::string_view::npos;
  if (rule) return false;
  item = {std::string(line.substr(0, at)), std::string(line.substr(at, end - at)),
          std::string(line.substr(end, text_at - end)), text_at, numbered};
  return true;
}

}  // namespace gf::stage
