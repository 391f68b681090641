#include "setup/regate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/files.h"
#include "base/text.h"
#include "env/environment.h"
#include "gate/gate.h"
#include "git/workspace.h"
#include "session/facts.h"

namespace gf::setup {
namespace {

namespace fs = std::filesystem;

Result<std::string> scratch_in(const std::string& cache) {
  fs::path folder = fs::path(cache) / "regate";
  std::error_code failed;
  fs::create_directories(folder / "tools", failed);
  if (!failed) return folder.string();
  return Error{Fault::kEnvironment,
               fmt::format("cannot write to '{}': {}", folder.string(), failed.message()),
               {},
               "free some space, or set XDG_CACHE_HOME"};
}

/// Gates of this one call: the policy's are others.
bool names_gates(const Settings& overrides) {
  return std::any_of(overrides.begin(), overrides.end(), [](const auto& setting) {
    return starts_with_ignoring_case(setting.first, "factory-gate.");
  });
}

}  // namespace

Result<Regated> regate(session::Context& context, const Oid& policy, const Oid& commit,
                       const RunId& run) {
  Oid policy_tree;
  if (!policy.is_zero()) {
    GF_ASSIGN(auto info, context.repo.commit(policy));
    policy_tree = info.tree;
  }
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, policy_tree, context.setup.overrides));
  GF_ASSIGN(auto judged, context.repo.commit(commit));
  session::GitFacts facts(context.repo, context.git, judged.tree);
  GF_ASSIGN(auto gates, gate::gates_for(facts, config.settings(), "python3"));
  if (gates.empty()) {
    return Error{Fault::kConfiguration,
                 "no gate was found to run on it",
                 {},
                 "configure one as [factory-gate \"<name>\"] in .gitfactory"};
  }
  std::vector<std::string> changed;
  if (!judged.parents.empty()) {
    GF_ASSIGN(auto before, context.repo.commit(judged.parents[0]));
    GF_ASSIGN(auto deltas, context.repo.diff(before.tree, judged.tree));
    for (const git::Delta& delta : deltas) {
      if (delta.kind != git::DeltaKind::kDeleted) changed.push_back(delta.path);
    }
  }
  GF_ASSIGN(auto pool, git::default_pool_dir(context.repo, context.setup.environment));
  GF_ASSIGN(auto cache, context.setup.environment.cache_folder());
  GF_ASSIGN(auto scratch, scratch_in(cache));
  GF_ASSIGN(auto workspace, git::Workspace::acquire(context.repo, context.git, pool, run, commit));
  env::Checkout checkout{context.repo.workdir().value_or(""), context.repo.common_dir()};
  GF_ASSIGN(auto ready, env::prepare({facts,
                                      config.settings(),
                                      gates,
                                      checkout,
                                      context.setup.environment,
                                      context.cancel(),
                                      workspace.path(),
                                      {}}));
  env::use(ready, gates);
  Regated regated;
  for (const gate::Gate& gate : gates) {
    GF_ASSIGN(auto reports, TemporaryFolder::make_in(scratch, "scratch-"));
    // Of this worktree alone, as in a run: tools' caches mix up trees.
    std::string tools =
        fmt::format("{}/tools-{}", scratch, record::content_id(workspace.path()).short_hex(12));
    gate::Place place{workspace.path(),
                      judged.tree,
                      reports.path(),
                      tools,
                      context.setup.environment,
                      {},
                      {},
                      {},
                      {}};
    env::take(ready, place);
    auto outcome = gate::run_gate(gate, place, {}, changed, context.cancel());
    if (!outcome.ok()) return outcome.error();
    env::check_imports(ready, *outcome);
    GF_TRY(context.cancel().check());
    if (gate::crashed(*outcome)) {
      return Error{Fault::kEnvironment,
                   fmt::format("{} could not do its work: {}", gate.name, outcome->reason),
                   {},
                   "mend the tool or its environment, then try again"};
    }
    outcome->tool_version = gate::tool_version(
        gate, env::variables_in(ready, proc::clean_environment(place.environment)),
        context.cancel());
    regated.outcomes.push_back(std::move(outcome).value());
    const record::GateOutcome& last = regated.outcomes.back();
    if (last.status == record::GateOutcome::Status::kPass) continue;
    regated.red = fmt::format("{} is not green: {}", last.gate, last.reason);
    break;
  }
  GF_TRY(workspace.release());
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
