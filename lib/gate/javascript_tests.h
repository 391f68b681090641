// Gates that run JavaScript's tests. For javascript.cc.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"
#include "gate/javascript_project.h"

namespace gf::gate {

/// The gates of TEST that the project shows: a runner that its scripts or CI call, "test" first,
/// and further ones, where it can be told whose a file of tests is (`notes` says where it cannot);
/// else the one that it depends on; else node's own, where tests import it. None: it has no tests.
std::vector<Gate> javascript_tests(const JavaScriptProject& project,
                                   std::vector<std::string>& notes);

}  // namespace gf::gate
