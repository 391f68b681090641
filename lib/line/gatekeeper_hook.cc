// The repository's own hooks among a run's gates. What they say of a tree is on record as any
// gate's; a replay takes it from there, for a hook is the machine's and not the tree's.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "git/staging.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "session/context.h"
#include "store/store.h"

namespace gf::line {
namespace {

using record::GateOutcome;
using Status = GateOutcome::Status;

constexpr size_t kProbe = 50;  ///< paths of the last commit that a hook is tried on
constexpr const char* kCommitMsg = "hook:commit-msg";

std::string files_key(const std::vector<std::string>& changed) {
  return "\x1f" + join(changed, "\n");
}

Error hook_broken(const GateOutcome& outcome) {
  return Error{Fault::kEnvironment,
               fmt::format("{} could not do its work, twice: {}", outcome.gate, outcome.reason),
               {},
               "this is not about the change; mend the hook and 'git factory resume', or go on "
               "without it: 'git -c factory.hooks=ignore factory resume'"};
}

}  // namespace

/// What the tree is staged on. Of the base itself nothing would be staged: so that it is known what
/// the hook says there, it is shown the files in question as new ones, or the last commit again
/// where that is a small one.
Result<Oid> Gatekeeper::head_for(const std::vector<std::string>& changed) const {
  git::Repo& repo = context_.repo;
  if (workspace_.tree() != ground_->tree) return ground_->commit;
  GF_ASSIGN(auto base, repo.commit(ground_->commit));
  if (!changed.empty()) {
    std::vector<git::PathChange> without;
    for (const std::string& path : changed) without.push_back({path, Oid(), {}});
    GF_ASSIGN(auto tree, repo.update_tree(base.tree, without));
    return repo.write_commit(tree, {base.id}, base.author, base.committer, "Before these files\n");
  }
  if (base.parents.empty()) return base.id;
  auto before = repo.commit(base.parents.front());
  if (!before.ok()) return base.id;  // a shallow clone
  GF_ASSIGN(auto deltas, repo.diff(before->tree, base.tree));
  return deltas.size() <= kProbe ? before->id : base.id;
}

Result<Gatekeeper::Called> Gatekeeper::call_hook(const gate::Gate& gate,
                                                 const std::vector<std::string>& changed,
                                                 const std::string& message) {
  Stopwatch watch(context_.clock());
  GF_ASSIGN(auto scratch, TemporaryFolder::make_in(cache_dir_, "scratch-"));
  GF_ASSIGN(auto where, place(scratch, gate.folder));
  where.on_output = progress_of(gate);
  GF_ASSIGN(auto head, head_for(changed));
  GF_ASSIGN(auto hooks, git::hooks_folder(context_.repo, context_.git));
  const std::string folder = scratch.path() + "/git", file = folder + "/COMMIT_EDITMSG";
  GF_ASSIGN(auto staging, git::Staging::make(context_.repo, context_.git,
                                             {folder, workspace_.path(), head, workspace_.tree(),
                                              ground_->branch, hooks}));
  for (const auto& [name, value] : staging.variables()) where.variables[name] = value;
  where.variables[kInsideHook] = "1";
  // What our own git would believe afterwards, and what the user laid down to be run.
  where.kept = {folder + "/config"};
  where.readable.push_back(hooks);
  gate::Gate now = gate;
  if (!message.empty()) {
    GF_TRY(write_file(file, message));
    now = commit_msg_gate(file);
  }
  Called called;
  auto ran = gate::run_gate(now, where, {}, staging.staged(), context_.cancel());
  auto modified = staging.modified();
  if (modified.ok()) called.modified = *modified;
  // Whatever it did to them: a path that is not told stays on disk unseen.
  for (const std::string& path : called.modified) workspace_.touched(path);
  spent_ += watch.elapsed();
  if (!ran.ok()) return ran.error();
  if (!modified.ok()) return modified.error();
  called.outcome = std::move(ran).value();
  if (called.outcome.status == Status::kCancelled) GF_TRY(context_.cancel().check());
  if (!message.empty()) called.message = read_file(file).value_or("");
  return called;
}

Result<GateOutcome> Gatekeeper::really_run_hook(const gate::Gate& gate,
                                                const std::vector<std::string>& changed) {
  if (changed.empty() || workspace_.tree() != ground_->tree) {
    auto said = hook_said_.find(workspace_.tree().hex());
    if (said != hook_said_.end()) return said->second;
  }
  tell_("gate.begin", gate.name, record::Json::object({{"gate", gate.name}}));
  Oid before = workspace_.tree();
  auto called = call_hook(gate, changed);
  // What a gate makes of the files is not the run's: only a fixer rewrites.
  GF_TRY(workspace_.materialise(before));
  if (!called.ok()) return called.error();
  GateOutcome outcome = std::move(called->outcome);
  if (!called->modified.empty() && outcome.status == Status::kFail)
    outcome.reason += "; it rewrites " + join(called->modified, ", ");
  std::string text = fmt::format("{} {}", gate.name, record::name_of(outcome.status));
  if (!outcome.reason.empty()) text += ": " + outcome.reason;
  tell_("gate.end", text,
        record::Json::object({{"gate", gate.name},
                              {"status", record::name_of(outcome.status)},
                              {"ms", static_cast<int64_t>(outcome.duration.count())}}));
  return outcome;
}

/// Known of the run, or asked. Nothing: nobody is asked any more, and nobody was.
Result<std::optional<GateOutcome>> Gatekeeper::one_hook(const gate::Gate& gate,
                                                        const std::vector<std::string>& changed,
                                                        OnCrash on_crash) {
  using Found = std::optional<GateOutcome>;
  std::string key = files_key(changed);
  Found outcome = active_.gate(workspace_.tree(), gate.name, key);
  bool known = outcome.has_value();
  if (!known && past_.replays()) {
    auto kept = past_.outcome(workspace_.tree(), gate.name, {key});
    if (kept) outcome = std::move(kept->outcome);
  } else if (!known && ground_) {
    GF_ASSIGN(outcome, twice_if_crashed(gate, {}, changed));
    bool unsettled = gate::crashed(*outcome) || outcome->status == Status::kTimeout;
    if (unsettled && on_crash == OnCrash::kStop && gate.stage == "validate")
      return hook_broken(*outcome);
    if (on_crash == OnCrash::kLeaveOut && gate::may_be_left_out(gate, *outcome)) return outcome;
  }
  if (!outcome) return Found();
  GF_ASSIGN(auto name,
            active_.put_gate(*outcome, key, known ? Milliseconds(0) : outcome->duration));
  names_.push_back(name);
  return outcome;
}

Result<void> Gatekeeper::add_hook(const gate::Gate& gate, const std::vector<std::string>& changed,
                                  OnCrash on_crash, std::vector<GateOutcome>& outcomes) {
  GF_ASSIGN(auto outcome, one_hook(gate, changed, on_crash));
  if (!outcome) return Done{};
  if (gate.stage != "validate" && outcome->status != Status::kPass) {
    tell_("warning",
          fmt::format(
              "{} says no, which nobody judges by (factory.hooks = warn): {}", gate.name,
              outcome->findings.empty() ? outcome->reason : outcome->findings.front().message),
          {});
  }
  outcomes.push_back(std::move(*outcome));
  return Done{};
}

/// What it makes of the files that the run changed is taken; anything else it does is not.
Result<void> Gatekeeper::fix_by_hook(const gate::Gate& gate, const std::vector<std::string>& paths,
                                     GateOutcome& all) {
  if (!ground_ || past_.replays()) return Done{};
  Oid before = workspace_.tree();
  auto called = call_hook(gate, paths);
  if (!called.ok() || called->outcome.status == Status::kBroken ||
      called->outcome.status == Status::kTimeout) {
    GF_TRY(workspace_.materialise(before));
    return called.ok() ? Result<void>(Done{}) : called.error();  // the gate will tell
  }
  GF_ASSIGN(auto after, workspace_.snapshot());
  GF_ASSIGN(auto deltas, context_.repo.diff(before, after));
  std::set<std::string> own(paths.begin(), paths.end());
  std::vector<git::PathChange> kept;
  for (const git::Delta& delta : deltas) {
    if (!own.contains(delta.path)) continue;
    kept.push_back({delta.path, delta.new_id, delta.new_kind});
    all.findings.push_back({delta.path, 0, gate.name, "was rewritten", "note"});
  }
  GF_ASSIGN(auto tree, context_.repo.update_tree(before, kept));
  GF_TRY(workspace_.materialise(tree));
  if (called->modified.empty()) hook_said_[before.hex()] = called->outcome;
  if (!all.argv.empty()) all.argv.emplace_back("&&");
  all.argv.insert(all.argv.end(), called->outcome.argv.begin(), called->outcome.argv.end());
  all.duration += called->outcome.duration;
  return Done{};
}

Result<Worded> Gatekeeper::ask_commit_msg(const std::string& message) {
  Worded worded{Worded::Said::kYes, message, {}};
  std::optional<GateOutcome> known = active_.gate(workspace_.tree(), kCommitMsg, {});
  if (!known && past_.replays()) {
    auto kept = past_.outcome(workspace_.tree(), kCommitMsg, {std::string()});
    if (kept) known = std::move(kept->outcome);
  }
  if (!known && (past_.replays() || !ground_)) return worded;
  if (!known) {
    Oid before = workspace_.tree();
    auto called = call_hook(commit_msg_gate(""), {}, message);
    GF_TRY(workspace_.materialise(before));
    if (!called.ok()) return called.error();
    const GateOutcome& outcome = called->outcome;
    if (outcome.status != Status::kPass) {
      bool says_no = outcome.status == Status::kFail && !outcome.findings.empty();
      worded.said = says_no ? Worded::Said::kNo : Worded::Said::kBroken;
      worded.words = says_no ? outcome.findings.front().message : outcome.reason;
      return worded;
    }
    worded.message = called->message;
    known = outcome;
    known->reason = trim(worded.message) == trim(message) ? "" : "it changed the message";
  }
  GF_ASSIGN(auto name, active_.put_gate(*known, {}, known->duration));
  names_.push_back(name);
  return worded;
}

}  // namespace gf::line
