#include "stage/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest_paths.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

constexpr size_t kMaxNames = 24;       ///< more than a request is about
constexpr size_t kMaxNameBytes = 80;   ///< longer quotes are prose
constexpr size_t kMaxHits = 20000;     ///< lines of the tree that are looked at
constexpr size_t kCommonName = 120;    ///< lines: a name on more of them tells no place
constexpr size_t kMaxPlaces = 8;       ///< files that are shown from within
constexpr size_t kAround = 3;          ///< lines around a hit
constexpr size_t kMaxPaths = 100000;   ///< of a tree
constexpr size_t kTestsOfFile = 12;    ///< names of tests of one file
constexpr size_t kOthersBytes = 400;   ///< of names of files that are not shown
constexpr size_t kPlaceHeading = 400;  ///< bytes: the path, the fence, the marks of what was cut
constexpr size_t kOutlineShare = 3;    ///< of a file's room, one part in this goes to its outline

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Is a word of plain text a name of a program and not of a language? By its form alone.
bool looks_like_name(std::string_view word) {
  if (word.size() < 3) return false;
  if (word.find('_') != std::string_view::npos &&
      word.find_first_not_of('_') != std::string_view::npos)
    return true;
  bool inner_capital = false, lower_case = false, digit = false;
  for (size_t i = 0; i < word.size(); ++i) {
    auto c = static_cast<unsigned char>(word[i]);
    inner_capital = inner_capital || (i > 0 && std::isupper(c) != 0);
    lower_case = lower_case || std::islower(c) != 0;
    digit = digit || std::isdigit(c) != 0;
  }
  return inner_capital && (lower_case || word.size() > 3) && !digit;
}

/// The names of one request, in order and once.
class Names {
 public:
  void add(std::string_view name) {
    name = trim(name);
    while (!name.empty() && (name.back() == '.' || name.back() == ',')) name.remove_suffix(1);
    if (name.size() < 2 || name.size() > kMaxNameBytes || all_.size() >= kMaxNames) return;
    if (name.find('\n') != std::string_view::npos) return;
    if (seen_.insert(std::string(name)).second) all_.emplace_back(name);
  }
  /// What was quoted: the text itself, and the name in it when it is a call or has dots.
  void add_quoted(std::string_view text) {
    text = trim(text);
    size_t call = text.find('(');
    bool is_call = call != std::string_view::npos && call > 0 && is_word_char(text[call - 1]);
    std::string_view head = is_call ? text.substr(0, call) : text;
    add(head);
    if (std::all_of(head.begin(), head.end(), [](char c) { return is_word_char(c) || c == '.'; }))
      add(head.substr(head.rfind('.') + 1));
    if (size_t blank = head.find(' '); blank != std::string_view::npos) add_words(head);
  }
  /// Text that nothing marks: what looks like a name, an option, a route or a file.
  void add_words(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      bool begins = is_word_char(text[at]) || text[at] == '/' || text[at] == '-' || text[at] == '.';
      size_t end = at;
      while (begins && end < text.size() &&
             (is_word_char(text[end]) ||
              std::string_view("/-.{}<>:").find(text[end]) != std::string_view::npos))
        ++end;
      if (end > at) add_token(text.substr(at, end - at), end < text.size() && text[end] == '(');
      at = std::max(end, at + 1);
    }
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }

 private:
  void add_token(std::string_view token, bool called) {
    while (!token.empty() && std::string_view(".:-").find(token.back()) != std::string_view::npos)
      token.remove_suffix(1);
    if (token.empty()) return;
    bool option = token.starts_with("--") && token.size() > 3;
    bool route = token.starts_with("/") && token.size() > 2;
    size_t dot = token.find('.');
    bool dotted = dot != std::string_view::npos && dot > 0 && dot + 1 < token.size() &&
                  std::isalpha(static_cast<unsigned char>(token[dot + 1])) != 0 &&
                  std::isalpha(static_cast<unsigned char>(token[0])) != 0;
    if (option || route || called || looks_like_name(token)) add(token);
    if (dotted) {
      add(token);
      std::string_view last = token.substr(token.rfind('.') + 1);
      if (looks_like_name(last) || called) add(last);
    }
    if (route) {
      // What varies in a route is written in many ways; what stands before it is not.
      size_t varies = token.find_first_of("{<:");
      if (varies != std::string_view::npos && varies > 2) add(token.substr(0, varies - 1));
    }
  }
  std::vector<std::string> all_;
  std::set<std::string> seen_;
};

/// Where a quote ends that begins at `at`; npos when it is an apostrophe.
size_t end_of_quote(std::string_view text, size_t at) {
  char quote = text[at];
  if (quote == '\'' && at > 0 && is_word_char(text[at - 1])) return std::string_view::npos;
  for (size_t end = text.find(quote, at + 1); end != std::string_view::npos;
       end = text.find(quote, end + 1)) {
    bool inside = quote == '\'' && end + 1 < text.size() && is_word_char(text[end + 1]);
    if (!inside) return end;
  }
  return std::string_view::npos;
}

/// What the tree says of one name.
struct Found {
  std::string name;
  size_t lines = 0;
  std::map<std::string, size_t> files;
};

using Hits = std::vector<Searched::Hit>;

std::vector<Found> found_names(const std::vector<std::string>& names, const Hits& hits) {
  std::vector<Found> all;
  for (const std::string& name : names) {
    Found found{name, 0, {}};
    for (const Searched::Hit& hit : hits) {
      if (hit.text.find(name) == std::string::npos) continue;
      ++found.lines;
      ++found.files[hit.path];
    }
    all.push_back(std::move(found));
  }
  return all;
}

std::string told_names(const std::vector<Found>& found, size_t most) {
  std::string text;
  for (const Found& one : found) {
    std::string line =
        one.lines == 0 ? fmt::format("'{}': nowhere\n", printable(one.name))
                       : fmt::format("'{}': {} in {}\n", printable(one.name),
                                     counted(one.lines, "line"), counted(one.files.size(), "file"));
    if (text.size() + line.size() > most) break;
    text += line;
  }
  return text;
}

/// A file worth looking into.
struct Place {
  std::string path;
  size_t names = 0;           ///< different ones that stand in it
  bool defines = false;       ///< one of them
  std::vector<size_t> lines;  ///< from 1
};

/// Hits of names that tell a place, by file; those that define a name or hold most names first.
std::vector<Place> places_of(const std::vector<Found>& found, const Hits& hits) {
  std::map<std::string, Place> by_path;
  std::map<std::string, std::set<std::string>> names;
  for (const Searched::Hit& hit : hits) {
    bool here = false;
    for (const Found& one : found) {
      if (one.lines == 0 || hit.text.find(one.name) == std::string::npos) continue;
      auto syntax = syntax_of(hit.path);
      bool defines = syntax && !definition_lines({hit.text}, *syntax).empty() &&
                     defined_name(hit.text) == one.name.substr(one.name.rfind('.') + 1);
      if (one.lines > kCommonName && !defines) continue;
      here = true;
      names[hit.path].insert(one.name);
      by_path[hit.path].defines = by_path[hit.path].defines || defines;
    }
    if (here) by_path[hit.path].lines.push_back(hit.line);
  }
  std::vector<Place> places;
  for (auto& [path, place] : by_path) {
    place.path = path;
    place.names = names[path].size();
    places.push_back(std::move(place));
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    if (a.defines != b.defines) return a.defines;
    return a.names > b.names;
  });
  return places;
}

/// Names of the definitions of a file, in lines as they are, within `most` bytes.
std::string outline_within(const std::vector<std::string>& source, const Syntax& syntax,
                           size_t most) {
  std::string text;
  size_t left_out = 0;
  for (size_t at : definition_lines(source, syntax)) {
    auto found = definition_at(source, at, syntax);
    std::string header = found ? join(found->text, "\n") : source[at];
    std::string line =
        fmt::format("{}\t{}\n", at + 1, replace_all(clipped(header, 400), "\n", "\n\t"));
    if (left_out > 0 || text.size() + line.size() > most) {
      ++left_out;
    } else {
      text += line;
    }
  }
  if (left_out > 0) text += fmt::format("[... {}]\n", counted(left_out, "more definition"));
  return text;
}

std::string windows_of(const std::vector<std::string>& source, const std::vector<size_t>& at,
                       size_t most) {
  std::vector<Span> spans;
  for (size_t line : at) {
    size_t index = line - 1;
    spans.push_back({index - std::min(index, kAround), index + kAround});
  }
  std::string text;
  std::vector<Span> all = merged(std::move(spans));
  for (size_t i = 0; i < all.size(); ++i) {
    std::string window = (i == 0 ? "" : "...\n") + numbered_lines(source, all[i]);
    if (text.size() + window.size() > most) {
      return text + fmt::format("[... {} of it not shown]\n", counted(all.size() - i, "place"));
    }
    text += window;
  }
  return text;
}

std::string told_place(const Searched& tree, const Place& place, size_t most) {
  auto content = tree.facts().read(place.path);
  if (!content) return {};
  std::vector<std::string> source = lines(to_utf8(*content));
  auto syntax = syntax_of(place.path);
  std::string outline = syntax ? outline_within(source, *syntax, most / kOutlineShare) : "";
  std::string windows = windows_of(source, place.lines, most - std::min(most, outline.size()));
  return fmt::format("{} ({})\n{}", printable(place.path), counted(source.size(), "line"),
                     fenced("", (outline.empty() ? "" : outline + "---\n") + windows));
}

/// Ids of the tests around the hits of one file: the definition above each line.
std::vector<std::string> tests_around(const Searched& tree, const Place& place) {
  auto content = tree.facts().read(place.path);
  auto syntax = syntax_of(place.path);
  if (!content || !syntax) return {};
  std::vector<std::string> source = lines(*content);
  std::vector<std::string> names;
  std::vector<size_t> defined = definition_lines(source, *syntax);
  for (size_t line : place.lines) {
    std::string scope;
    for (size_t at : defined) {
      if (at + 1 > line) break;
      auto found = definition_at(source, at, *syntax);
      if (!found || found->whole.last + 1 < line) continue;
      scope += (scope.empty() ? "" : "::") + defined_name(source[at]);
    }
    bool known = std::find(names.begin(), names.end(), scope) != names.end();
    if (!scope.empty() && !known) names.push_back(scope);
  }
  return names;
}

std::string told_touching(const Searched& tree, const std::vector<Place>& places, size_t most) {
  std::string text;
  size_t left_out = 0;
  for (const Place& place : places) {
    std::vector<std::string> names = tests_around(tree, place);
    size_t more = names.size() > kTestsOfFile ? names.size() - kTestsOfFile : 0;
    names.resize(names.size() - more);
    std::string line = place.path + (names.empty() ? "" : ": " + join(names, ", "));
    if (more > 0) line += fmt::format(" and {}", counted(more, "other"));
    if (text.size() + line.size() + 1 > most) {
      ++left_out;
    } else {
      text += line + "\n";
    }
  }
  if (left_out > 0) text += fmt::format("[... and {}]\n", counted(left_out, "other test file"));
  return text;
}

std::string told_places(const Searched& tree, const std::vector<Place>& places, size_t most) {
  std::string text;
  size_t shown = 0;
  std::vector<std::string> others;
  for (const Place& place : places) {
    size_t room = most > text.size() ? most - text.size() : 0;
    size_t share = room / std::min(places.size() - shown, kMaxPlaces);
    std::string told =
        shown < kMaxPlaces ? told_place(tree, place, share - std::min(share, kPlaceHeading)) : "";
    if (told.empty() || told.size() > room) {
      others.push_back(place.path);
      continue;
    }
    ++shown;
    text += told;
  }
  if (others.empty()) return text;
  return text + "They stand in these files too:\n" +
         fenced("", clipped(join(others, "\n"), kOthersBytes));
}

}  // namespace

std::vector<std::string> names_in(std::string_view request) {
  Names names;
  std::string plain;
  for (size_t at = 0; at < request.size(); ++at) {
    char c = request[at];
    size_t end = std::string_view::npos;
    if (c == '`' || c == '"' || c == '\'') end = end_of_quote(request, at);
    bool close = end != std::string_view::npos && end > at + 1 && end - at <= kMaxNameBytes;
    if (!close) {
      plain += c;
      continue;
    }
    names.add_words(plain);
    plain.clear();
    names.add_quoted(request.substr(at + 1, end - at - 1));
    at = end;
  }
  names.add_words(plain);
  return names.all();
}

std::string digest(const Searched& tree, const std::string& request,
                   const std::vector<std::string>& test_paths, const DigestBounds& bounds) {
  std::vector<std::string> names = names_in(request);
  Hits hits;
  if (!names.empty()) hits = tree.lines_with(names, kMaxHits);
  std::erase_if(hits, [&](const Searched::Hit& hit) {
    FileKind kind = kind_of_file(hit.path, {});
    bool ours = hit.path == ".gitfactory";  // tells of gates, and nothing of the code
    return ours || (kind != FileKind::kSource && kind != FileKind::kTest);
  });
  std::vector<Found> found = found_names(names, hits);
  std::vector<Place> places = places_of(found, hits), tests;
  for (const Place& place : places) {
    if (glob_matches_any(test_paths, place.path)) tests.push_back(place);
  }
  std::erase_if(places,
                [&](const Place& place) { return glob_matches_any(test_paths, place.path); });
  std::string text =
      "Folders and their files:\n" +
      fenced("", folded_paths(tree.facts().paths("", kMaxPaths), test_paths, bounds.paths));
  if (std::string guides = guides_of(tree.facts(), bounds.guides); !guides.empty())
    text += "What it says to those who change it:\n" + guides;
  if (!names.empty())
    text += "Where the names of the request stand:\n" + fenced("", told_names(found, bounds.names));
  text += told_places(tree, places, bounds.places);
  if (std::string told = told_touching(tree, tests, bounds.tests); !told.empty())
    text += "Tests that speak of them:\n" + fenced("", told);
  return clipped(text, bounds.all());
}

}  // namespace gf::stage
