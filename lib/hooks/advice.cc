// What to write where, when a hook is not ours to change.
#include <fmt/format.h>

#include "hooks/inside.h"

namespace gf::hooks {
namespace {

std::string shell_line(const std::string& name) {
  return fmt::format("git factory hook {} \"$@\"\n", name);
}

}  // namespace

std::string lines_for(const Place& place, const Hook& hook) {
  std::string file = manager_file(place, hook.manager, hook.name);
  if (hook.manager == "husky") {
    return fmt::format(
        "husky runs the hooks here. Add this line to {}, before any other that reads "
        "standard input:\n\n{}",
        file, shell_line(hook.name));
  }
  if (hook.manager == "lefthook") {
    return fmt::format(
        "lefthook runs the hooks here. Add this to {}, then run 'lefthook install':\n\n"
        "{}:\n  commands:\n    git-factory:\n      run: git factory hook {} {{1}} {{2}}\n"
        "      use_stdin: true\n",
        file, hook.name, hook.name);
  }
  if (hook.manager == "pre-commit") {
    return fmt::format(
        "pre-commit wrote {}. Add this to {}, below 'repos:'\n(it tells its hooks of the first "
        "branch of a push alone: let the server check the others):\n\n"
        "  - repo: local\n    hooks:\n      - id: git-factory\n        name: git factory\n"
        "        entry: git factory hook {}\n        language: system\n"
        "        stages: [{}]\n        always_run: true\n        pass_filenames: false\n"
        "        verbose: true\n",
        hook.path, file, hook.name, hook.name);
  }
  if (hook.manager == "overcommit") {
    return fmt::format(
        "overcommit runs the hooks here. Let {} run this, with the hook's own input:\n\n{}", file,
        shell_line(hook.name));
  }
  std::string why = place.tracked
                        ? "is part of the project"
                        : "is for all your repositories (use --shared to install it there)";
  return fmt::format("core.hooksPath names {}, which {}.\nAdd this line to {}:\n\n{}", place.folder,
                     why, place.folder + "/" + hook.name, shell_line(hook.name));
}

}  // namespace gf::hooks
