// The fixers of a run's gates: what they make of a tree is on record, as an outcome named "fix".
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "git/workspace.h"
#include "line/change.h"
#include "line/gatekeeper.h"
#include "line/partial_fix.h"
#include "proc/jail.h"
#include "session/context.h"
#include "session/facts.h"
#include "store/store.h"

namespace gf::line {
namespace {

constexpr const char* kFix = "fix";

const record::GateOutcome* said_of_base(const std::vector<record::GateOutcome>& base,
                                        const std::string& gate) {
  for (const record::GateOutcome& outcome : base) {
    if (outcome.gate == gate) return &outcome;
  }
  return nullptr;
}

/// All that there is to look at, but files that are no longer there or no text are left as they
/// are.
std::optional<std::string> text_of(const git::Repo& repo, const git::Program& git, const Oid& tree,
                                   const std::string& path) {
  return session::GitFacts(repo, git, tree).read(path);
}

/// From one tree to another in this file, without context.
Result<std::vector<git::Hunk>> hunks_of(const git::Repo& repo, const Oid& from, const Oid& to,
                                        const std::string& path) {
  GF_ASSIGN(auto hunks, repo.hunks(from, to, 0));
  std::erase_if(hunks, [&](const git::Hunk& hunk) { return hunk.path != path; });
  return hunks;
}

bool was_made_by_hook(const record::GateOutcome& fix) {
  return std::any_of(fix.findings.begin(), fix.findings.end(), [](const record::Finding& finding) {
    return finding.rule.starts_with(kHookGate);
  });
}

}  // namespace

Result<void> Gatekeeper::keep_of_fix(const std::string& path, const Oid& base, const Oid& before,
                                     const Oid& after) {
  auto text = text_of(context_.repo, context_.git, before, path);
  GF_ASSIGN(auto rewritten, hunks_of(context_.repo, before, after, path));
  if (!text || rewritten.empty()) return Done{};
  GF_ASSIGN(auto change, Change::between(context_.repo, base, before));
  GF_ASSIGN(auto jail, proc::Jail::open(workspace_.path()));
  GF_TRY(jail.write(path, fixed_in_part(*text, rewritten, change.added_lines()[path])));
  workspace_.touched(path);
  return Done{};
}

Result<void> Gatekeeper::fix_by(const gate::Gate& gate, const gate::Fixable& files, const Oid& base,
                                record::GateOutcome& all) {
  std::vector<std::string> paths = files.whole;
  paths.insert(paths.end(), files.in_part.begin(), files.in_part.end());
  GF_ASSIGN(auto scratch, TemporaryFolder::make_in(cache_dir_, "scratch-"));
  GF_ASSIGN(auto where, place(scratch, gate.folder));
  Oid before = workspace_.tree();
  auto ran = gate::run_fixer(gate, where, paths, context_.cancel());
  // Whatever it did to them: a path that is not told stays on disk unseen.
  for (const std::string& path : paths) workspace_.touched(path);
  if (!ran.ok()) return ran.error();
  GF_TRY(context_.cancel().check());
  if (ran->status != record::GateOutcome::Status::kPass) {
    tell_("warning", fmt::format("the fixer of {} does not work: {}", gate.name, ran->reason), {});
    return workspace_.materialise(before);
  }
  GF_ASSIGN(auto after, workspace_.snapshot());
  for (const std::string& path : files.in_part) GF_TRY(keep_of_fix(path, base, before, after));
  if (!files.in_part.empty()) {
    GF_ASSIGN(after, workspace_.snapshot());
  }
  GF_ASSIGN(auto deltas, context_.repo.diff(before, after));
  for (const git::Delta& delta : deltas)
    all.findings.push_back({delta.path, 0, gate.name, "was rewritten", "note"});
  if (!all.argv.empty()) all.argv.emplace_back("&&");
  all.argv.insert(all.argv.end(), ran->argv.begin(), ran->argv.end());
  all.duration += ran->duration;
  return Done{};
}

Result<record::GateOutcome> Gatekeeper::really_fix(const std::vector<std::string>& changed,
                                                   const std::vector<record::GateOutcome>& base,
                                                   bool in_part) {
  record::GateOutcome all;
  all.gate = kFix;
  all.stage = "validate";
  all.tree = workspace_.tree();
  Stopwatch watch(context_.clock());
  for (const gate::Gate& gate : gates_) {
    if (gate.fix.empty() || !is_chosen(gate)) continue;
    const record::GateOutcome* before = said_of_base(base, gate.name);
    gate::Fixable files = gate::fixable(gate, changed, before);
    if (!in_part || is_hook(gate)) files.in_part.clear();
    if (files.whole.empty() && files.in_part.empty()) continue;
    GF_TRY(is_hook(gate) ? fix_by_hook(gate, files.whole, all)
                         : fix_by(gate, files, before == nullptr ? Oid() : before->tree, all));
  }
  spent_ += watch.elapsed();
  all.status = record::GateOutcome::Status::kPass;
  all.exit_code = 0;
  all.findings_total = static_cast<int>(all.findings.size());
  all.fixed = workspace_.tree();
  std::set<std::string> rewritten;
  for (const record::Finding& finding : all.findings) rewritten.insert(finding.path);
  all.reason = counted(rewritten.size(), "file") + " rewritten";
  return all;
}

Result<std::optional<record::GateOutcome>> Gatekeeper::fix(
    const std::vector<std::string>& changed, const std::vector<record::GateOutcome>& base,
    bool in_part) {
  using Found = std::optional<record::GateOutcome>;
  std::string key = join(changed, "\n");
  Found known;
  if (past_.gates() != nullptr) {
    auto kept = past_.outcome(workspace_.tree(), kFix, {key});
    if (!kept) return Found();
    known = std::move(kept->outcome);
  } else {
    known = active_.gate(workspace_.tree(), kFix, key);
    // A hook is the machine's and not the tree's: what it made is taken from the record.
    if (!known && past_.replays()) {
      auto kept = past_.outcome(workspace_.tree(), kFix, {key});
      if (kept && was_made_by_hook(kept->outcome)) known = std::move(kept->outcome);
    }
  }
  if (known && !known->fixed.is_zero()) {
    GF_TRY(workspace_.materialise(known->fixed));
  } else {
    GF_ASSIGN(known, really_fix(changed, base, in_part));
    if (known->argv.empty()) return Found();
    tell_("gate.end", "fix: " + known->reason,
          record::Json::object({{"gate", kFix},
                                {"status", record::name_of(known->status)},
                                {"ms", static_cast<int64_t>(known->duration.count())}}));
  }
  GF_ASSIGN(auto name, active_.put_gate(*known, key));
  names_.push_back(name);
  return known;
}

}  // namespace gf::line
