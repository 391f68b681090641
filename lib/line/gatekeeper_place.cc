// Where a gate runs: the folders it is given, and who holds it.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "env/holding.h"
#include "env/maker.h"
#include "gate/fetched.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "session/context.h"
#include "session/sandbox.h"
#include "session/tool_caches.h"

namespace gf::line {
namespace {

namespace fs = std::filesystem;

/// What a tool's interpreter reads to say which version it has: the worktree's node_modules too.
std::vector<std::string> version_reads(const env::Ready& ready, const std::string& worktree) {
  std::vector<std::string> all = ready.readable;
  all.push_back(worktree);
  return all;
}

}  // namespace

Result<gate::Place> Gatekeeper::place(const TemporaryFolder& scratch,
                                      const std::string& folder) const {
  GF_TRY(tools_->use(workspace_.tree()));
  gate::Place place;
  place.worktree = workspace_.path();
  place.tree = workspace_.tree();
  place.scratch = scratch.path();
  place.cache = tools_->folder_for(folder);
  place.environment = context_.setup.environment;
  if (context_.holder) {
    place.sandbox = &context_.holder->sandbox;
    place.readable = context_.holder->repository;
    for (const std::string& path : context_.holder->readable) place.readable.push_back(path);
    place.writable = context_.holder->writable;
  }
  env::take(ready_in(folder), place);
  std::error_code failed;
  fs::create_directories(place.cache, failed);
  if (failed) {
    return Error{Fault::kEnvironment,
                 fmt::format("cannot write to '{}': {}", cache_dir_, failed.message()),
                 {},
                 "free some space, or set XDG_CACHE_HOME"};
  }
  return place;
}

/// Does pre-commit find all its hooks among the user's? Those are read only.
Result<bool> Gatekeeper::has_users_hooks(const std::vector<std::string>& argv,
                                         const std::string& tools, const env::Ready& ready,
                                         Environment variables) const {
  const Environment& users = context_.setup.environment;
  const std::string hooks = gate::users_hooks(users, tools);
  if (hooks.empty()) return false;
  variables["PRE_COMMIT_HOME"] = hooks;
  proc::Workplace place{ready.readable, {}, {}};
  place.readable.insert(place.readable.end(), {hooks, workspace_.path()});
  for (const std::string& path : context_.holder->repository) place.readable.push_back(path);
  GF_ASSIGN(auto wrong, env::went_wrong(argv, workspace_.path(), variables, context_.cancel(),
                                        {&context_.holder->sandbox,
                                         proc::policy_for(proc::Work::kProbe, users, place)}));
  return !wrong.has_value();
}

/// Gates have no network, and pre-commit fetches its hooks when it is asked about a tree, as other
/// tools fetch what they need when they are first asked: that is done apart, as environments are
/// made. Best effort: the gate will tell.
Result<void> Gatekeeper::install_hooks_of(const gate::Gate& gate) const {
  auto run = std::find(gate.argv.begin(), gate.argv.end(), "run");
  bool may = context_.holder && context_.holder->fetches &&
             context_.holder->sandbox.kind() != proc::Sandbox::Kind::kNone;
  if (may && gate::fetches_itself(gate)) {
    GF_ASSIGN(auto scratch, TemporaryFolder::make_in(cache_dir_, "scratch-"));
    GF_ASSIGN(auto where, place(scratch, gate.folder));
    tell_("note", fmt::format("{} fetches what it needs ...", gate.name), {});
    GF_ASSIGN(auto wrong, gate::fetch_itself(gate, where, context_.cancel()));
    if (wrong)
      tell_("note", fmt::format("{} cannot fetch it: {}", gate.name, env::telling_line(*wrong)),
            {});
    return Done{};
  }
  if (!may || gate.report != "pre-commit" || run == gate.argv.end()) return Done{};
  std::vector<std::string> argv(gate.argv.begin(), run);
  argv.emplace_back("install-hooks");
  const env::Ready& ready = ready_in(gate.folder);
  const proc::Sandbox* sandbox = &context_.holder->sandbox;
  const std::string caches = tools_->folder_for(gate.folder) + "/home";
  Environment variables = env::variables_in(
      ready, env::variables_of(proc::Work::kFetch, sandbox, context_.setup.environment, caches));
  proc::Workplace place{ready.readable, {workspace_.path()}, caches};
  for (const std::string& path : context_.holder->repository) place.readable.push_back(path);
  env::Holding holding =
      env::making(proc::Work::kFetch, env::Reach::kAll, sandbox, context_.setup.environment, place);
  holding.policy.kept = {workspace_.path() + "/.git"};
  GF_ASSIGN(bool there, has_users_hooks(argv, tools_->folder_for(gate.folder), ready, variables));
  if (there) return Done{};
  tell_("note", "installing the hooks of pre-commit ...", {});
  GF_ASSIGN(auto wrong,
            env::went_wrong(argv, workspace_.path(), variables, context_.cancel(), holding));
  if (wrong)
    tell_("note", "the hooks of pre-commit cannot be installed: " + env::telling_line(*wrong), {});
  return Done{};
}

/// An outcome of one sandbox is none of another's.
std::string Gatekeeper::held_key(const gate::Gate& gate) const {
  std::string services = gate::services_text(gate);
  if (!context_.holder) return services;
  return fmt::format("\x1e{} {}{}", context_.holder->sandbox.name(), proc::name_of(gate.network),
                     services);
}

std::string Gatekeeper::version_of(const gate::Gate& gate) const {
  const env::Ready& ready = ready_in(gate.folder);
  return gate::tool_version(gate, env::variables_in(ready, context_.setup.environment),
                            context_.cancel(),
                            context_.holder ? &context_.holder->sandbox : nullptr,
                            version_reads(ready, workspace_.path()));
}

}  // namespace gf::line
