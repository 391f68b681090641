#include "stage/digest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest_paths.h"
#include "stage/digest_places.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

constexpr size_t kMaxHits = 20000;    ///< lines of the tree that are looked at
constexpr size_t kMaxPaths = 100000;  ///< of a tree
constexpr size_t kTestsOfFile = 12;   ///< names of tests of one file
constexpr size_t kLogLines = 16;      ///< of the changelog: its newest version's form

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

std::string touching_text(const Searched& tree, const std::vector<Place>& places, size_t most) {
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

bool names_a_version(const std::string& line) {
  for (size_t at = line.find('.'); at != std::string::npos && at > 0; at = line.find('.', at + 1)) {
    if (is_digit(line[at - 1]) && at + 1 < line.size() && is_digit(line[at + 1])) return true;
  }
  return lower(line).find("unreleased") != std::string::npos;
}

/// The newest lines of the changelog nearest to the top, from its first version on.
std::string newest_of_log(const record::TreeFacts& tree, const std::vector<std::string>& paths,
                          size_t most) {
  std::string path;
  for (const std::string& one : paths) {
    auto depth = [](const std::string& p) { return std::count(p.begin(), p.end(), '/'); };
    if (is_log(one) && (path.empty() || depth(one) < depth(path))) path = one;
  }
  auto content = path.empty() ? std::nullopt : tree.read(path);
  if (!content) return {};
  std::vector<std::string> source = lines(to_utf8(*content));
  size_t first = 0;
  while (first < source.size() && !names_a_version(source[first])) ++first;
  if (first == source.size()) return {};
  std::string text;
  for (size_t i = first; i < source.size() && i < first + kLogLines; ++i) {
    std::string line = numbered_lines(source, {i, i});
    if (text.size() + line.size() > most) break;
    text += line;
  }
  return fmt::format("The newest of {} ({}):\n{}", printable(path), counted(source.size(), "line"),
                     fenced("", text));
}

}  // namespace

std::string digest(const Searched& tree, const std::string& request,
                   const std::vector<std::string>& test_paths, const DigestBounds& bounds) {
  std::vector<std::string> names = with_owners(names_in(request));
  std::vector<std::string> paths = tree.facts().paths("", kMaxPaths);
  Hits hits;
  if (!names.empty()) hits = tree.lines_with(names, kMaxHits);
  std::erase_if(hits, [](const Searched::Hit& hit) { return !is_searched(hit.path); });
  Sighted sighted = sight(tree.facts(), names, paths, hits, test_paths);
  std::vector<Place> places = std::move(sighted.places), tests;
  for (const Place& place : places) {
    if (glob_matches_any(test_paths, place.path)) tests.push_back(place);
  }
  std::erase_if(places,
                [&](const Place& place) { return glob_matches_any(test_paths, place.path); });
  std::string text =
      "Folders and their files:\n" + fenced("", folded_paths(paths, test_paths, bounds.paths));
  if (std::string guides = guides_of(tree.facts(), bounds.guides); !guides.empty())
    text += "What it says to those who change it:\n" + guides;
  if (!names.empty()) {
    text += "Where the names of the request stand:\n" +
            fenced("", names_text(sighted.names, bounds.names));
  }
  text += places_text(tree.facts(), places, bounds.places);
  std::string literals = literals_text(sighted.names, hits, test_paths, bounds.literals);
  if (!literals.empty()) text += "Lines that hold what it quotes:\n" + fenced("", literals);
  text += newest_of_log(tree.facts(), paths, bounds.log);
  if (std::string touching = touching_text(tree, tests, bounds.tests); !touching.empty())
    text += "Tests that speak of them:\n" + fenced("", touching);
  return clipped(text, bounds.all());
}

}  // namespace gf::stage
