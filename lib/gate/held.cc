#include "gate/held.h"

#include <fmt/format.h>

namespace gf::gate {

proc::Policy policy_for(const Gate& gate, const Place& place) {
  proc::Policy policy;
  policy.readable = place.readable;
  policy.writable = {place.worktree, place.scratch, place.cache};
  policy.writable.insert(policy.writable.end(), place.writable.begin(), place.writable.end());
  policy.kept = place.kept;
  policy.kept.push_back(place.worktree + "/.git");
  policy.network = gate.network;
  policy.scratch = place.scratch;
  policy.cache = place.cache + "/home";
  return policy;
}

void tell_hindrance(const Gate& gate, const Place& place, const proc::Outcome& ran,
                    record::GateOutcome& outcome) {
  bool held = place.sandbox != nullptr && place.sandbox->kind() != proc::Sandbox::Kind::kNone;
  if (!held || outcome.status == record::GateOutcome::Status::kPass) return;
  auto why = proc::hindrance(ran, policy_for(gate, place),
                             fmt::format("factory-gate.{}.network", gate.name));
  if (why) outcome.reason += fmt::format(" ({})", *why);
}

}  // namespace gf::gate
