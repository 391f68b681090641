// Which tests a change can reach is found out once a tree and kept: how long tests take decides
// whether it is asked, and that is another thing at a replay.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/affected.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/gatekeeper.h"
#include "line/targeted.h"

namespace gf::line {
namespace {

/// How many tests of these outcomes each file holds.
std::map<std::string, size_t> tests_by_file(const std::vector<record::GateOutcome>& outcomes) {
  std::map<std::string, size_t> files;
  for (const record::GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests)
      ++files[test.id.substr(0, test.id.find("::"))];
  }
  return files;
}

/// Why no part of the tests can be asked for; empty: it can.
std::string takes_no_files(const std::vector<gate::Gate>& gates,
                           const std::vector<record::GateOutcome>& base) {
  for (const gate::Gate& gate : gates) {
    bool asked = std::any_of(base.begin(), base.end(), [&](const record::GateOutcome& outcome) {
      return outcome.gate == gate.name;
    });
    if (asked && gate.stage == "test" && gate.selecting == gate::Selecting::kAll)
      return fmt::format("{} runs all of its tests or none", gate.name);
  }
  return {};
}

Milliseconds time_of_tests(const std::vector<record::GateOutcome>& outcomes) {
  Milliseconds took{0};
  for (const record::GateOutcome& outcome : outcomes)
    took += outcome.stage == "test" ? outcome.duration : Milliseconds(0);
  return took;
}

size_t tests_in(const std::map<std::string, std::string>& files,
                const std::map<std::string, size_t>& tested) {
  size_t all = 0;
  for (const auto& [path, via] : files) {
    auto found = tested.find(path);
    all += found == tested.end() ? 0 : found->second;
  }
  return all;
}

/// Each file with what leads there.
void tell_files(const std::map<std::string, std::string>& files, const char* rule,
                record::GateOutcome& outcome) {
  for (const auto& [path, via] : files) outcome.findings.push_back({path, 0, rule, via, "note"});
  outcome.findings_total = static_cast<int>(outcome.findings.size());
}

record::GateOutcome outcome_of(const char* name, const Oid& tree) {
  record::GateOutcome outcome;
  outcome.gate = outcome.stage = name;
  outcome.tree = tree;
  outcome.status = record::GateOutcome::Status::kPass;
  outcome.exit_code = 0;
  return outcome;
}

}  // namespace

Result<std::optional<record::GateOutcome>> Bench::select_tests() {
  const TargetedTerms& terms = assignment_.targeted;
  std::optional<record::GateOutcome> none;
  if (assignment_.wishes.rules < Rules::kNotSilenced || terms.how == "off") return none;
  bool recorded = past_.replays() || past_.gates() != nullptr;
  bool slow = terms.how == "always" || time_of_tests(base_) >= std::chrono::seconds(terms.after);
  if (!recorded && !slow) return none;
  GF_ASSIGN(const Change* change, this->change());
  std::vector<std::string> changed;
  for (const git::Delta& delta : change->deltas) {
    if (!is_changelog(assignment_, delta.path)) changed.push_back(delta.path);
  }
  std::map<std::string, size_t> tested = tests_by_file(base_);
  std::string key = stands_on_.tree.hex() + "\x1e" + assignment_.base.tree.hex() + "\x1e" +
                    terms.how + "\x1e" + join(assignment_.test_paths, "\n") + "\x1e" +
                    join(changed, "\n");
  for (const auto& [path, count] : tested) key += fmt::format("\x1e{} {}", path, count);
  if (assignment_.wishes.rules >= Rules::kNearestFirst) key += "\x1e nearest";
  return gates_->once("selection", record::content_id(key).hex(),
                      [&] { return Result<record::GateOutcome>(choose_tests(changed, tested)); });
}

record::GateOutcome Bench::choose_tests(const std::vector<std::string>& changed,
                                        const std::map<std::string, size_t>& tested) const {
  constexpr size_t kFew = 4;  // one of so many; of what may be too few a green look says little
  record::GateOutcome outcome = outcome_of("selection", tree());
  outcome.reason = takes_no_files(gates_->gates(), base_);
  if (!outcome.reason.empty()) return outcome;
  std::set<std::string> paths;
  size_t all = 0;
  for (const auto& [path, count] : tested) {
    paths.insert(path);
    all += count;
  }
  auto reach = [&](gate::Linked linked) {
    return gate::reached_by(base_facts_, facts(), changed, paths, assignment_.test_paths, linked);
  };
  gate::Reached reached = reach(gate::Linked::kMaybe);
  outcome.reason = reached.untrusted;
  if (!reached.untrusted.empty() && !reached.all) return outcome;
  for (const auto& [path, via] : reached.files) paths.insert(path);
  size_t chosen = tests_in(reached.files, tested);
  // What says yes costs its time for nothing.
  bool too_many = assignment_.targeted.how == "auto" && chosen * 2 > all;
  if (reached.all || too_many) {
    gate::Reached near = assignment_.wishes.rules < Rules::kNearestFirst
                             ? gate::Reached{}
                             : reach(gate::Linked::kNamed);
    bool few =
        near.untrusted.empty() && !near.files.empty() && tests_in(near.files, tested) * kFew <= all;
    if (few) {
      tell_files(near.files, kNearest, outcome);
      outcome.reason = fmt::format("{} of {} files with tests name what was changed",
                                   near.files.size(), paths.size());
    } else if (!reached.all) {
      outcome.reason = fmt::format("{} of {} may reach the change: too many to be asked before all",
                                   chosen, counted(all, "test"));
    }
    return outcome;
  }
  tell_files(reached.files, "selection", outcome);
  outcome.reason = fmt::format("{} of {} files with tests can reach the change",
                               outcome.findings.size(), paths.size());
  return outcome;
}

Result<void> Bench::keep_missed(const std::vector<record::Finding>& missed) {
  // By what was missed: another run that came to this tree may have missed something else.
  std::string ids;
  for (const record::Finding& one : missed) ids += one.path + "\x1e" + one.message + "\n";
  std::string key = record::content_id(ids).hex();
  GF_TRY(gates_->once("selection-missed", key, [&]() -> Result<record::GateOutcome> {
    record::GateOutcome outcome = outcome_of("selection-missed", tree());
    outcome.findings = missed;
    outcome.findings_total = static_cast<int>(missed.size());
    outcome.reason = "the whole suite found what the selection had not";
    return outcome;
  }));
  return Done{};
}

}  // namespace gf::line
