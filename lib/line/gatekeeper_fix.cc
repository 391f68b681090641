// The fixers of a run's gates: what they make of a tree is on record, as an outcome named "fix".
#include <fmt/format.h>

#include <set>

#include "base/files.h"
#include "base/text.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "session/context.h"
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

}  // namespace

Result<void> Gatekeeper::fix_by(const gate::Gate& gate, const std::vector<std::string>& paths,
                                record::GateOutcome& all) {
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
  GF_ASSIGN(auto deltas, context_.repo.diff(before, after));
  for (const git::Delta& delta : deltas)
    all.findings.push_back({delta.path, 0, gate.name, "was rewritten", "note"});
  if (!all.argv.empty()) all.argv.emplace_back("&&");
  all.argv.insert(all.argv.end(), ran->argv.begin(), ran->argv.end());
  all.duration += ran->duration;
  return Done{};
}

Result<record::GateOutcome> Gatekeeper::really_fix(const std::vector<std::string>& changed,
                                                   const std::vector<record::GateOutcome>& base) {
  record::GateOutcome all;
  all.gate = kFix;
  all.stage = "validate";
  all.tree = workspace_.tree();
  Stopwatch watch(context_.clock());
  for (const gate::Gate& gate : gates_) {
    if (gate.fix.empty() || !is_chosen(gate)) continue;
    std::vector<std::string> paths = gate::fixable(gate, changed, said_of_base(base, gate.name));
    if (!paths.empty()) GF_TRY(fix_by(gate, paths, all));
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
    const std::vector<std::string>& changed, const std::vector<record::GateOutcome>& base) {
  using Found = std::optional<record::GateOutcome>;
  std::string key = join(changed, "\n");
  Found known;
  if (past_.gates() != nullptr) {
    auto kept = past_.outcome(workspace_.tree(), kFix, {key});
    if (!kept) return Found();
    known = std::move(kept->outcome);
  } else {
    known = active_.gate(workspace_.tree(), kFix, key);
  }
  if (known && !known->fixed.is_zero()) {
    GF_TRY(workspace_.materialise(known->fixed));
  } else {
    GF_ASSIGN(known, really_fix(changed, base));
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
