// Why a test gate is red although none of its tests is, in words for a prompt.
#pragma once

#include <string>

#include "record/gate.h"

namespace gf::stage {

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
