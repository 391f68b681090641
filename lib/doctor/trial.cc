// The gates, tried on the base as a run tries them before it spends anything.
#include "line/trial.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock_text.h"
#include "base/text.h"
#include "doctor/inside.h"
#include "session/sandbox.h"

namespace gf::doctor {
namespace {

/// "12 tests, 0.8 s".
std::string what_it_did(const record::GateOutcome& outcome) {
  std::string took = clock_text(static_cast<double>(outcome.duration.count()) / 1000);
  if (outcome.stage != "test" || outcome.counts.executed() == 0) return took;
  return counted(static_cast<size_t>(outcome.counts.executed()), "test") + ", " + took;
}

bool is_bad(const Checks& checks, std::string_view name) {
  return std::any_of(checks.begin(), checks.end(), [&](const Check& check) {
    return check.name == name && check.health == Health::kBad;
  });
}

/// A gate that was looked for in vain and then did its work: a run makes the environment that it is
/// in, or it is a tool that does not tell its version. What was tried is what counts.
void believe(const record::GateOutcome& outcome, Checks& checks) {
  using Status = record::GateOutcome::Status;
  if (outcome.status != Status::kPass && outcome.status != Status::kFail) return;
  for (Check& check : checks) {
    if (check.name != "gate " + outcome.gate || check.health == Health::kGood) continue;
    check = good(check.name, outcome.tool_version.empty()
                                 ? "works where runs start it"
                                 : outcome.tool_version + ", where runs start it");
  }
}

}  // namespace

void try_gates(const Patient& patient, const Wish& wish, Checks& checks) {
  if (!patient.base || !patient.trusted || is_bad(checks, "gates") ||
      is_bad(checks, "repository") ||
      !session::holder_of(patient.context, patient.config.settings()).ok())
    return;
  session::Config config = patient.config;
  if (wish.offline) config.add("factory.install", "offline");  // an index is a remote too
  auto trial = line::try_on_base(patient.context, config, *patient.base);
  if (!trial.ok()) {
    checks.push_back(failed("run", trial.error()));
    return;
  }
  for (const record::GateOutcome& outcome : trial->outcomes) {
    believe(outcome, checks);
    if (outcome.status != record::GateOutcome::Status::kPass) continue;
    checks.push_back(
        good("run " + outcome.gate,
             fmt::format("passes on '{}' ({})", patient.base->name, what_it_did(outcome))));
  }
  for (const std::string& warning : trial->warnings) checks.push_back(note("run", warning, {}));
  if (trial->refused) checks.push_back(failed("run", *trial->refused));
}

}  // namespace gf::doctor
