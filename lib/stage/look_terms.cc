#include "stage/look_terms.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest_paths.h"

namespace gf::stage {
namespace {

constexpr size_t kMostLines = 20000;   ///< lines of the tree that are looked at
constexpr size_t kMostNeighbours = 8;  ///< of one name that does not exist yet
constexpr size_t kLeastOfPlain = 5;    ///< bytes
constexpr double kNeighbour = 1.5;
constexpr double kDefinition = 3;  ///< lines that have a name, which one that defines it is worth

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_identifier(std::string_view name) {
  return std::all_of(name.begin(), name.end(), is_of_name) && !is_digit(name.front());
}

/// "format" of "crate::text::format", which a file that defines it does not call so.
std::string behind_path(const std::string& name) {
  size_t at = name.rfind("::");
  return at == std::string::npos ? name : name.substr(at + 2);
}

class Terms {
 public:
  void add(std::string_view text, double weight) {
    for (const std::string& name : names_in(text)) {
      add_name(name, weight);
      if (std::string last = behind_path(name); last != name) add_name(last, weight);
    }
  }
  /// Words of people too: in a title they may be what a parameter is called.
  void add_plain(std::string_view text, double weight) {
    for (size_t at = 0; at < text.size();) {
      size_t end = at;
      while (end < text.size() && is_of_name(text[end])) ++end;
      if (end - at >= kLeastOfPlain) add_name(std::string(text.substr(at, end - at)), weight);
      at = std::max(end, at + 1);
    }
  }
  void add_name(const std::string& name, double weight) {
    bool own = name.starts_with("__") && name.ends_with("__");
    if (name.size() < 3 || own) return;
    for (Term& term : all_) {
      if (term.name != name) continue;
      term.weight = std::max(term.weight, weight);
      return;
    }
    all_.push_back({name, weight, 0, 0});
  }
  std::vector<Term>& all() { return all_; }

 private:
  std::vector<Term> all_;
};

/// Does `name` go on behind `other` with a word of its own: format_size_short, FormattedSizeShort?
bool begins_with_name(std::string_view name, std::string_view other) {
  constexpr size_t kLeast = 6;  ///< bytes: less is a word and no name
  if (other.size() < kLeast || other.size() >= name.size() || !name.starts_with(other))
    return false;
  char next = name[other.size()];
  return next == '_' || (std::isupper(static_cast<unsigned char>(next)) != 0 &&
                         std::islower(static_cast<unsigned char>(other.back())) != 0);
}

/// "MAX_" of MAX_FIELDS; the last word of EnvNotSetError; what a name goes on behind; of others
/// nothing is alike by form.
bool is_neighbour(std::string_view name, std::string_view other) {
  if (name == other || other.size() < 4) return false;
  if (begins_with_name(name, other)) return true;
  size_t bar = name.find('_');
  if (bar != std::string_view::npos && bar > 1)
    return other.starts_with(name.substr(0, bar + 1)) &&
           (std::isupper(static_cast<unsigned char>(name.front())) != 0) ==
               (std::isupper(static_cast<unsigned char>(other.back())) != 0);
  size_t last = name.size();
  while (last > 0 && std::islower(static_cast<unsigned char>(name[last - 1])) != 0) --last;
  if (last <= 1 || std::isupper(static_cast<unsigned char>(name.front())) == 0) return false;
  return other.ends_with(name.substr(last - 1)) && other.front() == name.front();
}

std::vector<std::string> near_names(std::string_view name,
                                    const std::vector<std::string>& touched) {
  std::map<std::string, size_t> seen;
  for (const std::string& content : touched) {
    for (size_t at = 0; at < content.size();) {
      size_t end = at;
      while (end < content.size() && is_of_name(content[end])) ++end;
      if (end > at) {
        std::string_view word(content.data() + at, end - at);
        if (is_neighbour(name, word)) ++seen[std::string(word)];
      }
      at = std::max(end, at + 1);
    }
  }
  std::vector<std::string> all;
  for (const auto& one : seen) all.push_back(one.first);
  std::stable_sort(all.begin(), all.end(),
                   [&](const std::string& a, const std::string& b) { return seen[a] > seen[b]; });
  if (all.size() > kMostNeighbours) all.resize(kMostNeighbours);
  return all;
}

/// Counts them, and tells the lines that hold one.
std::vector<Searched::Hit> count(std::vector<Term>& terms, const Searched& tree,
                                 const std::vector<std::string>& test_paths) {
  std::vector<std::string> names;
  for (const Term& term : terms) names.push_back(term.name);
  if (names.empty()) return {};
  std::vector<Searched::Hit> hits = tree.lines_with(names, kMostLines);
  std::erase_if(hits, [](const Searched::Hit& hit) { return !is_searched(hit.path); });
  for (const Searched::Hit& hit : hits) {
    auto syntax = syntax_of(hit.path);
    if (!syntax || glob_matches_any(test_paths, hit.path)) continue;
    bool defines = !definition_lines({hit.text}, *syntax).empty();
    for (Term& term : terms) {
      if (!holds_word(hit.text, term.name)) continue;
      ++term.lines;
      if (defines && defined_name(hit.text) == term.name) ++term.defined;
    }
  }
  return hits;
}

}  // namespace

double Term::worth() const {
  return lines == 0 ? weight : weight / std::sqrt(static_cast<double>(lines));
}

double Term::definition_worth() const {
  return kDefinition * weight / static_cast<double>(std::max<size_t>(defined, 1));
}

SpecTerms terms_of(const Searched& tree, const record::Spec& spec,
                   const std::vector<std::string>& touched,
                   const std::vector<std::string>& test_paths) {
  Terms terms;
  terms.add(spec.title, kAskedFor);
  terms.add_plain(spec.title, kBeside);
  for (const std::string& text : spec.introduces) {
    terms.add(text, kAskedFor);
    terms.add_plain(text, kBeside);
    for (const std::string& name : names_in(text)) {
      // `Class.method`: the class is there already.
      for (const std::string& part : split(name, '.')) {
        if (!part.empty() && is_identifier(part)) terms.add_name(part, kAskedWith);
      }
    }
  }
  terms.add(spec.request, kAskedFor);
  for (const std::string& text : spec.constraints) terms.add(text, kAskedWith);
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    terms.add(criterion.when, kAskedWith);
    terms.add(criterion.given, kBeside);
    for (const record::Observation& seen : criterion.then) {
      terms.add(seen.observable, kBeside);
      std::string expected = seen.expected.as_string().value_or("");
      terms.add(expected, kBeside);
      if (!expected.empty() && is_identifier(expected)) terms.add_name(expected, kBeside);
    }
  }
  for (const record::Assumption& assumption : spec.assumptions) terms.add(assumption.text, kBeside);
  for (const std::string& text : spec.introduces) {
    for (const std::string& name : names_in(text)) {
      std::string last = behind_path(name.substr(name.rfind('.') + 1));
      bool there = std::any_of(touched.begin(), touched.end(), [&](const std::string& content) {
        return holds_word(content, last);
      });
      if (there || last.empty() || !is_identifier(last)) continue;
      for (const std::string& other : near_names(last, touched)) terms.add_name(other, kNeighbour);
    }
  }
  SpecTerms all;
  all.hits = count(terms.all(), tree, test_paths);
  all.terms = std::move(terms.all());
  return all;
}

}  // namespace gf::stage
