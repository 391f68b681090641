#include "stage/look_state.h"

#include "base/glob.h"
#include "base/text.h"

namespace gf::stage {
namespace {

/// What a unit counts of a file that the spec does not touch: a definition of a name that is asked
/// for, and one that only has words of it. What it is called for is weighed apart.
constexpr double kNamedElsewhere = 0.5, kWordsElsewhere = 0.1;
constexpr size_t kMostDefining = 2000;  ///< lines that may define one of the names

}  // namespace

double best_of(const LookFile& file) {
  double most = 0;
  for (const LookUnit& unit : file.units) most = std::max(most, unit.worth);
  return most;
}

bool LookState::is_test(const std::string& path) const { return glob_matches_any(tests, path); }

bool LookState::is_touched(const std::string& path) const {
  return std::any_of(files.begin(), files.end(),
                     [&](const LookFile& file) { return file.touched && file.path == path; });
}

size_t LookState::file_of(const std::string& path) {
  for (size_t i = 0; i < files.size(); ++i) {
    if (files[i].path == path) return i;
  }
  auto content = tree.facts().read(path);
  if (!content) return files.size();
  LookFile file = look_into(path, *content, terms);
  file.test = is_test(path);
  for (LookUnit& unit : file.units)
    unit.worth *= file.test ? 1 : is_named(unit) ? kNamedElsewhere : kWordsElsewhere;
  files.push_back(std::move(file));
  return files.size() - 1;
}

bool LookState::is_named(const LookUnit& unit) const {
  return std::any_of(terms.begin(), terms.end(), [&](const Term& term) {
    return term.weight >= kAskedWith && term.name == unit.name;
  });
}

double LookState::best(bool of_tests) const {
  double most = 0;
  for (const LookFile& file : files) {
    if (file.test == of_tests) most = std::max(most, best_of(file));
  }
  return most;
}

std::vector<LookChoice> LookState::ranked(bool of_tests) const {
  std::vector<LookChoice> all;
  for (size_t i = 0; i < files.size(); ++i) {
    if (files[i].test != of_tests) continue;
    for (size_t k = 0; k < files[i].units.size(); ++k)
      all.push_back({i, k, files[i].units[k].worth});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const LookChoice& a, const LookChoice& b) { return a.worth > b.worth; });
  return all;
}

std::map<std::string, std::vector<std::string>> LookState::definitions_of(
    const std::set<std::string>& names, bool in_tests) const {
  std::map<std::string, std::vector<std::string>> defined;
  std::vector<std::string> words;
  for (const std::string& name : names) {
    for (const char* word : {"def ", "class ", "function ", "func ", "fn ", "struct "})
      words.push_back(word + name);
  }
  if (words.empty()) return defined;
  for (const Searched::Hit& hit : tree.lines_with(words, kMostDefining)) {
    auto syntax = syntax_of(hit.path);
    if (!syntax || is_test(hit.path) != in_tests || definition_lines({hit.text}, *syntax).empty())
      continue;
    std::string name = defined_name(hit.text);
    if (names.contains(name)) defined[name].push_back(hit.path);
  }
  return defined;
}

}  // namespace gf::stage
