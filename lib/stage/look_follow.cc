// What belongs to the place of a change: a reader of a function reads its class, what it calls, and
// who calls it.
#include <array>

#include "base/text.h"
#include "stage/look_state.h"

namespace gf::stage {
namespace {

constexpr size_t kNear = 40;           ///< lines: what is called so near is called for it
constexpr size_t kMostCentres = 8;     ///< units whose relations are followed
constexpr size_t kMostCalled = 40;     ///< names that are looked up
constexpr size_t kMostCalling = 2000;  ///< lines that may call one of them
constexpr size_t kMostElsewhere = 6;   ///< files that the spec does not touch
constexpr size_t kFewCallers = 3;      ///< of a function; more are its use
/// Shares of a unit's worth that what belongs to it has.
constexpr double kOfClassHead = 0.6, kOfCalled = 0.4, kOfConstructor = 0.35,
                 kOfCalledElsewhere = 0.35, kOfFileHead = 0.3, kOfMember = 0.2, kOfCaller = 0.25;
/// Of the best unit's worth: below it nothing is followed, and the same once relations count.
constexpr std::array<double, 2> kFollowed = {kCentre, kCentre / 2};
constexpr double kOfTouched = 0.5;  ///< of the best: what is best in each touched file

using UnitKind = LookUnit::Kind;

/// Each file that is touched has its place in it, however little its lines say of it.
void weigh_touched(LookState& state) {
  double most = state.best(false);
  for (LookFile& file : state.files) {
    double own = file.touched ? best_of(file) : 0;
    if (own <= 0 || own >= most * kOfTouched) continue;
    for (LookUnit& unit : file.units) unit.worth *= most * kOfTouched / own;
  }
}

/// Files that define what is asked for, and are not touched.
void look_elsewhere(LookState& state) {
  std::map<std::string, double> worth;
  for (const Searched::Hit& hit : state.hits) {
    auto syntax = syntax_of(hit.path);
    if (!syntax || state.is_test(hit.path) || state.is_touched(hit.path) ||
        definition_lines({hit.text}, *syntax).empty())
      continue;
    for (const Term& term : state.terms) {
      bool asked = term.weight >= kAskedFor && term.defined <= kManyDefinitions;
      if (asked && defined_name(hit.text) == term.name) worth[hit.path] += term.definition_worth();
    }
  }
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [path, much] : worth) order.emplace_back(-much, path);
  std::sort(order.begin(), order.end());
  if (order.size() > kMostElsewhere) order.resize(kMostElsewhere);
  for (const auto& one : order) state.file_of(one.second);
}

/// What the line stands near to that matters, from 0.3 to 1: most of a long function is about
/// something else.
double nearness(const LookFile& file, Span span, size_t line) {
  if (span.last - span.first <= kNear) return 1;
  double most = 0, near = 0;
  for (size_t i = span.first; i <= span.last; ++i) {
    double worth = file.line_worth[i];
    most = std::max(most, worth);
    size_t far = i > line ? i - line : line - i;
    if (far <= kNear) near = std::max(near, worth * (1 - static_cast<double>(far) / (2.0 * kNear)));
  }
  return most <= 0 ? 1 : std::max(0.3, near / most);
}

void raise_members(LookFile& file, size_t of_class, double worth) {
  for (LookUnit& member : file.units) {
    if (member.of_class != of_class) continue;
    bool makes = member.name == "__init__" || member.name == "constructor" ||
                 member.name == file.units[of_class - 1].name;
    raise(member, worth * (makes ? kOfConstructor : kOfMember));
  }
}

/// The names that a unit uses, by how near to what matters it does; those by whose form something
/// is meant that is defined somewhere are in `by_form`.
std::map<std::string, double> used_by(const LookFile& file, size_t which, size_t of_class,
                                      std::set<std::string>& by_form) {
  std::map<std::string, double> used;
  for (const UsedName& one : names_used(file, file.units[which].span)) {
    bool called = file.source[one.line].find(one.name + "(") != std::string::npos;
    double near = nearness(file, file.units[which].span, one.line);
    used[one.name] = std::max(used[one.name], called ? near : near / 2);
    if (one.by_form) by_form.insert(one.name);
  }
  if (of_class == 0) return used;
  for (const UsedName& one : names_used(file, file.units[of_class - 1].header)) {
    used[one.name] = 1;
    by_form.insert(one.name);
  }
  return used;
}

/// What a unit belongs to, and what it uses, in its own file; what it uses elsewhere goes into
/// `called`, with the worth of what calls it.
void follow_unit(LookFile& file, size_t which, std::map<std::string, double>& called) {
  double worth = file.units[which].worth;
  bool is_class = file.units[which].kind == UnitKind::kClass;
  size_t of_class = is_class ? which + 1 : file.units[which].of_class;
  if (of_class > 0) {
    raise(file.units[of_class - 1], worth * kOfClassHead);
    raise_members(file, of_class, worth);
  }
  std::set<std::string> by_form;
  for (const auto& [name, near] : used_by(file, which, of_class, by_form)) {
    std::vector<size_t> defining;
    for (size_t k = 0; k < file.units.size(); ++k) {
      if (file.units[k].name == name) defining.push_back(k);
    }
    if (defining.empty() && by_form.contains(name))
      called[name] = std::max(called[name], worth * near);
    auto parts = std::count_if(defining.begin(), defining.end(),
                               [&](size_t k) { return file.units[k].part; });
    if (defining.size() - static_cast<size_t>(parts) > kManyDefinitions) continue;
    for (size_t k : defining) {
      if (k == which) continue;
      raise(file.units[k], worth * near * kOfCalled);
      if (file.units[k].kind == UnitKind::kClass)
        raise_members(file, k + 1, worth * near * kOfCalled);
    }
  }
}

/// Where the names are defined that are called and not defined beside it.
void look_up_called(LookState& state, const std::map<std::string, double>& called) {
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [name, worth] : called) order.emplace_back(-worth, name);
  std::sort(order.begin(), order.end());
  if (order.size() > kMostCalled) order.resize(kMostCalled);
  std::set<std::string> names;
  for (const auto& one : order) names.insert(one.second);
  auto defined = state.definitions_of(names, false);
  for (const auto& [less, name] : order) {
    const std::vector<std::string>& paths = defined[name];
    if (paths.empty() || paths.size() > kManyDefinitions) continue;
    double worth = -less * kOfCalledElsewhere / static_cast<double>(paths.size());
    for (const std::string& path : paths) {
      size_t at = state.file_of(path);
      if (at == state.files.size()) continue;
      LookFile& file = state.files[at];
      for (size_t k = 0; k < file.units.size(); ++k) {
        if (file.units[k].name != name) continue;
        raise(file.units[k], worth);
        if (file.units[k].kind == UnitKind::kClass) raise_members(file, k + 1, worth);
      }
    }
  }
}

/// Adds the files that call it, where they are few.
void look_at_callers(LookState& state, const std::string& name) {
  std::set<std::string> paths;
  for (const Searched::Hit& hit : state.tree.lines_with({name + "("}, kMostCalling)) {
    if (syntax_of(hit.path) && !state.is_test(hit.path) && holds_word(hit.text, name))
      paths.insert(hit.path);
  }
  if (paths.size() > kFewCallers + 1) return;
  for (const std::string& path : paths) state.file_of(path);
}

/// Functions of the files that are looked into which use it by its name.
void follow_callers(LookState& state, const std::string& name, double worth) {
  std::vector<LookUnit*> callers;
  for (LookFile& file : state.files) {
    if (file.test) continue;
    for (LookUnit& unit : file.units) {
      if (unit.kind != UnitKind::kFunction || unit.name == name) continue;
      std::vector<UsedName> used = names_used(file, unit.span);
      bool calls = std::any_of(used.begin(), used.end(), [&](const UsedName& one) {
        return one.by_form && one.name == name;
      });
      if (calls) callers.push_back(&unit);
    }
  }
  if (callers.size() > kFewCallers) return;
  for (LookUnit* unit : callers) raise(*unit, worth * kOfCaller);
}

}  // namespace

void follow_relations(LookState& state) {
  weigh_touched(state);
  look_elsewhere(state);
  double most = state.best(false);
  for (LookFile& file : state.files) {
    for (LookUnit& unit : file.units) {
      if (unit.kind == UnitKind::kHead && file.touched) raise(unit, most * kOfFileHead);
    }
  }
  // Twice, as a class leads to its members, and these to what they call.
  std::set<std::pair<size_t, size_t>> followed;
  std::map<std::string, double> called;
  for (double share : kFollowed) {
    std::vector<LookChoice> centres = state.ranked(false);
    std::erase_if(centres, [&](const LookChoice& choice) {
      const LookFile& file = state.files[choice.file];
      return !file.touched || file.units[choice.unit].name.empty() || choice.worth < most * share;
    });
    if (centres.size() > kMostCentres) centres.resize(kMostCentres);
    for (const LookChoice& choice : centres) {
      if (followed.emplace(choice.file, choice.unit).second)
        follow_unit(state.files[choice.file], choice.unit, called);
    }
  }
  look_up_called(state, called);
  std::map<std::string, double> centres;
  for (const auto& [file, which] : followed) {
    const LookUnit& unit = state.files[file].units[which];
    if (!unit.name.starts_with("__") && unit.worth >= most * kCentre)
      centres[unit.name] = std::max(centres[unit.name], unit.worth);
  }
  for (const auto& one : centres) look_at_callers(state, one.first);
  for (const auto& [name, worth] : centres) follow_callers(state, name, worth);
}

}  // namespace gf::stage
