// A gate's command line for one worktree. For run.cc.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"

namespace gf::gate {

inline constexpr const char* kRunnerWord = "{runner}";

/// The words to start, placeholders filled, selected tests or targets behind them.
std::vector<std::string> argv_for(const Gate& gate, const Place& place,
                                  const std::vector<std::string>& selection,
                                  const std::vector<std::string>& changed);

/// {files}: those of `changed` that the gate judges, from its folder: "./app/x.py".
std::vector<std::string> files_for(const Gate& gate, const std::vector<std::string>& changed);

/// Where {runner} is written: beside the reports.
std::string runner_path(const Gate& gate, const Place& place);

}  // namespace gf::gate
