// What is looked at for a spec: its names, the files that have a part in it, and how much each
// piece of them is worth. For this room's .cc files.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "stage/look_terms.h"
#include "stage/look_units.h"

namespace gf::stage {

/// A unit of a file by its place, and its worth.
struct LookChoice {
  size_t file, unit;
  double worth;
};

/// Files are added while more is found; a LookFile& does not outlive file_of().
class LookState {
 public:
  /// What is handed in must outlive it.
  LookState(const Searched& searched, const std::vector<std::string>& test_paths)
      : tree(searched), tests(test_paths) {}
  /// The place of a file, which is looked into when it was not yet; files.size() when there is
  /// none.
  size_t file_of(const std::string& path);
  [[nodiscard]] bool is_test(const std::string& path) const;
  [[nodiscard]] bool is_touched(const std::string& path) const;
  /// Does it define a name of what is asked for, or asked for with?
  [[nodiscard]] bool is_named(const LookUnit& unit) const;
  /// The highest worth of a unit, of tests or of all else.
  [[nodiscard]] double best(bool of_tests) const;
  /// All units of tests, or of all else, by their worth.
  [[nodiscard]] std::vector<LookChoice> ranked(bool of_tests) const;
  /// The files in which names are defined, by name: those of tests, or of all else.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> definitions_of(
      const std::set<std::string>& names, bool in_tests) const;

  const Searched& tree;
  const std::vector<std::string>& tests;  ///< patterns
  std::vector<Term> terms;
  std::vector<Searched::Hit> hits;  ///< of the terms
  std::vector<LookFile> files;      ///< those that are touched first
};

/// The highest worth of its units.
double best_of(const LookFile& file);
inline void raise(LookUnit& unit, double worth) { unit.worth = std::max(unit.worth, worth); }

inline constexpr size_t kManyDefinitions = 3;  ///< a name that more define tells no place
inline constexpr double kCentre = 0.3;  ///< of the best unit's worth: what is less is no centre

/// Raises what belongs to the units that are worth most: the class around with its head and
/// members, what they call here and elsewhere, and who calls them. Adds the files of these.
void follow_relations(LookState& state);

/// Adds the test files that speak most of what is asked for, with `authorised` (ids of tests that a
/// criterion may change, and paths) before all others.
void look_at_tests(LookState& state, const std::set<std::string>& authorised);
/// Adds files for tests that these use, by what they define; the units in question.
std::vector<LookChoice> helpers_of_tests(LookState& state);

}  // namespace gf::stage
