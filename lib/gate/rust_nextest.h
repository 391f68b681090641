// cargo-nextest in cargo test's place. For rust.cc and run.cc.
#pragma once

#include <optional>

#include "gate/gate.h"

namespace gf::gate {

/// What stands behind "cargo" where tests are run by nextest: each test a process of its own, told
/// a line an event, beside what cargo tells of the build.
const std::vector<std::string>& nextest_words();

/// The gate by `cargo test` where it asks for nextest and that is not installed: the same tests by
/// the same ids. Nothing: it is, or the gate does not ask.
std::optional<Gate> without_nextest(const Gate& gate, const proc::Environment& environment);

}  // namespace gf::gate
