// The tests nearest to a change: who writes a memo says where new ones belong and what form they
// have.
#include <cmath>

#include "base/text.h"
#include "stage/look_state.h"

namespace gf::stage {
namespace {

constexpr size_t kMostTests = 2;        ///< test files
constexpr size_t kTestsLookedInto = 6;  ///< test files, to choose from
constexpr double kAuthorised = 20;      ///< a test that a criterion names
constexpr double kSecondTests = 0.5;    ///< of the nearest test file: less is not near
constexpr double kNamedAlike = 3;       ///< what test_a.py is worth more for a change of a.py

using Ids = std::set<std::string>;

/// "a" of "src/_a.py".
std::string stem_of(const std::string& path) {
  std::string stem = path.substr(path.rfind('/') + 1);
  stem = stem.substr(0, stem.find('.'));
  return stem.substr(std::min(stem.find_first_not_of('_'), stem.size()));
}

bool is_named_alike(const LookState& state, const std::string& path) {
  std::string name = stem_of(path);
  return std::any_of(state.files.begin(), state.files.end(), [&](const LookFile& file) {
    std::string stem = stem_of(file.path);
    return file.touched && (name == "test_" + stem || name == stem + "_test");
  });
}

/// Which terms a test file has; from here on they count by how few lines of tests have them.
std::map<std::string, std::set<size_t>> terms_in_tests(LookState& state) {
  std::map<std::string, std::set<size_t>> held;
  for (Term& term : state.terms) term.lines = term.defined = 0;
  for (const Searched::Hit& hit : state.hits) {
    if (!syntax_of(hit.path) || !state.is_test(hit.path)) continue;
    for (size_t k = 0; k < state.terms.size(); ++k) {
      if (!holds_word(hit.text, state.terms[k].name)) continue;
      held[hit.path].insert(k);
      ++state.terms[k].lines;
    }
  }
  return held;
}

/// The test itself, or one of a class that is named.
bool is_authorised(const Ids& authorised, const LookFile& file, const LookUnit& unit) {
  if (unit.name.empty()) return false;
  std::string around = unit.of_class > 0 ? "::" + file.units[unit.of_class - 1].name : "";
  return std::any_of(authorised.begin(), authorised.end(), [&](const std::string& id) {
    std::string plain = id.substr(0, id.find('['));
    return plain == file.path + around + "::" + unit.name ||
           (!around.empty() && plain == file.path + around);
  });
}

/// Test files by how much of what is asked for they speak, the first few.
std::vector<std::pair<double, std::string>> candidates(LookState& state, const Ids& authorised) {
  std::map<std::string, std::set<size_t>> held = terms_in_tests(state);
  Ids named;
  for (const std::string& id : authorised) {
    std::string path = id.substr(0, id.find("::"));
    if (!state.is_test(path) || !state.tree.facts().has_path(path)) continue;
    named.insert(path);
    held[path];
  }
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [path, terms] : held) {
    double worth = named.contains(path) ? kAuthorised : 0;
    for (size_t k : terms) worth += state.terms[k].worth();
    order.emplace_back(-worth * (is_named_alike(state, path) ? kNamedAlike : 1), path);
  }
  std::sort(order.begin(), order.end());
  if (order.size() > kTestsLookedInto) order.resize(kTestsLookedInto);
  return order;
}

}  // namespace

void look_at_tests(LookState& state, const Ids& authorised) {
  // A long file speaks of everything: what counts is its best test.
  std::vector<std::pair<double, LookFile>> near;
  for (const auto& [less, path] : candidates(state, authorised)) {
    auto content = state.tree.facts().read(path);
    if (!content) continue;
    LookFile file = look_into(path, *content, state.terms);
    file.test = true;
    for (LookUnit& unit : file.units)
      unit.worth += is_authorised(authorised, file, unit) ? kAuthorised : 0;
    near.emplace_back(-best_of(file) * std::sqrt(-less), std::move(file));
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < near.size() && i < kMostTests; ++i) {
    if (near[i].first > near[0].first * kSecondTests) break;
    LookFile& file = near[i].second;
    double most = std::max(state.best(true), best_of(file));
    for (LookUnit& unit : file.units) {
      if (unit.kind == LookUnit::Kind::kHead) raise(unit, most);
    }
    state.files.push_back(std::move(file));
  }
}

std::vector<LookChoice> helpers_of_tests(LookState& state) {
  double most = state.best(true);
  Ids used;
  for (const LookChoice& choice : state.ranked(true)) {
    if (choice.worth < most * kCentre) break;
    const LookFile& file = state.files[choice.file];
    for (const UsedName& one : names_used(file, file.units[choice.unit].span)) {
      if (one.by_form) used.insert(one.name);
    }
  }
  std::vector<LookChoice> helpers;
  size_t shown = state.files.size();
  for (const auto& [name, paths] : state.definitions_of(used, true)) {
    if (paths.size() != 1) continue;
    size_t at = state.file_of(paths.front());
    if (at < shown || at == state.files.size()) continue;  // it is shown anyhow
    for (size_t k = 0; k < state.files[at].units.size(); ++k) {
      LookUnit& unit = state.files[at].units[k];
      if (unit.name == name) helpers.push_back({at, k, unit.worth});
      unit.worth = 0;
    }
  }
  return helpers;
}

}  // namespace gf::stage
