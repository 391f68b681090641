// How tests run the git program: directly, with an environment of their own.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "git/git_program.h"
#include "support/repo.h"

namespace gf::test {

/// A Runner whose children see `environment` and what the command adds, nothing else.
inline git::Runner plain_runner(std::map<std::string, std::string> environment) {
  return
      [environment = std::move(environment)](const git::Command& command) -> Result<git::Answer> {
        auto all = environment;
        for (const auto& [name, value] : command.environment) all[name] = value;
        Ran ran = run(command.argv, command.directory, all, command.input);
        if (!command.hear) return git::Answer{ran.exit_code, ran.out, ran.err};
        // In pieces that end anywhere, as they come from a pipe.
        for (size_t at = 0; at < ran.err.size(); at += 7) command.hear(ran.err.substr(at, 7));
        return git::Answer{ran.exit_code, "", ""};
      };
}

}  // namespace gf::test
