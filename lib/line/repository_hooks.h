// The hooks that the repository has for a commit: which are asked, and how much they may decide.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "gate/gate.h"
#include "record/run.h"

namespace gf::session {
class Config;
}  // namespace gf::session

namespace gf::line {

/// factory.hooks: what the delivered commit has to pass before git's own `commit` would be done.
enum class HookWay {
  kRun,    ///< a no is a finding, and holds up the delivery
  kWarn,   ///< a no is told
  kIgnore  ///< nobody is asked
};
Result<HookWay> hook_way(const session::Config& config);
std::string_view name_of(HookWay way);

/// Gates whose names begin so are hooks of git's: "hook:pre-commit", "hook:commit-msg".
inline constexpr std::string_view kHookGate = "hook:";
inline bool is_hook(const gate::Gate& gate) { return gate.name.starts_with(kHookGate); }

/// The pre-commit hook as a gate: of VALIDATE, with itself as its fixer, where it may decide; else
/// of no stage ("advice"), so that it is on record and nobody judges by it. git finds and starts
/// it, in the repository that Gatekeeper makes for it.
gate::Gate pre_commit_gate(HookWay way);
/// The commit-msg hook on the message in `file`.
gate::Gate commit_msg_gate(const std::string& file);

/// What the gate was when the run began, on its record; nothing: it had none. A run keeps to it.
std::optional<HookWay> pre_commit_of(const record::RunRecord& run);
void keep_pre_commit(record::RunRecord& run, HookWay way);

/// What a commit would be made on.
struct HookGround {
  Oid commit, tree;  ///< the base
  RefName branch;    ///< what HEAD names
};

/// What a commit-msg hook made of a message.
struct Worded {
  enum class Said { kYes, kNo, kBroken };
  Said said = Said::kYes;
  std::string message;  ///< as the hook left it; as it was given where it said no
  std::string words;    ///< the hook's own, where it did not say yes
};

/// A hook that was asked something by this variable's name asks no hook again: a hook may well call
/// git-factory.
inline constexpr const char* kInsideHook = "GIT_FACTORY_HOOK";

}  // namespace gf::line
