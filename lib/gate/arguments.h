// A gate's command line: what of a project's own call is kept for it, and what it is in one
// worktree. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"

namespace gf::gate {

inline constexpr const char* kRunnerWord = "{runner}";

/// `arguments` without those of `dropped`, `--option=value` included, and without those of `valued`
/// and the word behind them, unless that is an option itself.
std::vector<std::string> arguments_kept(const std::vector<std::string>& arguments,
                                        const std::vector<std::string>& dropped,
                                        const std::vector<std::string>& valued);

/// The words to start, placeholders filled, selected tests or targets behind them.
std::vector<std::string> argv_for(const Gate& gate, const Place& place,
                                  const std::vector<std::string>& selection,
                                  const std::vector<std::string>& changed);

/// {files}: those of `changed` that the gate judges, from its folder: "./app/x.py".
std::vector<std::string> files_for(const Gate& gate, const std::vector<std::string>& changed);

/// Where {runner} is written: beside the reports.
std::string runner_path(const Gate& gate, const Place& place);

}  // namespace gf::gate
