#include "setup/trial.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/files.h"
#include "gate/fetched.h"
#include "session/facts.h"
#include "session/sandbox.h"
#include "session/trust.h"

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

Trial::Trial(session::Context& context, git::Workspace workspace, const Settings& settings,
             gate::Found found, std::string scratch, session::ToolCaches::Owner owner, Say say)
    : context_(context),
      workspace_(std::move(workspace)),
      settings_(settings),
      found_(std::move(found)),
      facts_(std::make_unique<session::GitFacts>(context.repo, context.git, workspace_.tree())),
      scratch_(std::move(scratch)),
      tools_(context.repo, scratch_, workspace_.path(), std::move(owner)),
      say_(std::move(say)) {}

Result<Trial> Trial::open(session::Context& context, const Oid& commit, const Oid& base,
                          const Settings& settings, gate::Found found, const RunId& run,
                          const Say& say) {
  GF_TRY(session::may_run(context.git));
  GF_TRY(session::holder_of(context, settings));
  GF_ASSIGN(auto pool, git::default_pool_dir(context.repo, context.setup.environment));
  GF_ASSIGN(auto scratch, scratch_in(context));
  GF_ASSIGN(auto workspace, git::Workspace::acquire(context.repo, context.git, pool, run, commit));
  bool several = gate::are_several(found.projects);
  session::ToolCaches::Owner owner{
      "trial of " + run.str(), base, {}};  // not even the run is believed
  if (!base.is_zero()) {
    GF_ASSIGN(auto its, context.repo.commit(base));
    owner.base_tree = its.tree;
  }
  Trial trial(context, std::move(workspace), settings, std::move(found), std::move(scratch),
              std::move(owner), say);
  if (!several && !trial.found_.gates.empty()) GF_TRY(trial.ready_for(trial.found_.gates.front()));
  return trial;
}

Result<const env::Ready*> Trial::ready_for(const gate::Gate& gate) {
  bool several = gate::are_several(found_.projects);
  auto room_of = [&](const gate::Gate& one) {
    return several ? env::environment_folder(*facts_, found_.projects, one.folder) : std::string();
  };
  std::string room = room_of(gate);
  if (auto known = ready_.find(room); known != ready_.end()) return &known->second;
  std::vector<gate::Gate> gates;
  for (const gate::Gate& one : found_.gates) {
    if (room_of(one) == room) gates.push_back(one);
  }
  env::Checkout checkout{context_.repo.workdir().value_or(""), context_.repo.common_dir()};
  GF_ASSIGN(auto ready,
            env::prepare({*facts_, settings_, gates, checkout, context_.setup.environment,
                          context_.cancel(), workspace_.path(), say_, room,
                          env::code_along(found_.projects, room), nullptr, false,
                          &context_.holder->sandbox, context_.holder->repository}));
  return &ready_.emplace(room, std::move(ready)).first->second;
}

Result<record::GateOutcome> Trial::run(const gate::Gate& gate,
                                       const std::vector<std::string>& changed) {
  GF_ASSIGN(const env::Ready* ready, ready_for(gate));
  std::vector<gate::Gate> one = {gate};
  env::use(*ready, one);
  GF_ASSIGN(auto reports, TemporaryFolder::make_in(scratch_, "scratch-"));
  GF_TRY(tools_.use(workspace_.tree()));
  gate::Place place{workspace_.path(),
                    workspace_.tree(),
                    reports.path(),
                    tools_.folder_for(gate.folder),
                    context_.setup.environment,
                    {},
                    {},
                    {},
                    {},
                    &context_.holder->sandbox,
                    context_.holder->repository,
                    context_.holder->writable,
                    {}};
  for (const std::string& path : context_.holder->readable) place.readable.push_back(path);
  env::take(*ready, place);
  GF_ASSIGN(auto outcome, gate::run_gate(one[0], place, {}, changed, context_.cancel()));
  bool held = context_.holder->sandbox.holds();
  if (gate::crashed(outcome) && held && context_.holder->fetches && gate::fetches_itself(one[0])) {
    if (say_) say_(one[0].name + " fetches what it needs");
    GF_ASSIGN(auto wrong, gate::fetch_itself(one[0], place, context_.cancel()));
    if (!wrong) {
      GF_ASSIGN(outcome, gate::run_gate(one[0], place, {}, changed, context_.cancel()));
    }
  }
  env::check_imports(*ready, outcome);
  GF_TRY(context_.cancel().check());
  outcome.tool_version = gate::tool_version(one[0], env::variables_in(*ready, place.environment),
                                            context_.cancel(), place.sandbox, ready->readable);
  return outcome;
}

}  // namespace gf::setup
