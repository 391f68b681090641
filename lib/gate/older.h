// Releases of tools that do not know what their gate asks for. For this room's .cc files.
#pragma once

#include <optional>

#include "gate/gate.h"

namespace gf::gate {

/// The same gate as an older release of its tool takes it, where that is why it said nothing: mypy
/// before 1.11 has no --output, and its lines are read instead. Nothing: that is not why.
std::optional<Gate> for_older_release(const Gate& gate, const proc::Outcome& ran);

}  // namespace gf::gate
