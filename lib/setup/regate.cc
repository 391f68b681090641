#include "setup/regate.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/text.h"
#include "gate/gate.h"
#include "session/facts.h"
#include "session/trust.h"
#include "setup/trial.h"

namespace gf::setup {
namespace {

/// Gates of this one call: the policy's are others.
bool names_gates(const Settings& overrides) {
  return std::any_of(overrides.begin(), overrides.end(), [](const auto& setting) {
    return starts_with_ignoring_case(setting.first, "factory-gate.") ||
           starts_with_ignoring_case(setting.first, "factory-service.");
  });
}

/// Of several projects those that the commit concerns, as in a run.
std::vector<gate::Gate> gates_for_change(const gate::Found& found,
                                         const std::vector<std::string>& touched, bool is_change) {
  if (!is_change || !gate::are_several(found.projects)) return found.gates;
  std::set<std::string> folders =
      gate::with_dependants(found.projects, gate::touched(found.projects, touched));
  std::set<std::string> names = gate::gates_of(found.projects, found.gates, folders);
  std::vector<gate::Gate> gates = found.gates;
  std::erase_if(gates, [&](const gate::Gate& gate) { return !names.contains(gate.name); });
  return gates;
}

}  // namespace

Result<Regated> regate(session::Context& context, const Oid& policy, const Oid& commit,
                       const RunId& run) {
  GF_TRY(session::may_run(context.git));
  Oid policy_tree;
  if (!policy.is_zero()) {
    GF_ASSIGN(auto info, context.repo.commit(policy));
    policy_tree = info.tree;
  }
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, policy_tree, context.setup.overrides));
  GF_ASSIGN(auto judged, context.repo.commit(commit));
  session::GitFacts facts(context.repo, context.git, judged.tree);
  GF_ASSIGN(auto found, gate::find_gates(facts, config.settings(), "python3"));
  if (found.gates.empty()) {
    return Error{Fault::kConfiguration,
                 "no gate was found to run on it",
                 {},
                 "configure one as [factory-gate \"<name>\"] in .gitfactory"};
  }
  std::vector<std::string> changed, touched;
  if (!judged.parents.empty()) {
    GF_ASSIGN(auto before, context.repo.commit(judged.parents[0]));
    GF_ASSIGN(auto deltas, context.repo.diff(before.tree, judged.tree));
    for (const git::Delta& delta : deltas) {
      touched.push_back(delta.path);
      if (delta.kind != git::DeltaKind::kDeleted) changed.push_back(delta.path);
    }
  }
  std::vector<gate::Gate> gates = gates_for_change(found, touched, !judged.parents.empty());
  const Oid before = judged.parents.empty() ? Oid() : judged.parents[0];
  GF_ASSIGN(auto trial,
            Trial::open(context, commit, before, config.settings(), std::move(found), run, {}));
  Regated regated;
  for (const gate::Gate& gate : gates) {
    GF_ASSIGN(auto outcome, trial.run(gate, changed));
    if (gate::crashed(outcome)) {
      return Error{Fault::kEnvironment,
                   fmt::format("{} could not do its work: {}", gate.name, outcome.reason),
                   {},
                   "mend the tool or its environment, then try again"};
    }
    regated.outcomes.push_back(std::move(outcome));
    const record::GateOutcome& last = regated.outcomes.back();
    if (last.status == record::GateOutcome::Status::kPass) continue;
    regated.red = fmt::format("{} is not green: {}", last.gate, last.reason);
    break;
  }
  GF_TRY(trial.close());
  return regated;
}

verify::Regate regater(const session::Setup& setup, const verify::Place& place,
                       const verify::Policy& policy, const Oid& target,
                       const std::function<void(const std::string&)>& say) {
  if (verify::is_receiving(setup.environment) || !place.repo.workdir()) return {};
  // Opened when the first one is asked for, which mostly nobody is.
  auto context = std::make_shared<std::unique_ptr<session::Context>>();
  session::Setup own = setup;
  own.directory = *place.repo.workdir();
  return [context, own, &policy, target, say](const Oid& commit,
                                              const RunId& run) -> Result<std::string> {
    if (!*context) {
      GF_ASSIGN(*context, session::Context::open(own, false));
    }
    say("running the gates on " + commit.short_hex());
    RunId who = run.empty() ? RunId::make(own.clock->now(), own.clock->random()) : run;
    GF_ASSIGN(auto regated, regate(**context, target, commit, who));
    if (!regated.red.empty() || names_gates(own.overrides)) return regated.red;
    session::Context& here = **context;
    GF_ASSIGN(auto warning, verify::keep_gates(here.repo, here.git, *here.store, own.clock->now(),
                                               policy, commit, regated.outcomes));
    if (!warning.empty()) say("warning: " + warning);
    say(fmt::format("all green; kept in {}, which 'git factory sync' sends", verify::kGatesNotes));
    return std::string();
  };
}

}  // namespace gf::setup
