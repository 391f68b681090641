// The folder and the variables of a gate's process.
#include "gate/surroundings.h"

#include <filesystem>

#include "gate/held.h"
#include "proc/work.h"

namespace gf::gate {

std::string folder_in(const Gate& gate, const Place& place) {
  return gate.folder.empty() ? place.worktree : place.worktree + "/" + gate.folder;
}

proc::Environment environment_for(const Gate& gate, const Place& place) {
  proc::Environment environment =
      proc::variables_for(proc::Work::kGate, place.environment, gate.environment);
  // The same output every time, and nothing left behind in the worktree.
  environment.insert_or_assign("PYTHONDONTWRITEBYTECODE", "1");
  environment.insert_or_assign("PYTHONHASHSEED", "0");
  environment.insert_or_assign("NO_COLOR", "1");
  environment.insert_or_assign("TERM", "dumb");
  environment.insert_or_assign("COLUMNS", "200");
  environment.insert_or_assign("LC_ALL", "C.UTF-8");
  environment.insert_or_assign("COVERAGE_FILE", place.scratch + "/coverage.data");
  // Also of gates that name no {cache}: two slots' caches may not mix.
  environment.insert_or_assign("MYPY_CACHE_DIR", place.cache + "/mypy");
  environment.insert_or_assign("RUFF_CACHE_DIR", place.cache + "/ruff");
  // The user's own target folder is never written; nothing asks whether it may be coloured.
  environment.insert_or_assign("CARGO_TARGET_DIR", place.cache + "/cargo");
  environment.insert_or_assign("CARGO_TERM_COLOR", "never");
  environment.insert_or_assign("CARGO_TERM_PROGRESS_WHEN", "never");
  environment.insert_or_assign("NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1");
  // A home that is made has no hooks; those of the user's are read where they lie.
  std::string hooks = place.sandbox == nullptr ? "" : users_hooks(place.environment, place.cache);
  bool asks_hooks = gate.report == "pre-commit" || gate.report == "hook";
  if (asks_hooks && !hooks.empty()) environment["PRE_COMMIT_HOME"] = hooks;
  for (const auto& [name, value] : place.variables) environment[name] = value;
  // As `npm run` does: the project's own programs, the innermost first.
  for (const std::string& folder : {place.worktree, folder_in(gate, place)}) {
    std::string programs = folder + "/node_modules/.bin";
    std::error_code failed;
    if (std::filesystem::is_directory(programs, failed))
      environment["PATH"] = programs + ":" + environment["PATH"];
  }
  return environment;
}

}  // namespace gf::gate
