// How tools show that they could not do their work. For this room's .cc files.
#pragma once

#include <string>
#include <string_view>

#include "proc/process.h"

namespace gf::gate {

/// Is what a tool left no answer about the tree? `report`: how it is read (gate.h); `bad`: how many
/// findings or failed tests were read from it. By the tools' own habits:
///
/// | tool   | a no                          | a crash                                            |
/// |--------|-------------------------------|----------------------------------------------------|
/// | ruff   | exit 1 with findings          | exit 2; any exit without a finding                 |
/// | mypy   | exit 1; 2 with a syntax error | exit 2 without one, "INTERNAL ERROR", a traceback  |
/// | pytest | exit 1; 2 with errors         | exit 3 and 4, "INTERNALERROR>", no report          |
/// | pre-commit | exit 1 with failed hooks  | 3: a hook's environment cannot be made; any other  |
/// | jest, vitest, mocha, node --test | any with a report | 126, 127, 128 + signal; no report |
/// | ctest  | any with a report             | the same; no report and nothing that did not build |
/// | cargo  | 101, fmt 1, with something bad | the same without                                   |
/// | text   | exit 1                        | higher without a finding, a traceback              |
/// | exit   | any below 126                 | 126, 127 and 128 + signal                          |
///
/// A report that is missing or cut off is the caller's to see.
bool is_crash(std::string_view report, const proc::Outcome& ran, int bad);

/// The line in which a tool says why it crashed, as it printed it: of a Python traceback the
/// exception, else the last line that speaks of an error, else the last line. Empty: it said
/// nothing.
std::string own_words(std::string_view out, std::string_view err);

/// "was killed (signal 9); the machine may be short of memory", "ended by signal 11".
std::string signal_text(int signal);

}  // namespace gf::gate
