#include "stage/definitions.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest_paths.h"
#include "stage/excerpt.h"
#include "stage/file_values.h"
#include "stage/names.h"

namespace gf::stage {
namespace {

constexpr size_t kMostLookedUp = 40;  ///< that are looked up: more are no one change
constexpr size_t kMostFound = 4000;   ///< of all of them
constexpr size_t kFewPlaces = 2;      ///< that define a name: of more nobody knows which is meant
constexpr size_t kShortFileBytes = 6u << 10;     ///< of one that is read whole for a line of it
constexpr size_t kChangedFileBytes = 16u << 10;  ///< of a changed one
constexpr size_t kMostBeside = 200;              ///< files of a folder that are looked into
constexpr size_t kShareOfClasses = 3;  ///< one part in this of the room is the changed classes'

bool is_code(const ReviewHunk& hunk, const std::vector<std::string>& test_paths) {
  return syntax_of(hunk.path) && !hunk.changelog && !glob_matches_any(test_paths, hunk.path);
}

using Places = std::map<std::string, std::vector<size_t>>;  ///< lines of files, from 0

/// Definitions of one name: in changed files, or in others where they are few.
std::vector<const Searched::Hit*> definitions_of_name(const std::vector<Searched::Hit>& hits,
                                                      const std::string& name,
                                                      const Places& changed,
                                                      const std::vector<std::string>& test_paths) {
  std::vector<const Searched::Hit*> near, far;
  for (const Searched::Hit& hit : hits) {
    auto syntax = syntax_of(hit.path);
    if (!syntax || glob_matches_any(test_paths, hit.path) || !is_searched(hit.path)) continue;
    if (defines_name(hit.text, name, *syntax))
      (changed.contains(hit.path) ? near : far).push_back(&hit);
  }
  std::vector<const Searched::Hit*>& chosen = near.empty() ? far : near;
  if (chosen.size() > kFewPlaces) chosen.clear();
  return chosen;
}

/// Lines of the new file (from 0) that a hunk changes.
std::vector<size_t> changed_lines(const ReviewHunk& hunk) {
  std::vector<size_t> changed;
  auto line = static_cast<size_t>(std::max(hunk.new_start, 1) - 1);
  for (const std::string& one : lines(hunk.text)) {
    if (one.starts_with("@@") || one.starts_with("\\")) continue;
    if (one.starts_with("+") || one.starts_with("-")) changed.push_back(line);
    if (!one.starts_with("-")) ++line;
  }
  return changed;
}

}  // namespace

std::vector<std::string> names_used(const std::vector<ReviewHunk>& hunks,
                                    const std::vector<std::string>& test_paths) {
  std::vector<std::string> names, defined;
  for (const ReviewHunk& hunk : hunks) {
    if (!is_code(hunk, test_paths)) continue;
    Syntax syntax = *syntax_of(hunk.path);
    for (const std::string& line : lines(hunk.text)) {
      if (!line.starts_with("+")) continue;
      std::string code = bare_code(std::string_view(line).substr(1), syntax);
      add_used(code, names);
      if (!definition_lines({code}, syntax).empty()) defined.push_back(defined_name(code));
    }
  }
  std::erase_if(names, [&](const std::string& name) {
    return std::find(defined.begin(), defined.end(), name) != defined.end();
  });
  return names;
}

namespace {

/// Words of the lines that hunks add and of the functions that they stand in, by file.
std::map<std::string, std::set<std::string>> words_used(const std::vector<ReviewHunk>& hunks,
                                                        const Places& places, Excerpts& files) {
  std::map<std::string, std::set<std::string>> words;
  for (const auto& [path, changed] : places) {
    std::vector<std::string> code = files.of(path)->functions_around(changed);
    for (const ReviewHunk& hunk : hunks) {
      if (hunk.path != path) continue;
      for (const std::string& line : lines(hunk.text)) {
        if (line.starts_with("+")) code.push_back(line.substr(1));
      }
    }
    words[path] = words_of_code(code, *syntax_of(path));
  }
  return words;
}

/// Files that share the file's names without an import: those of a package of Go.
std::vector<std::string> files_beside(const record::TreeFacts& tree, const std::string& path,
                                      const std::vector<std::string>& test_paths) {
  if (!path.ends_with(".go")) return {};
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  std::vector<std::string> all = tree.paths(folder, kMostBeside);
  std::erase_if(all, [&](const std::string& one) {
    size_t at = one.rfind('/');
    return !one.ends_with(".go") || at != slash || one == path || glob_matches_any(test_paths, one);
  });
  return all;
}

/// Variables and constants that a change depends on: of its files, of those beside them, and of
/// those that it imports them from, if few define one of the name.
void tell_values(const Searched& tree, const std::vector<ReviewHunk>& hunks, const Places& places,
                 const std::vector<std::string>& test_paths, Excerpts& files, size_t& room) {
  std::set<std::string> imported;
  for (const auto& [path, words] : words_used(hunks, places, files)) {
    files.of(path)->tell_values(words, room);
    for (const std::string& other : files_beside(tree.facts(), path, test_paths)) {
      if (Excerpt* file = files.of(other)) file->tell_values(words, room);
    }
    for (const std::string& name : files.of(path)->imported()) {
      if (words.contains(name) && imported.size() < kMostLookedUp) imported.insert(name);
    }
  }
  std::map<std::string, std::set<std::string>> defining;  // files by name
  std::vector<std::string> searched;
  for (const std::string& name : imported) {
    for (const char* word : {"const ", "let ", "var ", "static "}) searched.push_back(word + name);
    for (const char* sign : {" =", ": "}) searched.push_back(name + sign);
  }
  if (searched.empty()) return;
  for (const Searched::Hit& hit : tree.lines_with(searched, kMostFound)) {
    bool code = syntax_of(hit.path) && !glob_matches_any(test_paths, hit.path);
    if (!code || !is_searched(hit.path) || places.contains(hit.path)) continue;
    for (const FileValue& one : file_values_in({hit.text}, hit.path)) {
      if (imported.contains(one.name)) defining[one.name].insert(hit.path);
    }
  }
  for (const auto& [name, paths] : defining) {
    if (paths.size() > kFewPlaces) continue;
    for (const std::string& path : paths) {
      if (Excerpt* file = files.of(path)) file->tell_values({name}, room);
    }
  }
}

}  // namespace

std::string definitions_for(const Searched& tree, const std::vector<ReviewHunk>& hunks,
                            const std::vector<std::string>& test_paths, size_t most) {
  ShownLines shown = shown_in(hunks);
  Excerpts files(tree.facts(), shown);
  Places places;  // changed lines
  std::vector<std::string> names = names_used(hunks, test_paths);
  for (const ReviewHunk& hunk : hunks) {
    if (!is_code(hunk, test_paths) || files.of(hunk.path) == nullptr) continue;
    std::vector<size_t> lines_of_hunk = changed_lines(hunk);
    std::vector<size_t>& all = places[hunk.path];
    all.insert(all.end(), lines_of_hunk.begin(), lines_of_hunk.end());
  }
  for (const auto& [path, changed] : places) {
    for (const std::string& one : files.of(path)->functions_around(changed))
      add_used(bare_code(one, *syntax_of(path)), names);
  }
  if (names.size() > kMostLookedUp) names.resize(kMostLookedUp);
  std::vector<Searched::Hit> hits;
  bool bare = std::any_of(places.begin(), places.end(),
                          [](const auto& place) { return defines_bare(place.first); });
  if (!names.empty()) hits = tree.lines_with(searched_for(names, bare), kMostFound);
  std::vector<const Searched::Hit*> found;
  for (const std::string& name : names) {
    for (const Searched::Hit* hit : definitions_of_name(hits, name, places, test_paths))
      found.push_back(hit);
  }
  size_t for_classes = most / kShareOfClasses, room = most - for_classes;
  auto each_place = [&](auto act) {
    for (const auto& [path, changed] : places) {
      for (size_t line : changed) act(*files.of(path), line);
    }
  };
  auto each_found = [&](auto act) {
    for (const Searched::Hit* hit : found) {
      if (Excerpt* file = files.of(hit->path)) act(*file, hit->line - 1);
    }
  };
  each_place([&](Excerpt& file, size_t line) { file.tell_class_around(line, for_classes); });
  room += for_classes;
  tell_values(tree, hunks, places, test_paths, files, room);
  each_found([&](Excerpt& file, size_t line) { file.tell(line, room); });
  each_place([&](Excerpt& file, size_t line) { file.tell_function_around(line, room); });
  each_found([&](Excerpt& file, size_t) { file.tell_file(kShortFileBytes, room); });
  each_place([&](Excerpt& file, size_t) { file.tell_file(kChangedFileBytes, room); });
  each_found([&](Excerpt& file, size_t line) { file.tell_whole(line, room); });
  return files.text();
}

ShownLines shown_in(const std::string& definitions) {
  ShownLines shown;
  std::string path;
  for (const std::string& line : lines(definitions)) {
    size_t tab = line.find('\t');
    bool numbered =
        tab != std::string::npos && tab > 0 && line.find_first_not_of("0123456789") == tab;
    if (numbered) {
      shown[path].insert(std::strtoull(line.c_str(), nullptr, 10));
    } else if (line != "...") {
      path = line;
    }
  }
  return shown;
}

}  // namespace gf::stage
