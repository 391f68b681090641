// Were the gates green on the approved tree?
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "record/habit.h"
#include "verify/evidence.h"

namespace gf::verify {
namespace {

using record::GateOutcome;
using record::TestStatus;

constexpr size_t kMaxGateRecord = 64u << 20;

Result<GateOutcome> outcome_of(const git::Repo& repo, const Oid& blob) {
  GF_ASSIGN(auto text, repo.read_blob(blob, kMaxGateRecord));
  GF_ASSIGN(auto json, record::Json::parse(text));
  return record::gate_outcome_from_json(json);
}

/// "gate-<tree>-<name>-<key>.json" -> "<name>", for the records about `tree`.
std::optional<std::string> gate_in(const std::string& file, const Oid& tree) {
  std::string prefix = "gate-" + tree.short_hex(10) + "-";
  size_t end = file.rfind('-');
  if (!file.starts_with(prefix) || end < prefix.size()) return std::nullopt;
  return file.substr(prefix.size(), end - prefix.size());
}

/// What may be asked of the approved change itself.
struct Approved {
  record::PathsBelow paths;
  std::vector<std::string> changed;
};

Result<Approved> approved_in(const git::Repo& repo, const Approval& approval) {
  Approved approved;
  Oid tree = approval.verdict.tree;
  GF_ASSIGN(auto deltas, repo.diff(approval.run.base_tree, tree));
  for (const git::Delta& delta : deltas) approved.changed.push_back(delta.path);
  approved.paths = [&repo, tree](std::string_view folder, size_t limit) {
    std::vector<std::string> found;
    std::string prefix = folder.empty() ? "" : std::string(folder) + "/";
    auto walked = repo.walk_files(tree, [&](const std::string& path, const git::TreeEntry&) {
      if (path.starts_with(prefix)) found.push_back(path);
      return found.size() < limit;
    });
    if (!walked.ok()) found.clear();
    return found;
  };
  return approved;
}

/// Everything that is wrong now was wrong before, or is how things are here. Only then is a red
/// gate not this change's doing.
bool as_red_as(const GateOutcome& as_recorded, const GateOutcome& now, const Approved& approved) {
  GateOutcome base = record::with_habits(as_recorded, now, {}, approved.paths, approved.changed);
  if (now.status != GateOutcome::Status::kFail || base.status != GateOutcome::Status::kFail)
    return false;
  if (now.findings_total > base.findings_total) return false;
  if (!record::new_findings(base.findings, now.findings, {}).empty()) return false;
  std::set<std::string> failed_before;
  for (const record::TestResult& test : base.tests) {
    if (test.status != TestStatus::kPassed) failed_before.insert(test.id);
  }
  return std::all_of(now.tests.begin(), now.tests.end(), [&](const record::TestResult& test) {
    return test.status == TestStatus::kPassed || test.status == TestStatus::kSkipped ||
           failed_before.contains(test.id);
  });
}

/// Every test that failed here passed when it was run again on this very tree.
bool failed_by_accident(const GateOutcome& now, const std::set<std::string>& passed) {
  if (now.status != GateOutcome::Status::kFail || now.counts.failed == 0) return false;
  return now.findings_total == 0 &&
         std::all_of(now.tests.begin(), now.tests.end(), [&](const record::TestResult& test) {
           return test.status == TestStatus::kPassed || test.status == TestStatus::kSkipped ||
                  passed.contains(test.id);
         });
}

}  // namespace

Result<std::optional<Refusal>> judge_gates(const git::Repo& repo, Approval& approval) {
  const Oid& tree = approval.verdict.tree;
  std::set<std::string> ran, on_base;
  std::vector<GateOutcome> outcomes;
  std::map<std::string, std::set<std::string>> passed;  // by gate, of all its outcomes on the tree
  for (const auto& [file, blob] : approval.files) {
    if (auto gate = gate_in(file, approval.run.base_tree)) on_base.insert(*gate);
    std::optional<std::string> gate = gate_in(file, tree);
    if (!gate) continue;
    GF_ASSIGN(auto now, outcome_of(repo, blob));
    if (now.tree != tree) continue;
    ran.insert(*gate);
    for (const record::TestResult& test : now.tests) {
      if (test.status == TestStatus::kPassed) passed[*gate].insert(test.id);
    }
    now.gate = *gate;
    outcomes.push_back(std::move(now));
  }
  for (const GateOutcome& now : outcomes) {
    if (now.status == GateOutcome::Status::kPass) continue;
    if (failed_by_accident(now, passed[now.gate])) {
      approval.warnings.push_back(now.gate + " has tests that failed once and passed again");
      continue;
    }
    bool excused = false;
    for (const auto& [base_file, base_blob] : approval.files) {
      if (gate_in(base_file, approval.run.base_tree) != now.gate) continue;
      GF_ASSIGN(auto base, outcome_of(repo, base_blob));
      GF_ASSIGN(auto approved, approved_in(repo, approval));
      excused = excused || as_red_as(base, now, approved);
    }
    if (!excused) {
      return std::optional<Refusal>({State::kNo, Reason::kRedGates,
                                     fmt::format("{} was not green on the approved tree: {}",
                                                 now.gate, clipped(now.reason, 200)),
                                     "see 'git factory show " + approval.run.id.id8() + "'"});
    }
    approval.warnings.push_back(now.gate + " was as red on the base");
  }
  for (const char* other : {"parse", "fix"}) {  // of single files, not of a tree
    on_base.erase(other);
    ran.erase(other);
  }
  for (const std::string& gate : on_base) {
    if (ran.contains(gate)) continue;
    return std::optional<Refusal>({State::kNo, Reason::kNoGates,
                                   fmt::format("{} was not run on the approved tree", gate),
                                   "see 'git factory show " + approval.run.id.id8() + "'"});
  }
  if (!ran.empty()) return std::optional<Refusal>();
  return std::optional<Refusal>({State::kNo, Reason::kNoGates,
                                 "no gate was run on the approved tree",
                                 "see 'git factory show " + approval.run.id.id8() + "'"});
}

}  // namespace gf::verify
