// Lock files of the run's tree: what a change of manifests leaves behind is brought up to date, so
// that gates, REVIEW and whoever merges it see one that agrees.
#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "env/locks.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/dossier.h"
#include "line/gatekeeper.h"
#include "line/journal.h"
#include "line/past.h"
#include "session/sandbox.h"

namespace gf::line {
namespace {

using Status = record::GateOutcome::Status;
using record::Finding;

constexpr size_t kLockMessageBytes = 300;
constexpr const char* kCompleted = "completed";

/// Nothing where it agreed already, and no tool had to write anything. `whole`: all of it is a
/// tool's, none of it was written by who changes things here.
std::optional<Finding> relock_finding(const env::Relocked& one, bool whole) {
  if (!one.wrong.empty()) {
    return Finding{
        one.lock.path, 0, kLockRule,
        fmt::format("{} agree with {}: {}; run '{}'", one.is_sure ? "does not" : "may not",
                    one.lock.manifest, clipped(printable(one.wrong), kLockMessageBytes), one.hint),
        "warning"};
  }
  if (one.now.empty()) return std::nullopt;
  return Finding{one.lock.path, 0, kLockRule,
                 fmt::format("{} with {} by {}", whole ? "brought up to date" : kCompleted,
                             one.lock.manifest, one.tool),
                 "note"};
}

}  // namespace

bool is_whole_lock(const Finding& lock) {
  return lock.severity == "note" && !lock.message.starts_with(kCompleted);
}

std::string locks_text(const std::vector<Finding>& locks) {
  std::string text;
  for (const Finding& lock : locks)
    text += fmt::format("{}: {} {}{}\n", kLockRule, lock.path,
                        lock.severity == "note" ? "was " : "", lock.message);
  return text;
}

Result<record::GateOutcome> Bench::ask_lockers(const std::vector<env::LockFile>& locks) {
  record::GateOutcome outcome;
  outcome.gate = kLockRule;
  outcome.stage = "validate";
  outcome.tree = tree();
  Stopwatch watch(context_.clock());
  GF_ASSIGN(auto relocked,
            env::relock(
                {base_facts_, facts(), workspace_->path(), assignment_.config.settings(),
                 context_.setup.environment, context_.cancel(),
                 context_.holder ? &context_.holder->sandbox : nullptr, context_.repo.common_dir()},
                locks));
  outcome.status = Status::kPass;
  auto is_tools = [&](const std::string& path) {
    auto before = facts().read(path);
    auto left = locked_.find(path);
    return before == base_facts_.read(path) ||
           (left != locked_.end() && before == left->second.first &&
            is_whole_lock(left->second.second));
  };
  for (const env::Relocked& one : relocked) {
    for (const auto& [path, text] : one.now) {
      workspace_->touched(path);
      if (path != one.lock.path)
        outcome.findings.push_back(
            {path, 0, kLockRule, fmt::format("{} by {}", kCompleted, one.tool), "note"});
    }
    if (auto finding = relock_finding(one, is_tools(one.lock.path)))
      outcome.findings.push_back(*std::move(finding));
    if (one.wrong.empty()) continue;
    outcome.status = Status::kFail;
    outcome.reason = fmt::format("{} {}", one.lock.path, outcome.findings.back().message);
  }
  GF_TRY(workspace_->take_back());  // a tool leaves more than its lock
  GF_ASSIGN(outcome.fixed, workspace_->snapshot());
  outcome.findings_total = static_cast<int>(outcome.findings.size());
  outcome.duration = watch.elapsed();
  if (outcome.status == Status::kPass) outcome.exit_code = 0;
  for (const Finding& finding : outcome.findings) {
    auto before = locked_.find(finding.path);
    bool again = before != locked_.end() && before->second.second.key() == finding.key();
    bool note = finding.severity == "note";
    if (!again || note)
      journal_.tell(note ? "note" : "warning",
                    fmt::format("{} {}{}", finding.path, note ? "is " : "", finding.message));
  }
  return outcome;
}

Result<std::vector<Finding>> Bench::relock(const std::vector<std::string>& changed) {
  std::vector<Finding> none;
  if (assignment_.wishes.rules < Rules::kRelocked) return none;
  std::vector<env::LockFile> locks = env::locks_concerned(facts(), changed);
  if (locks.empty()) return none;
  Oid before = tree();
  GF_ASSIGN(auto outcome, gates_->relock([&] { return ask_lockers(locks); }));
  if (tree() != before)
    facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, tree());
  std::vector<Finding> locks_left;
  std::set<std::string> now;
  for (const Finding& finding : outcome ? outcome->findings : none) {
    locked_[finding.path] = {facts().read(finding.path).value_or(""), finding};
    now.insert(finding.path);
  }
  // Asked again of a tree with them, tools have nothing to do, and what they wrote is theirs still.
  for (const auto& [path, left] : locked_) {
    bool stays = left.second.severity == "note" && facts().read(path) == left.first;
    if (stays || now.contains(path)) locks_left.push_back(left.second);
  }
  return locks_left;
}

}  // namespace gf::line
