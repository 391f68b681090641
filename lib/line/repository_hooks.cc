// A hook is run as a gate named "hook:<name>", and its outcome kept as one.
#include "line/repository_hooks.h"

#include <fmt/format.h>

#include "base/text.h"
#include "session/config.h"

namespace gf::line {
namespace {

constexpr const char* kKey = "factory.hooks";
constexpr const char* kPolicy = "hooks.pre-commit";  // git-factory-record(5)
constexpr Milliseconds kTime{600000};                // it may run tests, or fetch what it runs

std::optional<HookWay> way_named(std::string_view word) {
  for (HookWay way : {HookWay::kRun, HookWay::kWarn, HookWay::kIgnore}) {
    if (word == name_of(way)) return way;
  }
  return std::nullopt;
}

gate::Gate hook_gate(const std::string& name) {
  gate::Gate gate;
  gate.name = std::string(kHookGate) + name;
  gate.argv = {"git", "hook", "run", "--ignore-missing", name};
  gate.report = "hook";
  gate.timeout = kTime;
  // Where the programs that hooks mostly are keep what they have.
  gate.environment = {"PRE_COMMIT_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                      "NVM_DIR",         "VOLTA_HOME",     "PNPM_HOME",       "CARGO_HOME",
                      "RUSTUP_HOME",     "GOPATH"};
  gate.why = "the repository's own hook";
  gate.detected = true;
  return gate;
}

}  // namespace

std::string_view name_of(HookWay way) {
  switch (way) {
    case HookWay::kRun:
      return "run";
    case HookWay::kWarn:
      return "warn";
    case HookWay::kIgnore:
      return "ignore";
  }
  return "run";
}

Result<HookWay> hook_way(const session::Config& config) {
  std::string word = lower(config.get(kKey, "run"));
  if (auto way = way_named(word)) return *way;
  return Error{Fault::kConfiguration,
               fmt::format("{} is '{}'", kKey, printable(clipped(word, 60))),
               {},
               "it is one of run, warn, ignore"};
}

gate::Gate pre_commit_gate(HookWay way) {
  gate::Gate gate = hook_gate("pre-commit");
  gate.stage = way == HookWay::kRun ? "validate" : "advice";
  if (way == HookWay::kRun) gate.fix = gate.argv;
  return gate;
}

gate::Gate commit_msg_gate(const std::string& file) {
  gate::Gate gate = hook_gate("commit-msg");
  gate.stage = "pr";
  gate.argv.insert(gate.argv.end(), {"--", file});
  return gate;
}

std::optional<HookWay> pre_commit_of(const record::RunRecord& run) {
  auto found = run.policy.find(kPolicy);
  return found == run.policy.end() ? std::nullopt : way_named(found->second);
}

void keep_pre_commit(record::RunRecord& run, HookWay way) {
  run.policy[kPolicy] = std::string(name_of(way));
}

}  // namespace gf::line
