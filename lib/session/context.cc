#include "session/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/text.h"

namespace gf::session {
namespace {

git::Answer answer_of(proc::Outcome&& outcome) {
  return {outcome.end == proc::End::kExited ? outcome.exit_code : -1, std::move(outcome.out),
          std::move(outcome.err)};
}

std::vector<std::string> flat(const proc::Environment& environment) {
  std::vector<std::string> all;
  for (const auto& [name, value] : environment) all.push_back(name + "=" + value);
  return all;
}

Result<void> fit_for_a_run(const git::Shape& shape) {
  if (shape.bare) {
    return Error{
        Fault::kUser, "this is a bare repository", {}, "run it in a clone with a work tree"};
  }
  if (shape.unborn) {
    return Error{Fault::kUser, "there is no commit yet", {}, "make a first commit"};
  }
  if (shape.shallow) {
    return Error{Fault::kUser,
                 "this is a shallow clone, which cannot keep a replayable record",
                 {},
                 "complete it with 'git fetch --unshallow'"};
  }
  return Done{};
}

}  // namespace

git::Runner git_runner(proc::Environment environment, const Cancel& cancel) {
  return [environment = std::move(environment),
          &cancel](const git::Command& command) -> Result<git::Answer> {
    proc::Options options;
    options.argv = command.argv;
    options.directory = command.directory;
    options.environment =
        command.keep_git_variables ? environment : proc::git_environment(environment);
    for (const auto& [name, value] : command.environment) options.environment[name] = value;
    options.input = command.input;
    options.limits.timeout = command.timeout;
    options.limits.max_output_bytes = command.hear ? 0 : 256u << 20;
    options.on_output = command.hear;
    GF_ASSIGN(auto outcome, proc::run(options, cancel));
    if (outcome.end == proc::End::kCancelled) GF_TRY(cancel.check());
    if (outcome.end == proc::End::kTimedOut) {
      return Error{
          Fault::kTransient,
          fmt::format("'{}' did not end within {} s",
                      command.argv.size() > 1 ? command.argv[0] + " " + command.argv[1] : "git",
                      command.timeout.count() / 1000),
          {},
          {}};
    }
    return answer_of(std::move(outcome));
  };
}

Result<std::string> gate_cache(const Context& context) {
  GF_ASSIGN(auto cache, context.setup.environment.cache_folder());
  return fmt::format("{}/gates/{}", cache,
                     record::content_id(context.repo.common_dir()).short_hex(16));
}

Context::Context(Setup setup_in, git::Repo repo_in, git::Program git_in)
    : setup(std::move(setup_in)),
      repo(std::move(repo_in)),
      git(std::move(git_in)),
      redactor(flat(setup.environment)) {}

Result<std::unique_ptr<Context>> Context::open(Setup setup, bool for_run) {
  git::Program here(git_runner(setup.environment, *setup.cancel), setup.directory);
  // libgit2 reads every certificate of the machine when it starts; git is asked meanwhile, or
  // afterwards where no thread can be had.
  std::future<void> asked;
  constexpr auto kIfPossible = std::launch::async | std::launch::deferred;
  if (for_run) asked = std::async(kIfPossible, [&] { (void)here.settings(); });
  auto found = git::Repo::discover(setup.directory);
  if (asked.valid()) asked.wait();
  if (!found.ok()) return found.error();
  git::Repo repo = std::move(found).value();
  repo.set_environment(setup.environment);
  git::Program program = here.in(repo.workdir().value_or(repo.git_dir()));
  if (setup.guard) program.guard_branches(setup.guard);
  std::unique_ptr<Context> context(
      new Context(std::move(setup), std::move(repo), std::move(program)));
  GF_ASSIGN(context->shape, context->repo.shape());
  if (for_run) GF_TRY(fit_for_a_run(context->shape));
  GF_ASSIGN(auto store, store::Store::open(context->repo, context->clock(), context->redactor));
  context->store = std::make_unique<store::Store>(std::move(store));
  context->store->look_up_with(context->setup.look_up);
  return context;
}

Result<Base> find_base(const Context& context, const Config::Settings& settings,
                       const std::optional<std::string>& wanted) {
  std::vector<std::string> candidates;
  std::string of_remote;
  if (wanted) {
    candidates = {*wanted};
  } else {
    if (auto set = settings.text("factory.base")) candidates = {*set};
    if (candidates.empty()) {
      const std::string tracked = "refs/remotes/origin/";
      auto head = context.repo.symbolic_target(RefName::known(tracked + "HEAD"));
      if (head && head->starts_with(tracked)) of_remote = head->substr(tracked.size());
      if (!of_remote.empty()) candidates.push_back(of_remote);
      candidates.insert(candidates.end(), {"main", "master"});
      if (!context.shape.head_branch.empty()) candidates.push_back(context.shape.head_branch);
      candidates.emplace_back("HEAD");
    }
  }
  for (const std::string& name : candidates) {
    GF_ASSIGN(auto commit, context.repo.resolve_commit(name));
    // The remote's own branch need not be checked out here.
    if (!commit && name == of_remote) {
      GF_ASSIGN(commit, context.repo.resolve_commit("refs/remotes/origin/" + name));
    }
    if (!commit) continue;
    GF_ASSIGN(auto info, context.repo.commit(*commit));
    return Base{name, *commit, info.tree};
  }
  return Error{Fault::kUser,
               fmt::format("there is no commit named '{}' to start from",
                           printable(clipped(join(candidates, "' or '"), 200))),
               {},
               "name one with --base, or set factory.base"};
}

Result<std::optional<std::string>> find_remote(const Context& context, const Config& config,
                                               const std::string& base_name) {
  GF_ASSIGN(auto remotes, context.git.remotes());
  auto known = [&](const std::string& name) {
    return std::find(remotes.begin(), remotes.end(), name) != remotes.end();
  };
  if (auto named = config.find("factory.remote")) {
    if (known(*named)) return named;
    return Error{Fault::kConfiguration,
                 fmt::format("factory.remote names '{}', which is no remote", *named),
                 {},
                 "see 'git remote -v'"};
  }
  std::optional<std::string> tracked = config.find("branch." + base_name + ".remote");
  if (tracked && known(*tracked)) return tracked;
  if (known("origin")) return std::optional<std::string>("origin");
  if (remotes.size() == 1) return std::optional<std::string>(remotes.front());
  return std::optional<std::string>();
}

}  // namespace gf::session
