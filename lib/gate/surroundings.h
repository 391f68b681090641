// What a gate is started in. For this room's .cc files.
#pragma once

#include <string>

#include "gate/gate.h"

namespace gf::gate {

/// Where a gate is started.
std::string folder_in(const Gate& gate, const Place& place);
/// The variables that it sees: the same output everywhere, tools' caches in the place's own, and
/// the project's programs in front.
proc::Environment environment_for(const Gate& gate, const Place& place);

}  // namespace gf::gate
