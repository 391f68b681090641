#include "line/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace gf::line {
namespace {

constexpr size_t kWholeBytes = 6u << 10;  ///< a file this short is read whole by anybody
constexpr size_t kAround = 8;             ///< lines around a place: the block that it stands in
constexpr size_t kLinesOfName = 6;        ///< places of one name in one file; more are its use
constexpr size_t kHeadLines = 30;         ///< imports and what a file says it is for
constexpr size_t kWholeFunction = 80;     ///< lines: a longer one is read around its changes
constexpr size_t kNearLines = 20;         ///< of a longer one, before and after
constexpr size_t kOutlineShare = 3;       ///< one part in this of a file's room is its outline's

std::vector<Span> spans_of(const std::vector<std::string>& source, const Looked& looked,
                           bool with_head) {
  std::vector<Span> spans;
  if (with_head) spans.push_back({0, kHeadLines - 1});
  auto around = [](size_t first, size_t last) {
    return Span{first - std::min(first, kAround), last + kAround};
  };
  for (const Span& place : looked.places) spans.push_back(around(place.first, place.last));
  for (const std::string& name : looked.names) {
    size_t found = 0;
    for (size_t i = 0; i < source.size() && found < kLinesOfName; ++i) {
      if (source[i].find(name) == std::string::npos) continue;
      spans.push_back(around(i, i));
      ++found;
    }
  }
  return merged(std::move(spans));
}

/// As much of a span from its first line on as `room` bytes hold; nothing when not even that does.
std::optional<Span> fitting(const std::vector<std::string>& source, const Span& span, size_t room) {
  size_t bytes = 0, at = span.first;
  for (; at <= span.last && at < source.size(); ++at) {
    bytes += numbered_lines(source, {at, at}).size();
    if (bytes > room) break;
  }
  return at == span.first ? std::nullopt : std::optional(Span{span.first, at - 1});
}

/// Definitions that no window shows, a line each.
std::string outline_of_rest(const std::vector<std::string>& source, const std::vector<Span>& shown,
                            std::string_view path, size_t most) {
  auto syntax = syntax_of(path);
  if (!syntax) return {};
  std::string text;
  size_t left_out = 0;
  for (size_t at : outlined_lines(source, *syntax)) {
    bool seen = std::any_of(shown.begin(), shown.end(),
                            [&](const Span& span) { return span.first <= at && at <= span.last; });
    if (seen) continue;
    auto found = definition_at(source, at, *syntax);
    if (!found) continue;
    std::string told;
    for (size_t i = 0; i < found->text.size(); ++i)
      told += fmt::format("{}\t{}\n", found->header.first + i + 1, clipped(found->text[i], 300));
    if (left_out > 0 || text.size() + told.size() > most) {
      ++left_out;
    } else {
      text += told;
    }
  }
  if (left_out > 0) text += fmt::format("[... {}]\n", counted(left_out, "more definition"));
  return text;
}

/// The innermost definition around a line, if it is a function.
std::optional<Span> function_around(const std::vector<std::string>& source, const Syntax& syntax,
                                    size_t line) {
  std::optional<Span> around;
  for (size_t at : definition_lines(source, syntax)) {
    if (at > line) break;
    auto found = definition_at(source, at, syntax);
    if (!found || found->whole.first > line || found->whole.last < line) continue;
    std::string header = join(found->text, " ");
    bool type = false;
    for (const char* word :
         {"class ", "struct ", "interface ", "enum ", "trait ", "impl ", "namespace "})
      type = type || header.find(word) != std::string::npos;
    around = type ? std::nullopt : std::optional(found->whole);
  }
  return around;
}

}  // namespace

Widening to_whole_function(const std::vector<std::string>& source, std::string_view path,
                           Span shown, Span changed, Span bounds) {
  auto syntax = syntax_of(path);
  if (!syntax || source.empty()) return {};
  auto near = [](size_t lines, const Span& function) {
    return function.last - function.first < kWholeFunction ? lines : std::min(lines, kNearLines);
  };
  Widening wider;
  if (auto first = function_around(source, *syntax, changed.first)) {
    size_t from = std::max(first->first, bounds.first);
    if (from < shown.first) wider.before = near(shown.first - from, *first);
  }
  if (auto last = function_around(source, *syntax, changed.last)) {
    size_t to = std::min({last->last, bounds.last, source.size() - 1});
    if (to > shown.last) wider.after = near(to - shown.last, *last);
  }
  return wider;
}

std::string shown_file(std::string_view path, const std::string& content, const Looked& looked,
                       size_t most) {
  std::vector<std::string> source = lines(to_utf8(content));
  if (!looked.only_these && content.size() <= std::min(kWholeBytes, most))
    return numbered_lines(source, {0, source.empty() ? 0 : source.size() - 1});
  // What is no code has no imports at its head, and is read where it is to be changed.
  bool with_head = !looked.only_these && (syntax_of(path) || looked.places.empty());
  std::vector<Span> spans = spans_of(source, looked, with_head), shown;
  // Places first: the head of a file is there for its imports, and gives way to them.
  std::stable_partition(spans.begin(), spans.end(),
                        [](const Span& span) { return span.first > 0; });
  size_t outline_room = looked.only_these ? 0 : most / kOutlineShare, room = most - outline_room,
         left_out = 0;
  for (const Span& span : spans) {
    auto fits = fitting(source, span, room);
    if (!fits) {
      ++left_out;
      continue;
    }
    room -= numbered_lines(source, *fits).size();
    shown.push_back(*fits);
  }
  shown = merged(std::move(shown));
  std::string text;
  for (const Span& span : shown)
    text += (text.empty() ? "" : "...\n") + numbered_lines(source, span);
  text +=
      fmt::format("[{} of {} are shown{}; read_file has the others]\n",
                  counted(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), "line"),
                  source.size(),
                  left_out > 0 ? fmt::format(", {} had no room", counted(left_out, "place")) : "");
  if (looked.only_these) return text;
  std::string rest = outline_of_rest(source, shown, path, outline_room);
  return rest.empty() ? text : text + "What else it defines:\n" + rest;
}

}  // namespace gf::line
