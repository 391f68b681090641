// PR: branch, commit, push, pull request: the engine's hands, and a yes from the forge.
#include "stage/parts.h"

namespace gf::stage {
namespace {

// --- Prompt ---
Result<std::vector<record::Message>> prompt(const Input&) { return std::vector<record::Message>{}; }

// --- Eval ---  the forge's answer is the judgement; the line has it already.
Result<Judgement> eval(const Input&, const Output& out) {
  return judged(Judgement::Kind::kPass, out.text);
}

// --- Telemetry ---
void telemetry(const Input&, const Output&, Meter&) {}

}  // namespace

const Stage kPr = {"pr", Actor::kTools, 0.0, "", "", {}, prompt, eval, telemetry};

}  // namespace gf::stage
