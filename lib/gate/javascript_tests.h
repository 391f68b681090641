// Gates that run JavaScript's tests. For javascript.cc.
#pragma once

#include <optional>

#include "gate/gate.h"
#include "gate/javascript_project.h"

namespace gf::gate {

/// The gate of TEST that the project shows: the runner that its scripts call, "test" first; else
/// the one that it depends on; else node's own, where tests import it. Nothing: it has no tests.
std::optional<Gate> javascript_tests(const JavaScriptProject& project);

}  // namespace gf::gate
