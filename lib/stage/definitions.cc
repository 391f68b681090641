#include "stage/definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest_paths.h"
#include "stage/names.h"

namespace gf::stage {
namespace {

constexpr size_t kMostLookedUp = 40;  ///< that are looked up: more are no one change
constexpr size_t kMostFound = 4000;   ///< of all of them
constexpr size_t kFewPlaces = 2;      ///< that define a name: of more nobody knows which is meant
constexpr size_t kWholeLines = 40;    ///< of a definition that is read from end to end
constexpr size_t kHeadLines = 16;     ///< of a longer one: its header, and what it says it does
constexpr size_t kMembers = 40;       ///< of a class, by their headers
constexpr size_t kShortFileBytes = 6u << 10;     ///< of one that is read whole for a line of it
constexpr size_t kChangedFileBytes = 16u << 10;  ///< of a changed one
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

bool is_type_header(const std::vector<std::string>& header) {
  std::string text = join(header, " ");
  for (const char* word : {"class ", "struct ", "interface ", "enum ", "trait ", "impl "}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

/// One file of the tree, and which of its lines are told.
class Excerpt {
 public:
  Excerpt(std::string path, const std::string& content, std::set<size_t> shown)
      : path_(std::move(path)),
        source_(lines(to_utf8(content))),
        shown_(std::move(shown)),
        taken_(source_.size(), false) {
    Syntax syntax = *syntax_of(path_);
    for (size_t at : outlined_lines(source_, syntax)) {
      auto found = definition_at(source_, at, syntax);
      if (found) all_.push_back({at, found->header, found->whole, is_type_header(found->text)});
    }
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The definition that begins in a line (from 0), within `room`, which it takes from: all of a
  /// short one, of a longer one what it says of itself.
  void tell(size_t at, size_t& room) {
    const Definition* found = at_line(at);
    if (found == nullptr) return take({at, at}, room);  // a constant
    size_t last = found->whole.last;
    if (last - found->whole.first < kWholeLines) return take(found->whole, room);
    if (found->type) return tell_class(*found, room);
    take({found->whole.first, std::max(found->header.last, found->whole.first + kHeadLines)}, room);
  }
  void tell_whole(size_t at, size_t& room) {
    if (const Definition* found = at_line(at)) take(found->whole, room);
  }
  /// Of the innermost class around a line what it says of itself.
  void tell_class_around(size_t line, size_t& room) {
    if (const Definition* found = innermost(line, true)) tell_class(*found, room);
  }
  /// Of the innermost function around a line what no hunk shows: all of it or nothing.
  void tell_function_around(size_t line, size_t& room) {
    if (const Definition* found = innermost(line, false)) take(found->whole, room);
  }
  /// The rest of a file that has at most `most` bytes: who looks into it reads all of it.
  void tell_file(size_t most, size_t& room) {
    size_t bytes = 0;
    for (const std::string& line : source_) bytes += line.size() + 1;
    if (bytes <= most && !source_.empty()) take({0, source_.size() - 1}, room);
  }
  /// Lines (from 0) of the innermost functions around some lines, each once. What is changed in a
  /// class and in none of its functions, as a value that it sets, is at work in all of them.
  [[nodiscard]] std::vector<std::string> functions_around(const std::vector<size_t>& some) const {
    std::vector<Span> spans;
    std::set<const Definition*> types;
    for (size_t line : some) {
      if (const Definition* found = innermost(line, false)) {
        spans.push_back(found->whole);
      } else if (const Definition* type = innermost(line, true)) {
        types.insert(type);
      }
    }
    for (const Definition* type : types) {
      for (const Definition& one : all_) {
        if (!one.type && one.at > type->at && one.whole.last <= type->whole.last)
          spans.push_back(one.whole);
      }
    }
    std::vector<std::string> all;
    for (const Span& span : merged(std::move(spans))) {
      all.insert(all.end(), source_.begin() + static_cast<std::ptrdiff_t>(span.first),
                 source_.begin() + static_cast<std::ptrdiff_t>(span.last + 1));
    }
    return all;
  }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i]) continue;
      if (i > 0 && !taken_[i - 1] && !text.empty()) text += "...\n";
      text += numbered_lines(source_, {i, i});
    }
    return text;
  }

 private:
  struct Definition {
    size_t at;
    Span header, whole;
    bool type;
  };

  [[nodiscard]] const Definition* at_line(size_t at) const {
    auto found =
        std::find_if(all_.begin(), all_.end(), [&](const Definition& one) { return one.at == at; });
    return found == all_.end() ? nullptr : &*found;
  }
  [[nodiscard]] const Definition* innermost(size_t line, bool type) const {
    const Definition* found = nullptr;
    for (const Definition& one : all_) {
      if (one.type == type && one.whole.first <= line && line <= one.whole.last) found = &one;
    }
    return found;
  }
  /// What it says before its first member, and its members' headers.
  void tell_class(const Definition& found, size_t& room) {
    std::vector<Span> members;
    for (const Definition& one : all_) {
      bool inside = one.at > found.header.last && one.whole.last <= found.whole.last;
      if (inside && members.size() < kMembers) members.push_back(one.header);
    }
    size_t end = members.empty() ? found.whole.last + 1 : members.front().first;
    take({found.whole.first, std::min(end - 1, found.whole.first + kWholeLines)}, room);
    for (const Span& member : members) take(member, room);
  }
  /// All of it or nothing: half a header says nothing.
  void take(Span span, size_t& room) {
    std::vector<size_t> fresh;
    size_t bytes = 0;
    for (size_t i = span.first; i <= span.last && i < source_.size(); ++i) {
      if (taken_[i] || shown_.contains(i + 1)) continue;
      fresh.push_back(i);
      bytes += numbered_lines(source_, {i, i}).size();
    }
    if (bytes > room) return;
    room -= bytes;
    for (size_t i : fresh) taken_[i] = true;
  }

  std::string path_;
  std::vector<std::string> source_;
  std::vector<Definition> all_;
  std::set<size_t> shown_;
  std::vector<bool> taken_;
};

/// The files of which something is told, read once each.
class Excerpts {
 public:
  Excerpts(const record::TreeFacts& tree, const ShownLines& shown) : tree_(tree), shown_(shown) {}
  /// Null where there is no such file, or none of a known language.
  Excerpt* of(const std::string& path) {
    for (const auto& file : files_) {
      if (file->path() == path) return file.get();
    }
    auto content = syntax_of(path) ? tree_.read(path) : std::nullopt;
    if (!content) return nullptr;
    auto shown = shown_.find(path);
    files_.push_back(std::make_unique<Excerpt>(
        path, *content, shown == shown_.end() ? std::set<size_t>() : shown->second));
    return files_.back().get();
  }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const auto& file : files_) {
      std::string part = file->text();
      if (!part.empty()) text += file->path() + "\n" + part;
    }
    return text;
  }

 private:
  const record::TreeFacts& tree_;
  const ShownLines& shown_;
  std::vector<std::unique_ptr<Excerpt>> files_;
};

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
