#include "setup/regate.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
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
  std::string python =
      gate::find_python(config.settings(), context.repo.workdir(), context.setup.environment);
  GF_ASSIGN(auto gates, gate::gates_for(facts, config.settings(), python));
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
  Regated told;
  for (const gate::Gate& gate : gates) {
    GF_ASSIGN(auto reports, TemporaryFolder::make_in(scratch, "scratch-"));
    gate::Place place{workspace.path(), judged.tree, reports.path(), scratch + "/tools",
                      context.setup.environment};
    auto outcome = gate::run_gate(gate, place, {}, changed, context.cancel());
    if (!outcome.ok()) return outcome.error();
    GF_TRY(context.cancel().check());
    outcome->tool_version =
        gate::tool_version(gate, proc::clean_environment(place.environment), context.cancel());
    told.outcomes.push_back(std::move(outcome).value());
    const record::GateOutcome& last = told.outcomes.back();
    if (last.status == record::GateOutcome::Status::kPass) continue;
    told.red = fmt::format("{} is not green: {}", last.gate, last.reason);
    break;
  }
  GF_TRY(workspace.release());
  return told;
}

}  // namespace gf::setup
