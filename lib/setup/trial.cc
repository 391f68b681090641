#include "setup/trial.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/files.h"
#include "session/facts.h"

namespace gf::setup {
namespace {

namespace fs = std::filesystem;

/// Where runs have it too: what mypy learns here in its first minute is there for the first run.
Result<std::string> scratch_in(const session::Context& context) {
  GF_ASSIGN(auto folder, session::gate_cache(context));
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (!failed) return folder;
  return Error{Fault::kEnvironment,
               fmt::format("cannot write to '{}': {}", folder, failed.message()),
               {},
               "free some space, or set XDG_CACHE_HOME"};
}

}  // namespace

Trial::Trial(session::Context& context, git::Workspace workspace, env::Ready ready, Oid tree,
             std::string scratch)
    : context_(context),
      workspace_(std::move(workspace)),
      ready_(std::move(ready)),
      tree_(tree),
      scratch_(std::move(scratch)) {}

Result<Trial> Trial::open(session::Context& context, const Oid& commit, const Settings& settings,
                          std::vector<gate::Gate>& gates, const RunId& run,
                          const std::function<void(const std::string&)>& say) {
  GF_ASSIGN(auto judged, context.repo.commit(commit));
  session::GitFacts facts(context.repo, context.git, judged.tree);
  GF_ASSIGN(auto pool, git::default_pool_dir(context.repo, context.setup.environment));
  GF_ASSIGN(auto scratch, scratch_in(context));
  GF_ASSIGN(auto workspace, git::Workspace::acquire(context.repo, context.git, pool, run, commit));
  env::Checkout checkout{context.repo.workdir().value_or(""), context.repo.common_dir()};
  GF_ASSIGN(auto ready, env::prepare({facts, settings, gates, checkout, context.setup.environment,
                                      context.cancel(), workspace.path(), say}));
  env::use(ready, gates);
  return Trial(context, std::move(workspace), std::move(ready), judged.tree, std::move(scratch));
}

Result<record::GateOutcome> Trial::run(const gate::Gate& gate,
                                       const std::vector<std::string>& changed) {
  GF_ASSIGN(auto reports, TemporaryFolder::make_in(scratch_, "scratch-"));
  // Of this worktree alone, as in a run: tools' caches mix up trees.
  std::string tools =
      fmt::format("{}/tools-{}", scratch_, record::content_id(workspace_.path()).short_hex(12));
  gate::Place place{
      workspace_.path(), tree_, reports.path(), tools, context_.setup.environment, {}, {}, {}, {}};
  env::take(ready_, place);
  GF_ASSIGN(auto outcome, gate::run_gate(gate, place, {}, changed, context_.cancel()));
  env::check_imports(ready_, outcome);
  GF_TRY(context_.cancel().check());
  outcome.tool_version = gate::tool_version(
      gate, env::variables_in(ready_, proc::clean_environment(place.environment)),
      context_.cancel());
  return outcome;
}

}  // namespace gf::setup
