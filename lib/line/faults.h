// What came of small faults in the changed lines, for who reads of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "record/gate.h"

namespace gf::line {

/// Of findings about faults that were not tried: one a file, or one of none.
inline constexpr const char* kNotTriedRule = "not-tried";

/// What came of small faults in the changed lines (Bench::mutate).
struct Faults {
  int noticed = 0;                         ///< by a test
  std::vector<record::Finding> survivors;  ///< those that no test noticed
  std::vector<record::Finding> not_tried;  ///< neither: of kNotTriedRule
};
/// As the outcome "mutation" has it.
Faults faults_in(const record::GateOutcome& outcome);
/// A line each, for who judges the change: what no test noticed, and what was not tried.
std::string survivors_text(const Faults& faults);
/// The same for who reads the pull request, an item each below a line that counts; empty where
/// there are none.
std::string mutation_text(const Faults& faults);

}  // namespace gf::line
