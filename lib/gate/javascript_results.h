// What the readers of JavaScript's test reports share: how a result is made of a runner's words.
// For
// *_reports.cc.
#pragma once

#include <string>
#include <string_view>

#include "gate/reports.h"

namespace gf::gate {

/// Into the outcome, and counted.
void add_result(record::TestResult result, record::GateOutcome& outcome);

/// The message without the trace below it, and without what colours it.
std::string said_in(std::string_view text, const Scrubber& scrub);

/// `text`: what the runner says of it. `file`: the test's own.
record::TestResult failed_test(std::string id, std::string_view text, std::string_view file,
                               const Scrubber& scrub);

/// A file of tests that could not be loaded; `output` is what the runner says of it. Where it names
/// what is not there, or its types do not fit (ts-jest, ts-node), its tests may be fine once that
/// is mended: "compile".
record::TestResult unloaded(const std::string& file, std::string_view output,
                            const Scrubber& scrub);

}  // namespace gf::gate
