// Windows get room in the order of what they tell and are shown in the order of the file.
#include "line/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/shown_note.h"
#include "base/text.h"

namespace gf::line {
namespace {

constexpr size_t kFileBytes =
    16u << 10;  ///< of one file: the windows of four places, and an outline
constexpr size_t kLeastOfFile = 1u << 10;   ///< less of a file shows nothing
constexpr size_t kWholeBytes = 6u << 10;    ///< a file this short is read whole by anybody
constexpr size_t kAround = 8;               ///< lines around a place: the block that it stands in
constexpr size_t kWholeDefinition = 60;     ///< lines of one that is read from end to end
constexpr size_t kLinesOfName = 6;          ///< places of one name in one file; more are its use
constexpr size_t kWindowHeadLines = 30;     ///< imports and what a file says it is for
constexpr size_t kWholeFunction = 80;       ///< lines: a longer one is read around its changes
constexpr size_t kWholeClass = 150;         ///< lines: a longer one is a file of its own
constexpr size_t kNearLines = 20;           ///< of a longer one, before and after
constexpr size_t kOutlineShare = 3;         ///< one part in this of a file's room is its outline's
constexpr size_t kOutlineBytes = 2u << 10;  ///< at most: it says where else to look
constexpr size_t kSpansNamed = 6;           ///< of places that had no room
constexpr double kLeastWorth = 0.04;        ///< of a line whose name stands on 25 of the file

/// Part of a file that may be shown: the lines that matter, and those around them.
struct Window {
  Span core, span;
  bool named = true;  ///< when there is no room for it
};

Window around(size_t first, size_t last) {
  return {{first, last}, {first - std::min(first, kAround), last + kAround}};
}

/// Which lines hold names, those that tell most first: a name that the file has once tells the
/// place, a word that stands on fifty lines none, and a definition of a name is always one.
std::vector<size_t> lines_of_names(const std::vector<std::string>& source,
                                   const std::optional<Syntax>& syntax,
                                   const std::vector<std::string>& names) {
  std::vector<std::vector<size_t>> held(source.size());  // indices of names
  std::vector<size_t> count(names.size(), 0);
  for (size_t i = 0; i < source.size(); ++i) {
    for (size_t k = 0; k < names.size(); ++k) {
      if (names[k].empty() || source[i].find(names[k]) == std::string::npos) continue;
      held[i].push_back(k);
      ++count[k];
    }
  }
  std::vector<std::pair<double, size_t>> weighed;
  double best = 0;
  for (size_t i = 0; i < source.size(); ++i) {
    if (held[i].empty()) continue;
    double worth = 0;
    bool defines = syntax && !definition_lines({source[i]}, *syntax).empty();
    for (size_t k : held[i]) {
      worth += 1.0 / static_cast<double>(count[k]);
      if (defines && defined_name(source[i]) == names[k]) worth += 1;
    }
    best = std::max(best, worth);
    weighed.emplace_back(worth, i);
  }
  std::stable_sort(weighed.begin(), weighed.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<size_t> used(names.size(), 0), kept;
  for (const auto& [worth, line] : weighed) {
    if (worth < std::min(kLeastWorth, best / 4)) break;
    const std::vector<size_t>& here = held[line];
    bool news = std::any_of(here.begin(), here.end(),
                            [&](size_t name) { return used[name] < kLinesOfName; });
    if (!news) continue;
    for (size_t name : here) ++used[name];
    kept.push_back(line);
  }
  return kept;
}

/// What of a definition is read whole, or the block around a line.
Window around_name(const std::vector<Span>& definitions, size_t line) {
  Window window = around(line, line);
  for (const Span& whole : definitions) {  // inner ones stand behind those that they stand in
    bool inside = whole.first <= line && line <= whole.last;
    if (inside && whole.last - whole.first < kWholeDefinition) {
      window.span = whole;
      break;
    }
  }
  return window;
}

std::vector<Span> definitions_of(const std::vector<std::string>& source,
                                 const std::optional<Syntax>& syntax) {
  std::vector<Span> all;
  if (!syntax) return all;
  for (size_t at : definition_lines(source, *syntax)) {
    if (auto found = definition_at(source, at, *syntax)) all.push_back(found->whole);
  }
  return all;
}

/// In the order in which they get room: places as they were named, names, the head of the file,
/// which is there for its imports.
std::vector<Window> windows_of(const std::vector<std::string>& source, std::string_view path,
                               const Looked& looked) {
  std::vector<Window> all;
  for (const Span& place : looked.places) all.push_back(around(place.first, place.last));
  std::vector<size_t> named = lines_of_names(source, syntax_of(path), looked.names);
  std::vector<Span> definitions;
  if (!named.empty()) definitions = definitions_of(source, syntax_of(path));
  for (size_t line : named) all.push_back(around_name(definitions, line));
  // What is no code has no imports at its head, and is read where it is to be changed.
  bool with_head = !looked.only_these && (syntax_of(path) || looked.places.empty());
  if (with_head) all.push_back({{0, kWindowHeadLines - 1}, {0, kWindowHeadLines - 1}, false});
  return all;
}

size_t lines_in(const std::vector<Span>& spans) {
  size_t count = 0;
  for (const Span& span : spans) count += span.last - span.first + 1;
  return count;
}

/// What fits into `room` bytes, each window from its first line on, and lines that matter and do
/// not.
struct Fitted {
  std::vector<Span> shown, left_out;
};
Fitted fitting(const std::vector<std::string>& source, const std::vector<Window>& windows,
               size_t room) {
  Fitted fitted;
  std::vector<bool> taken(source.size(), false);
  for (const Window& window : windows) {
    size_t at = window.span.first, end = std::min(window.span.last + 1, source.size());
    for (; at < end; ++at) {
      if (taken[at]) continue;
      size_t bytes = numbered_lines(source, {at, at}).size();
      if (bytes > room) break;
      room -= bytes;
      taken[at] = true;
    }
    if (at > window.span.first) fitted.shown.push_back({window.span.first, at - 1});
    if (window.named && at <= window.core.last && at < end)
      fitted.left_out.push_back({std::max(at, window.core.first), window.core.last});
  }
  fitted.shown = merged(std::move(fitted.shown));
  return fitted;
}

/// Definitions that no window shows, a line each: those at the margin, and of what a window looks
/// into its members. What else there is an outline of the file has.
std::string outline_of_rest(const std::vector<std::string>& source, const std::vector<Span>& shown,
                            std::string_view path, size_t most) {
  auto syntax = syntax_of(path);
  if (!syntax) return {};
  std::string text;
  size_t left_out = 0;
  bool looked_into = false;
  for (size_t at : outlined_lines(source, *syntax)) {
    auto found = definition_at(source, at, *syntax);
    if (!found) continue;
    bool margin = source[at][0] != ' ' && source[at][0] != '\t';
    if (margin) {
      looked_into = std::any_of(shown.begin(), shown.end(), [&](const Span& span) {
        return span.first <= found->whole.last && found->whole.first <= span.last;
      });
    }
    bool seen = std::any_of(shown.begin(), shown.end(),
                            [&](const Span& span) { return span.first <= at && at <= span.last; });
    if (seen) continue;
    std::string part;
    for (size_t i = 0; i < found->text.size(); ++i)
      part += fmt::format("{}\t{}\n", found->header.first + i + 1, clipped(found->text[i], 300));
    if ((!margin && !looked_into) || text.size() + part.size() > most) {
      ++left_out;
    } else {
      text += part;
    }
  }
  if (left_out > 0) text += fmt::format("[... {}]\n", counted(left_out, "more definition"));
  return text;
}

bool is_type(const DefinitionText& definition) {
  std::string header = join(definition.text, " ");
  for (const char* word :
       {"class ", "struct ", "interface ", "enum ", "trait ", "impl ", "namespace "}) {
    if (header.find(word) != std::string::npos) return true;
  }
  return false;
}

/// The innermost definition around a line if it is a function; or the innermost class, if it is
/// no long one.
std::optional<Span> definition_around(Around around, const std::vector<std::string>& source,
                                      const Syntax& syntax, size_t line) {
  std::optional<Span> innermost;
  for (size_t at : definition_lines(source, syntax)) {
    if (at > line) break;
    auto found = definition_at(source, at, syntax);
    if (!found || found->whole.first > line || found->whole.last < line) continue;
    bool type = is_type(*found);
    if (around == Around::kFunction) {
      innermost = type ? std::nullopt : std::optional(found->whole);
    } else if (type) {
      bool is_long = found->whole.last - found->whole.first >= kWholeClass;
      innermost = is_long ? std::nullopt : std::optional(found->whole);
    }
  }
  return innermost;
}

}  // namespace

bool is_short(const std::string& content) { return content.size() <= kWholeBytes; }

Widening to_whole(Around around, const std::vector<std::string>& source, std::string_view path,
                  Span shown, Span changed, Span bounds) {
  auto syntax = syntax_of(path);
  if (!syntax || source.empty()) return {};
  auto near = [&](size_t lines, const Span& whole) {
    bool all = around == Around::kClass || whole.last - whole.first < kWholeFunction;
    return all ? lines : std::min(lines, kNearLines);
  };
  Widening wider;
  if (auto first = definition_around(around, source, *syntax, changed.first)) {
    size_t from = std::max(first->first, bounds.first);
    if (from < shown.first) wider.before = near(shown.first - from, *first);
  }
  if (auto last = definition_around(around, source, *syntax, changed.last)) {
    size_t to = std::min({last->last, bounds.last, source.size() - 1});
    if (to > shown.last) wider.after = near(to - shown.last, *last);
  }
  return wider;
}

std::string spans_text(std::vector<Span> spans) {
  size_t more = spans.size() > kSpansNamed ? spans.size() - kSpansNamed : 0;
  spans.resize(spans.size() - more);
  std::vector<std::string> ranges;
  for (const Span& span : spans) {
    ranges.push_back(span.first == span.last ? fmt::format("{}", span.first + 1)
                                             : fmt::format("{}-{}", span.first + 1, span.last + 1));
  }
  return join(ranges, ", ") +
         (more > 0 ? fmt::format(" and {}", counted(more, "other place")) : "");
}

std::string shown_file(std::string_view path, const std::string& content, const Looked& looked,
                       size_t most) {
  std::vector<std::string> source = lines(to_utf8(content));
  if (!looked.only_these && content.size() <= std::min(kWholeBytes, most))
    return numbered_lines(source, {0, source.empty() ? 0 : source.size() - 1});
  size_t outline_room = looked.only_these ? 0 : std::min(most / kOutlineShare, kOutlineBytes);
  Fitted fitted = fitting(source, windows_of(source, path, looked), most - outline_room);
  // Half of a file with marks of what is left out is read slower than all of it.
  bool nearly_all = !looked.only_these && lines_in(fitted.shown) * 2 > source.size();
  std::string whole = nearly_all ? numbered_lines(source, {0, source.size() - 1}) : "";
  if (nearly_all && whole.size() <= most) return whole;
  std::string text;
  for (const Span& span : fitted.shown)
    text += (text.empty() ? "" : "...\n") + numbered_lines(source, span);
  std::string without =
      fitted.left_out.empty() ? "" : ", no room for lines " + spans_text(fitted.left_out);
  text += shown_note(lines_in(fitted.shown), source.size(), without);
  if (looked.only_these) return text;
  std::string rest = outline_of_rest(source, fitted.shown, path, outline_room);
  return rest.empty() ? text : text + "What else it defines:\n" + rest;
}

void Shelf::put(const std::string& path, const std::string& content, const Looked& looked) {
  if (room_ < kLeastOfFile) {
    std::string which =
        looked.places.empty() ? "" : " for lines " + spans_text(looked.places) + " of it";
    files_.emplace_back(
        path, fmt::format("({} bytes, no room{}; read_file has it)\n", content.size(), which));
    return;
  }
  std::string text = shown_file(path, content, looked, std::min(room_, kFileBytes));
  room_ -= std::min(room_, text.size());
  files_.emplace_back(path, std::move(text));
}

}  // namespace gf::line
