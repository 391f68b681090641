// What a red gate names, and why a test gate is red although none of its tests is: in words for a
// prompt.
#pragma once

#include <string>
#include <vector>

#include "record/gate.h"

namespace gf::stage {

/// What a gate that is not green says no to: ", 6 findings in a.rs, b.rs and 2 other files", ",
/// 3 of 74 tests fail: t.py::test_a, t.py::test_b and 1 other"; of what it names the first few,
/// each once, and how many more there are. Of one that is green or names nothing, how many findings
/// and tests there are: ", 74 tests". Empty when there are neither.
std::string told_of(const record::GateOutcome& outcome);
/// Of that the names alone, to stand behind a count or a reason: " in a.rs, b.rs and 2 other
/// files",
/// ": t.py::test_a and 3 others"; empty when nothing is named.
std::string named_by(const record::GateOutcome& outcome);
std::string files_named(const std::vector<record::Finding>& findings);

/// The gate's reason, and below it the runner's last lines, which name a coverage floor or a plugin
/// that said no; begins with ": ", ends without a line break. Lines that tell how long something
/// took are left out: a prompt must not differ between days. Empty for a gate that is green, that
/// runs no tests, or whose failed tests say why.
std::string red_without_a_test(const record::GateOutcome& outcome);

/// Is a test gate red although tests ran and none failed?
bool is_red_without_a_test(const record::GateOutcome& outcome);
/// And is it so for the sake of a coverage floor, in the words of pytest-cov, coverage.py, jest,
/// vitest, c8 or nyc? Of some of the tests that says nothing: the floor is of all.
bool is_red_by_floor(const record::GateOutcome& outcome);

}  // namespace gf::stage
