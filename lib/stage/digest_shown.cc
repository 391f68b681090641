// What the digest shows of the places that it found.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "stage/digest_places.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

constexpr size_t kMaxPlaces = 8;       ///< files that are shown from within
constexpr size_t kOthersBytes = 400;   ///< of names of files that are not shown
constexpr size_t kPlaceHeading = 400;  ///< bytes: the path, the fence, the marks of what was cut
constexpr size_t kOutlineShare = 3;    ///< of a file's room, one part in this is its outline's
constexpr size_t kDefiningBytes = 5u << 10;  ///< of a file that defines a name: it comes first
constexpr size_t kLongFunction = 60;         ///< lines: a longer one is shown in parts
constexpr size_t kLinesOfFunction = 3;       ///< hits in one that make it the place
constexpr size_t kShortFile = 100;           ///< lines: one that is touched is shown whole
constexpr size_t kFewLines = 4;              ///< of a literal: on more it is no landmark
constexpr size_t kLiteralLine = 240;         ///< bytes that are shown of a line that holds one
constexpr size_t kDefinedNamed = 4;          ///< places of definitions that are named of one name

/// Definitions of a file in their order: those at the margin first for room, then those of the
/// classes that are looked into, then the others.
std::string outline_within(const std::vector<std::string>& source, const Syntax& syntax,
                           const std::vector<Span>& shown, size_t most) {
  struct Line {
    size_t at;
    std::string text;
    int rank;
  };
  std::vector<Line> all;
  bool looked_into = false;
  for (size_t at : outlined_lines(source, syntax)) {
    auto found = definition_at(source, at, syntax);
    std::string header = found ? join(found->text, "\n") : source[at];
    bool margin = !source[at].empty() && source[at][0] != ' ' && source[at][0] != '\t';
    if (margin) {
      looked_into = found && std::any_of(shown.begin(), shown.end(), [&](const Span& span) {
                      return span.first <= found->whole.last && found->whole.first <= span.last;
                    });
    }
    all.push_back({at,
                   fmt::format("{}\t{}\n", at + 1, replace_all(clipped(header, 400), "\n", "\n\t")),
                   margin        ? 0
                   : looked_into ? 1
                                 : 2});
  }
  std::vector<Line> kept = all;
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Line& a, const Line& b) { return a.rank < b.rank; });
  size_t bytes = 0, fitting = 0;
  while (fitting < kept.size() && bytes + kept[fitting].text.size() <= most)
    bytes += kept[fitting++].text.size();
  kept.resize(fitting);
  std::sort(kept.begin(), kept.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
  std::string text;
  for (const Line& line : kept) text += line.text;
  if (fitting < all.size())
    text += fmt::format("[... {}]\n", counted(all.size() - fitting, "more definition"));
  return text;
}

/// The windows that are worth most within `most` bytes, in the order of the file.
std::vector<Span> spans_within(const std::vector<std::string>& source, std::vector<Wanted> wanted,
                               size_t most, size_t& left_out) {
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const Wanted& a, const Wanted& b) { return a.worth > b.worth; });
  std::vector<Span> spans;
  auto size_of = [&](const std::vector<Span>& all) {
    size_t bytes = 0;
    for (const Span& span : all) bytes += numbered_lines(source, span).size() + 4;
    return bytes;
  };
  for (const Wanted& one : wanted) {
    std::vector<Span> with = spans;
    with.push_back(one.span);
    with = merged(std::move(with));
    if (size_of(with) > most) {
      ++left_out;
      if (left_out > kMaxPlaces) break;  // the rest is worth less, and fits by luck only
    } else {
      spans = std::move(with);
    }
  }
  return spans;
}

/// A function with several of the wanted lines is what the request is about, and worth all of them.
void want_functions(const std::vector<std::string>& source, const Syntax& syntax,
                    std::vector<Wanted>& wanted) {
  std::vector<std::pair<size_t, double>> middles;
  for (const Wanted& one : wanted)
    middles.emplace_back((one.span.first + one.span.last) / 2, one.worth);
  std::sort(middles.begin(), middles.end());
  for (size_t at : outlined_lines(source, syntax)) {
    auto from = std::lower_bound(middles.begin(), middles.end(), std::pair<size_t, double>(at, 0));
    bool several = static_cast<size_t>(middles.end() - from) >= kLinesOfFunction;
    if (!several || from[kLinesOfFunction - 1].first > at + kLongFunction) continue;
    auto found = definition_at(source, at, syntax);
    if (!found || found->whole.last - found->whole.first >= kLongFunction) continue;
    Wanted whole{found->whole, 0};
    size_t inside = 0;
    for (; from != middles.end() && from->first <= found->whole.last; ++from, ++inside)
      whole.worth += from->second;
    if (inside >= kLinesOfFunction) wanted.push_back(whole);
  }
}

std::string place_text(const record::TreeFacts& tree, const Place& place, size_t most) {
  auto content = tree.read(place.path);
  if (!content) return {};
  std::vector<std::string> source = lines(to_utf8(*content));
  auto syntax = syntax_of(place.path);
  size_t left_out = 0;
  if (place.defines && source.size() <= kShortFile) {
    std::string whole = numbered_lines(source, {0, source.size() - 1});
    if (whole.size() <= most)
      return fmt::format("{} (all of it)\n{}", printable(place.path), fenced("", whole));
  }
  std::vector<Wanted> wanted = place.wanted;
  if (syntax) want_functions(source, *syntax, wanted);
  std::vector<Span> spans = spans_within(source, std::move(wanted),
                                         syntax ? most - most / kOutlineShare : most, left_out);
  if (spans.empty()) return {};
  std::string windows;
  for (const Span& span : spans)
    windows += (windows.empty() ? "" : "...\n") + numbered_lines(source, span);
  if (left_out > 0) windows += "[... other places of it not shown]\n";
  size_t room = std::min(most / kOutlineShare, most - std::min(most, windows.size()));
  std::string outline = syntax ? outline_within(source, *syntax, spans, room) : "";
  return fmt::format("{} ({})\n{}", printable(place.path), counted(source.size(), "line"),
                     fenced("", (outline.empty() ? "" : outline + "---\n") + windows));
}

/// `5-10/2 * * * *`, `no such key`: something that a program says or takes, and no name of its own.
bool is_literal(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    bool word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    return !word;
  });
}

}  // namespace

std::string literals_text(const std::vector<Found>& found, const Hits& hits,
                          const std::vector<std::string>& test_paths, size_t most) {
  std::string text;
  std::set<std::pair<std::string_view, size_t>> reported;
  for (const Found& one : found) {
    if (one.lines == 0 || one.lines > kFewLines) continue;
    for (const Searched::Hit& hit : hits) {
      bool wanted = is_literal(one.name) || glob_matches_any(test_paths, hit.path);
      if (!wanted || hit.text.find(one.name) == std::string::npos) continue;
      if (reported.contains({hit.path, hit.line})) continue;
      std::string line = fmt::format("{}:{}: {}\n", printable(hit.path), hit.line,
                                     clipped(to_utf8(std::string(trim(hit.text))), kLiteralLine));
      if (text.size() + line.size() > most) return text;
      reported.emplace(hit.path, hit.line);
      text += line;
    }
  }
  return text;
}

std::string names_text(const std::vector<Found>& found, size_t most) {
  std::string text;
  for (const Found& one : found) {
    std::vector<std::string> parts;
    if (one.lines > 0)
      parts.push_back(
          fmt::format("{} in {}", counted(one.lines, "line"), counted(one.files, "file")));
    std::vector<std::string> defined = one.defined;
    size_t more = defined.size() > kDefinedNamed ? defined.size() - kDefinedNamed : 0;
    defined.resize(defined.size() - more);
    if (!defined.empty()) {
      parts.push_back(fmt::format("defined in {}{}", printable(join(defined, ", ")),
                                  more > 0 ? fmt::format(" and {} more", more) : ""));
    }
    std::string line = fmt::format("'{}': {}\n", printable(one.name),
                                   parts.empty() ? "nowhere" : join(parts, "; "));
    if (text.size() + line.size() > most) break;
    text += line;
  }
  return text;
}

std::string places_text(const record::TreeFacts& tree, const std::vector<Place>& places,
                        size_t most) {
  std::string text;
  size_t shown = 0;
  std::vector<std::string> others;
  for (const Place& place : places) {
    size_t room = most > text.size() ? most - text.size() : 0;
    size_t share = room / std::min(places.size() - shown, kMaxPlaces);
    if (place.defines || shown == 0) share = std::max(share, std::min(room / 2, kDefiningBytes));
    std::string part =
        shown < kMaxPlaces ? place_text(tree, place, share - std::min(share, kPlaceHeading)) : "";
    if (part.empty() || part.size() > room) {
      others.push_back(place.path);
      continue;
    }
    ++shown;
    text += part;
  }
  if (others.empty()) return text;
  return text + "They stand in these files too:\n" +
         fenced("", clipped(join(others, "\n"), kOthersBytes));
}

}  // namespace gf::stage
