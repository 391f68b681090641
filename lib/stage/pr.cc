// PR: branch, commit, push, pull request: the engine's hands, and a yes from the forge.
#include "stage/parts.h"

namespace gf::stage {
namespace {

// --- Prompt ---
Result<std::vector<record::Message>> prompt(const Input&) { return std::vector<record::Message>{}; }

// --- Eval ---
Result<Judgement> eval(const Input& in, const Output&) {
  auto url = in.policy.find("pr.url");
  if (url == in.policy.end()) return judged(Judgement::Kind::kStop, "no pull request was opened");
  return judged(Judgement::Kind::kPass, url->second);
}

// --- Telemetry ---
void telemetry(const Input&, const Output&, Meter&) {}

}  // namespace

const Stage kPr = {"pr", Actor::kTools, 0.0, "", "", {}, prompt, eval, telemetry};

}  // namespace gf::stage
