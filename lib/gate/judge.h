// What became of a gate, by its exit code and its report. For this room's .cc files; what others
// ask of an outcome is in gate.h.
#pragma once

#include <string>

#include "gate/gate.h"
#include "proc/process.h"

namespace gf::gate {

/// The gate could not do its work, for this reason.
void broken(record::GateOutcome& outcome, std::string reason);

/// "exit 2" with the tool's own words behind it, when it said any.
std::string ended_with(int exit_code, const std::string& words, const char* more = "");

/// What exit code and report together mean. Where they disagree the gate is broken: a green that
/// nobody can explain is no green. `outcome` has what its report says. `readable`: it left one that
/// could be read. `words`: the tool's own, should it have crashed.
void judge(const Gate& gate, const proc::Outcome& ran, bool readable, const std::string& words,
           record::GateOutcome& outcome);

}  // namespace gf::gate
