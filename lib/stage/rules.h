// Which rules a run goes by.
#pragma once

namespace gf::stage {

/// A run keeps the number of the rules that it was begun with, and is resumed and replayed by them:
/// a judge that has changed its mind keeps the old one for old runs.
enum class Rules {
  kFirst = 1,           ///< TEST ran VALIDATE's gates itself, unseen; records that name no rules
  kTestsValidated = 2,  ///< "validate-tests" is a step of its own
  /// A brief's paths are paths and no patterns; tools say whether what they wrote parses; the final
  /// answer may come with the last calls; specs are judged by the table of kinds (kinds.h).
  /// Fixers run; BUILD and TEST may check; findings are compared whole and by where lines have
  /// moved; tests that fail are run again before they are held against the change.
  kOwners = 3,
  /// A repository may hold several projects (gate::projects_in): each has its own gates and
  /// environment, and those of the projects that the change concerns are run. Before, all gates
  /// were the root's.
  kProjects = 4
};
inline constexpr Rules kNewestRules = Rules::kProjects;

}  // namespace gf::stage
