// What every part of the engine needs at hand: the repository, the programs, the clocks, the
// listener.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "proc/process.h"
#include "record/redact.h"
#include "record/spec.h"
#include "session/config.h"
#include "session/event.h"
#include "store/store.h"

namespace gf::session {

struct Holder;

/// What the program around the engine hands in. Everything pointed to must outlive the engine.
struct Setup {
  std::string directory = ".";  ///< where the user is
  proc::Environment environment;
  std::string data_dir;  ///< installed templates
  std::string version;   ///< of git-factory
  const Clock* clock = &system_clock();
  Cancel* cancel = nullptr;
  Sink sink;                   ///< may be empty
  Config::Settings overrides;  ///< options of the command line, as settings
  store::LookUp look_up;       ///< an index over the record; may be empty
  /// Has a say in every push of branches (git/git_program.h); may be empty.
  git::Guard guard;
  /// Asks a person whether this spec is to be built; empty: nobody is there to ask.
  std::function<bool(const record::Spec&)> approve;
};

/// The `git` program by way of lib/proc, with a limit on everything.
git::Runner git_runner(proc::Environment environment, const Cancel& cancel);

/// An opened repository with its record. Not movable: its parts point at each other.
class Context {
 public:
  /// Refuses what no run can work in, each with the way out: not a repository, a format that cannot
  /// be read. `for_run` adds: bare, unborn, shallow, submodules (GITMODEL 3.10).
  static Result<std::unique_ptr<Context>> open(Setup setup, bool for_run);

  Setup setup;
  git::Repo repo;
  git::Program git;
  git::Shape shape;
  record::Redactor redactor;
  std::unique_ptr<store::Store> store;
  std::shared_ptr<const Holder> holder;  ///< once it was asked for: holder_of()

  [[nodiscard]] const Clock& clock() const { return *setup.clock; }
  [[nodiscard]] const Cancel& cancel() const { return *setup.cancel; }

 private:
  Context(Setup setup, git::Repo repo, git::Program git);
};

/// Where this clone's gates keep what spares them work; an Error where there is no cache folder.
Result<std::string> gate_cache(const Context& context);

/// The branch a run starts from: `wanted` (--base), factory.base, the remote's HEAD, main, master,
/// the branch that is checked out.
struct Base {
  std::string name;
  Oid commit, tree;
};
Result<Base> find_base(const Context& context, const Config::Settings& settings,
                       const std::optional<std::string>& wanted);

/// factory.remote, the base branch's remote, origin, the only one there is; empty for none.
Result<std::optional<std::string>> find_remote(const Context& context, const Config& config,
                                               const std::string& base_name);

}  // namespace gf::session
