// What a gate may reach. For this room's .cc files.
#pragma once

#include "gate/gate.h"
#include "proc/sandbox.h"

namespace gf::gate {

proc::Policy policy_for(const Gate& gate, const Place& place);
/// Says behind a no that the sandbox explains what would help.
void tell_hindrance(const Gate& gate, const Place& place, const proc::Outcome& ran,
                    record::GateOutcome& outcome);

}  // namespace gf::gate
