#include "gate/held.h"

#include <fmt/format.h>

#include <filesystem>

#include "proc/work.h"

namespace gf::gate {

std::string users_hooks(const proc::Environment& environment, const std::string& cache_of_gate) {
  std::error_code failed;
  if (std::filesystem::exists(cache_of_gate + "/home/pre-commit/db.db", failed)) return {};
  std::string folder = environment.get("PRE_COMMIT_HOME"),
              cache = environment.get("XDG_CACHE_HOME");
  if (folder.empty())
    folder = (cache.empty() ? environment.get("HOME") + "/.cache" : cache) + "/pre-commit";
  return std::filesystem::exists(folder + "/db.db", failed) ? folder : std::string();
}

proc::Policy policy_for(const Gate& gate, const Place& place) {
  proc::Workplace at{place.readable, {place.worktree, place.scratch, place.cache}, {}};
  at.writable.insert(at.writable.end(), place.writable.begin(), place.writable.end());
  proc::Policy policy = proc::policy_for(proc::Work::kGate, place.environment, at);
  bool hooks = gate.report == "pre-commit" || gate.report == "hook";
  if (hooks) policy.readable.push_back(users_hooks(place.environment, place.cache));
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
  auto why =
      proc::hindrance(ran, policy_for(gate, place),
                      fmt::format("factory-gate.{}.network", gate.name), place.sandbox->kind());
  if (why) outcome.reason += fmt::format(" ({})", *why);
}

}  // namespace gf::gate
