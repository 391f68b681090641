// The two halves of gates_for. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"

namespace gf::gate {

/// What the tree's files show: only tools that it configures, and pytest where there are tests.
std::vector<Gate> detect(const record::TreeFacts& tree, const std::string& python);

}  // namespace gf::gate
