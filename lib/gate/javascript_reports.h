// Readers of what JavaScript's tools leave. For report_kinds.cc.
#pragma once

#include <string>
#include <string_view>

#include "gate/reports.h"

namespace gf::gate {

/// What our reporter of `node --test` writes (javascript_runner.cc): a JSON object a line, one a
/// test. A file that holds no test is none.
bool read_node_test(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// `jest --json`, and vitest's `--reporter=json`, which has the same form.
bool read_jest(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// mocha's `--reporter json`.
bool read_mocha(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// TAP, of ava and tape: names only, as it tells no files.
bool read_tap(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// eslint's `--format json`: warnings are kept, and are no reason to say no.
bool read_eslint(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// "src/a.ts(3,7): error TS2322: ...", as tsc writes without a terminal.
bool read_tsc(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);

/// Why a test failed, from "TypeError: x is not a function\n    at ...": assertion, missing-symbol
/// (something that `file`, the test's own, called by a name that is not there) or other.
std::string javascript_cause(std::string_view text, std::string_view file, const Scrubber& scrub);

}  // namespace gf::gate
