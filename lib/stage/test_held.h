// What the tests of a change are held to beyond their own answer.
#pragma once

#include <vector>

#include "stage/test_judge.h"

namespace gf::stage {

/// A finding for each test of the base that passes only because of what the change did to tests (as
/// the base has it, it fails), and for each fault in the changed lines that no test notices, where
/// that is asked (Input::base_tests_on_change, Input::survivors).
std::vector<Finding> held_findings(const Input& in, const Tests& base, const Tests& now);

/// A finding for each thing that TEST did to a file beyond adding to it (Input::beyond_adding):
/// while there is one nothing has been run that could be judged.
std::vector<Finding> beyond_adding_findings(const Input& in);

}  // namespace gf::stage
