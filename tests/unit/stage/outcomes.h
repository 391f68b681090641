// What a test gate said, in a line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "record/gate.h"

namespace gf::stage {

/// Of pytest, at TEST; it passed, whatever its tests say.
inline record::GateOutcome tests(std::vector<record::TestResult> results) {
  record::GateOutcome outcome;
  outcome.gate = "pytest";
  outcome.stage = "test";
  outcome.status = record::GateOutcome::Status::kPass;
  outcome.tests = std::move(results);
  return outcome;
}
inline record::TestResult passed(std::string id) {
  return {std::move(id), record::TestStatus::kPassed, "", ""};
}
inline record::TestResult failed(std::string id, std::string message = "assert 1 == 2") {
  return {std::move(id), record::TestStatus::kFailed, "assertion", std::move(message)};
}

}  // namespace gf::stage
