// Gates of Python's linters, formatters and type checkers. For python*.cc.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"
#include "gate/python_project.h"

namespace gf::gate {

/// The gates of VALIDATE that the project shows: a tool that it runs itself, with the paths and
/// options that it gives it, and a tool that only configuration tells of where that is enough:
/// ruff's linter and mypy. `python` runs them.
std::vector<Gate> python_checks(const PythonProject& project, const std::string& python);

}  // namespace gf::gate
