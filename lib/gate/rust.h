// What Rust's gates share with who asks for projects. For this room's .cc files.
#pragma once

#include "gate/gate.h"

namespace gf::gate {

/// Does cargo, as the gate starts it, go through all members of the workspace?
bool takes_members(const Gate& gate);

}  // namespace gf::gate
