// What the tests of a change are held to beyond their own answer.
#pragma once

#include <vector>

#include "stage/test_judge.h"

namespace gf::stage {

/// A finding for each test of the base that passes only because of what the change did to tests (as
/// the base has it, it fails), and for each fault in the changed lines that no test notices, where
/// that is asked (Input::base_tests_on_change, Input::survivors).
std::vector<Finding> held_findings(const Input& in, const Tests& base, const Tests& now);

}  // namespace gf::stage
