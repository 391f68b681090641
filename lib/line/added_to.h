// What a change did to the files that TEST may only add to (entitlement.h: added_to).
#pragma once

#include <vector>

#include "line/acts.h"

namespace gf::line {

/// What TEST did to such files that is more than adding tests, since it found them as BUILD left
/// them (Dossier::found_by_test); tests that a criterion authorises apart. A finding each.
Result<std::vector<record::Finding>> beyond_adding(Parts& parts);

/// The lists of what is built that `change` gave new tests, as what it began with with these alone:
/// so new tests are built on code that the change has not touched. At most those beside code; one
/// among the tests is laid back whole.
Result<std::vector<git::PathChange>> lists_with_tests(Parts& parts, const Change& change);

}  // namespace gf::line
