#include "stage/digest_places.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <functional>
#include <set>

#include "base/glob.h"
#include "base/text.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

constexpr size_t kCommonName = 120;      ///< lines: a name on more of them tells no place
constexpr size_t kAround = 3;            ///< lines around a hit
constexpr size_t kWholeDefinition = 60;  ///< lines of a definition that is shown from end to end
constexpr size_t kHeadOfLonger = 24;     ///< lines of a longer one: what a class says and holds
constexpr size_t kManyDefinitions = 8;   ///< a method that so many classes have tells no place
constexpr size_t kMaxDefining = 40;      ///< files that are read for definitions
constexpr double kLeastWorth = 0.04;     ///< of a line whose name stands on 25 others
/// What a definition and an assignment of a name are worth; a line that only has a name at most 1.
constexpr double kDefinitionWorth = 16, kAssignmentWorth = 8;

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Where `name` stands in `text` so that no word goes on over its ends; npos where it does not.
size_t find_word(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    bool before = at > 0 && in_word(name.front()) && in_word(text[at - 1]);
    size_t end = at + name.size();
    bool after = end < text.size() && in_word(name.back()) && in_word(text[end]);
    if (!before && !after) return at;
  }
  return std::string_view::npos;
}

std::string_view unqualified(std::string_view name) { return name.substr(name.rfind('.') + 1); }

/// "a" of "a.b"; empty for a name without dots, and for what is no dotted name.
std::string_view qualifier(std::string_view name) {
  size_t dot = name.rfind('.');
  bool dotted =
      dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
      std::all_of(name.begin(), name.end(), [](char c) { return in_word(c) || c == '.'; });
  return dotted ? name.substr(0, dot) : "";
}

/// The file without its ending; the folder of a package's own file: what a module is called by.
std::string module_path(std::string_view path) {
  std::string_view stem = path.substr(0, path.rfind('.'));
  std::string_view own = path.ends_with(".py")   ? "/__init__"
                         : path.ends_with(".rs") ? "/mod"
                                                 : "/index";
  if (stem.ends_with(own)) stem.remove_suffix(own.size());
  return std::string(stem);
}

/// Is `path` the module that a dotted name speaks of?
bool is_module(std::string_view path, std::string_view dotted) {
  if (!syntax_of(path)) return false;
  std::string asked = "/" + replace_all(std::string(dotted), ".", "/");
  return ("/" + module_path(path)).ends_with(asked);
}

/// `NAME = ...`, `name: int = ...`, `const NAME = ...`; no keyword argument, no comparison.
bool assigns(std::string_view line, std::string_view name) {
  size_t at = find_word(line, name);
  if (at == std::string_view::npos || trim(line).ends_with(",")) return false;
  bool words = std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at),
                           [](char c) { return in_word(c) || c == ' ' || c == '\t'; });
  std::string_view rest = trim(line.substr(at + name.size()));
  if (!words || rest.size() < 2) return false;
  if (rest[0] == '=') return rest[1] != '=';
  return rest[0] == ':' && rest.find(" = ") != std::string_view::npos;
}

/// One definition of a file, with the definitions that it stands in.
struct Defined {
  std::string name, scope;  ///< scope: "A.B"
  DefinitionText text;
  size_t at = 0;
};

/// Definitions of the names in `wanted`. What they stand in is told by indentation, in every
/// language: to follow all bodies of a long file would cost more than all else.
std::vector<Defined> definitions_in(const std::vector<std::string>& source, const Syntax& syntax,
                                    const std::set<std::string, std::less<>>& wanted) {
  std::vector<Defined> all;
  std::vector<std::pair<size_t, std::string>> open;
  for (size_t at : definition_lines(source, syntax)) {
    std::string name = defined_name(source[at]);
    size_t indent = source[at].find_first_not_of(" \t");
    while (!open.empty() && open.back().first >= indent) open.pop_back();
    auto text = wanted.contains(name) ? definition_at(source, at, syntax) : std::nullopt;
    if (text) {
      std::vector<std::string> scope;
      for (const auto& one : open) scope.push_back(one.second);
      all.push_back({name, join(scope, "."), std::move(*text), at});
    }
    open.emplace_back(indent, std::move(name));
  }
  return all;
}

/// Does a definition bear this name of a request? A dotted one says in which class or module.
bool bears(const Defined& defined, std::string_view path, std::string_view name) {
  if (defined.name != unqualified(name)) return false;
  std::string_view within = qualifier(name);
  if (within.empty()) return unqualified(name) == name;
  if (defined.scope == within || defined.scope.ends_with("." + std::string(within))) return true;
  size_t dot = within.rfind('.');
  bool in_module = is_module(path, within) && defined.scope.empty();
  bool in_class = dot != std::string_view::npos && defined.scope == within.substr(dot + 1) &&
                  is_module(path, within.substr(0, dot));
  // `package.function` where the package takes it in from a module of its own.
  std::string first = "/" + std::string(within.substr(0, within.find('.'))) + "/";
  bool in_package = defined.scope.empty() && within.find('.') == std::string_view::npos &&
                    ("/" + std::string(path)).find(first) != std::string::npos;
  return in_module || in_class || in_package;
}

/// The lines of a definition that are worth showing: all, or what a longer one begins with.
Span shown_of(const Defined& defined) {
  const Span& whole = defined.text.whole;
  if (whole.last - whole.first < kWholeDefinition) return whole;
  return {whole.first, std::min(whole.last, whole.first + kHeadOfLonger - 1)};
}

/// A set of names, by their places in the list: it has 24 at most.
using NameSet = uint64_t;
constexpr NameSet only(size_t i) { return NameSet{1} << i; }

/// Goes through the hits once for the counts, and once for the places.
class Sight {
 public:
  Sight(const record::TreeFacts& tree, const std::vector<std::string>& names,
        const std::vector<std::string>& test_paths)
      : tree_(tree), tests_(test_paths), names_(names), found_(names.size()) {
    for (size_t i = 0; i < names.size(); ++i) found_[i].name = names[i];
  }
  void count(const Hits& hits, const std::vector<std::string>& paths) {
    std::vector<NameSet> parts(hits.size(), 0);
    held_.assign(hits.size(), 0);
    NameSet whole = 0;
    for (size_t k = 0; k < hits.size(); ++k) {
      for (size_t i = 0; i < names_.size(); ++i) {
        if (hits[k].text.find(names_[i]) == std::string::npos) continue;
        parts[k] |= only(i);
        if (find_word(hits[k].text, names_[i]) != std::string::npos) held_[k] |= only(i);
      }
      whole |= held_[k];
    }
    std::vector<std::string_view> last(names_.size());
    for (size_t k = 0; k < hits.size(); ++k) {
      held_[k] |= parts[k] & ~whole;
      for (size_t i = 0; i < names_.size(); ++i) {
        if ((held_[k] & only(i)) == 0) continue;
        ++found_[i].lines;
        if (last[i] != hits[k].path) ++found_[i].files;
        last[i] = hits[k].path;
      }
    }
    for (size_t i = 0; i < names_.size(); ++i) {
      if (qualifier(names_[i]).empty()) continue;
      for (const std::string& path : paths) {
        if (is_module(path, names_[i])) found_[i].defined.push_back(path);
      }
    }
  }
  void look(const Hits& hits) {
    for (size_t from = 0; from < hits.size();) {
      size_t to = from;
      while (to < hits.size() && hits[to].path == hits[from].path) ++to;
      look_into(hits, from, to);
      from = to;
    }
    look_at_definitions();
    forget_many();
    forget_common();
  }
  Sighted take() {
    Sighted all;
    for (Place& place : places_) {
      for (Bearing& bearing : bearings_) {
        if (bearing.path != place.path) continue;
        place.defines = true;
        place.worth += bearing.worth;
        place.wanted.push_back({bearing.span, bearing.worth});
      }
      if (!place.wanted.empty()) all.places.push_back(std::move(place));
    }
    all.names = std::move(found_);
    return all;
  }

 private:
  struct Bearing {  ///< a definition that bears a name
    size_t name;
    std::string path;
    Span span;
    double worth;
  };
  void look_into(const Hits& hits, size_t from, size_t to) {
    const std::string& path = hits[from].path;
    Place place{path, 0, false, {}, {}};
    NameSet here = 0, all_here = 0;  ///< all: common ones too
    auto syntax = syntax_of(path);
    bool defining = false;
    std::vector<NameSet> of_lines;
    for (size_t k = from; k < to; ++k) {
      double worth = 0;
      bool assigned = false;
      all_here |= held_[k];
      defining = defining || (syntax && !definition_lines({hits[k].text}, *syntax).empty());
      for (size_t i = 0; i < names_.size(); ++i) {
        if ((held_[k] & only(i)) == 0 || found_[i].lines > kCommonName) continue;
        here |= only(i);
        worth += 1.0 / static_cast<double>(found_[i].lines);
        assigned = assigned || (syntax && assigns(hits[k].text, unqualified(names_[i])));
      }
      if (worth <= 0) continue;
      size_t line = hits[k].line - 1;
      place.lines.push_back(hits[k].line);
      of_lines.push_back(held_[k]);
      place.wanted.push_back({{line - std::min(line, kAround), line + kAround},
                              worth * (assigned ? kAssignmentWorth : 1)});
    }
    size_t names_held = 0;
    for (size_t i = 0; i < names_.size(); ++i) {
      if ((all_here & only(i)) != 0) ++names_held;
      if ((here & only(i)) != 0) place.worth += 1.0 / static_cast<double>(found_[i].lines);
    }
    places_.push_back(std::move(place));
    names_of_lines_.push_back(std::move(of_lines));
    if (defining && !glob_matches_any(tests_, path)) defining_.emplace_back(names_held, path);
  }
  /// Files with most of the names first: there are trees in which each has one.
  void look_at_definitions() {
    std::stable_sort(defining_.begin(), defining_.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    if (defining_.size() > kMaxDefining) defining_.resize(kMaxDefining);
    std::sort(defining_.begin(), defining_.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& one : defining_) look_at_definitions(one.second, *syntax_of(one.second));
  }
  void look_at_definitions(const std::string& path, const Syntax& syntax) {
    auto content = tree_.read(path);
    if (!content) return;
    std::vector<std::string> source = lines(to_utf8(*content));
    std::set<std::string, std::less<>> wanted;
    for (const std::string& name : names_) wanted.emplace(unqualified(name));
    for (const Defined& defined : definitions_in(source, syntax, wanted)) {
      for (size_t i = 0; i < names_.size(); ++i) {
        if (!bears(defined, path, names_[i])) continue;
        found_[i].defined.push_back(fmt::format("{}:{}", path, defined.at + 1));
        double exact = qualifier(names_[i]).empty() ? 1 : 2;
        bearings_.push_back({i, path, shown_of(defined), kDefinitionWorth * exact});
      }
    }
  }
  /// A name that much defines tells no place, and `method` and `Class` none where `Class.method` is
  /// found.
  void forget_many() {
    std::vector<size_t> count(names_.size(), 0);
    for (const Bearing& bearing : bearings_) ++count[bearing.name];
    std::vector<bool> named_better(names_.size(), false);
    for (size_t i = 0; i < names_.size(); ++i) {
      for (size_t k = 0; k < names_.size(); ++k) {
        if (k == i || count[k] == 0) continue;
        bool part = unqualified(names_[k]) == names_[i];
        bool owner = unqualified(qualifier(names_[k])) == names_[i];
        named_better[i] = named_better[i] || part || owner;
      }
    }
    std::erase_if(bearings_, [&](const Bearing& bearing) {
      return count[bearing.name] > kManyDefinitions || named_better[bearing.name];
    });
  }
  /// Lines that hold only what much of the tree holds, where others tell more. Not those of tests
  /// that hold what the tree defines: whose tests they are has to be seen, however many they are.
  void forget_common() {
    double best = bearings_.empty() ? 0 : 1;
    for (const Place& place : places_) {
      for (const Wanted& one : place.wanted) best = std::max(best, std::min(one.worth, 1.0));
    }
    double least = std::min(kLeastWorth, best / 4);
    NameSet defined = 0;
    for (const Bearing& bearing : bearings_) defined |= only(bearing.name);
    for (size_t p = 0; p < places_.size(); ++p) {
      Place& place = places_[p];
      NameSet kept = glob_matches_any(tests_, place.path) ? defined : 0;
      std::vector<Wanted> wanted;
      std::vector<size_t> lines;
      for (size_t i = 0; i < place.wanted.size(); ++i) {
        if (place.wanted[i].worth < least && (names_of_lines_[p][i] & kept) == 0) continue;
        wanted.push_back(place.wanted[i]);
        lines.push_back(place.lines[i]);
      }
      place.wanted = std::move(wanted);
      place.lines = std::move(lines);
    }
  }

  const record::TreeFacts& tree_;
  const std::vector<std::string>& tests_;
  const std::vector<std::string>& names_;
  std::vector<Found> found_;
  std::vector<NameSet>
      held_;  ///< by hit: as a word, or as a part where the name is no word anywhere
  std::vector<Place> places_;
  std::vector<std::vector<NameSet>> names_of_lines_;  ///< by place, beside its lines
  std::vector<Bearing> bearings_;
  std::vector<std::pair<size_t, std::string>> defining_;  ///< files, by how many names they have
};

}  // namespace

Sighted sight(const record::TreeFacts& tree, const std::vector<std::string>& names,
              const std::vector<std::string>& paths, const Hits& hits,
              const std::vector<std::string>& test_paths) {
  Sight all(tree, names, test_paths);
  all.count(hits, paths);
  all.look(hits);
  Sighted sighted = all.take();
  std::stable_sort(
      sighted.places.begin(), sighted.places.end(), [](const Place& a, const Place& b) {
        if (a.defines != b.defines) return a.defines;
        bool code = syntax_of(a.path).has_value(), other_code = syntax_of(b.path).has_value();
        if (code != other_code) return code;
        return a.worth > b.worth;
      });
  return sighted;
}

}  // namespace gf::stage
