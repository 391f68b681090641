// What SCOUT saw that the spec has otherwise: names, literals and tests that PLAN could only guess.
// Applied to the spec when the tree shows it, and linted again as if PLAN had written it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "record/facts.h"
#include "record/json.h"
#include "record/spec.h"
#include "stage/rules.h"

namespace gf::stage {

/// One of them, as SCOUT gives it.
struct Correction {
  /// Where in the spec: "acceptance_criteria.AC2.then.1.expected", "touchpoints.2",
  /// "touchpoints" to add one. Items go by their id, else by their number from 1.
  std::string field;
  record::Json was;  ///< what stands there; null: nothing yet, and `is` is added
  record::Json is;   ///< what shall stand there; null: it is taken out
  std::string path;  ///< of the file that shows it
  int64_t line = 0;  ///< from 1
  std::string text;  ///< what stands in that line
};
std::vector<Correction> corrections_from_json(const record::Json& brief);

struct Corrected {
  record::Spec spec;
  std::vector<std::string> descriptions;  ///< a line each, for people: where, was, is, shown by
  std::vector<std::string> wrong;  ///< why some cannot be applied; then the spec is as it was
};
/// All of them or none. What was asked for is not SCOUT's to correct: `request`, `title`, `intent`
/// and every `source` stay, and so do ids. The corrected spec has no error of the linter that it
/// did not have before.
Corrected correct(const record::Spec& spec, const std::vector<Correction>& corrections,
                  const record::TreeFacts& tree, Rules rules = kNewestRules);

}  // namespace gf::stage
