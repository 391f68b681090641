// Gates that run Python's tests: pytest, unittest, Django's runner. For python*.cc and run.cc.
#pragma once

#include <optional>
#include <string>

#include "gate/gate.h"
#include "gate/python_project.h"

namespace gf::gate {

/// The gate of TEST that the project shows; nothing: it has no tests. Whoever sets pytest up or
/// calls it means it; else the runner that the project calls; else, by what the tests are made
/// with, Django's, unittest or pytest. What was written for nose is run by pytest, as nose is gone.
std::optional<Gate> python_tests(const PythonProject& project, const std::string& python);

/// {runner} in a command: our program that runs unittest, Django's runner and pytest, writes JUnit
/// XML, and measures coverage by coverage.py where that is installed. Nothing has to be installed
/// for it.
extern const char* const kPythonRunner;

/// The same gate where pytest-cov is not installed: coverage.py measures instead, or nobody does.
/// Nothing: it is no pytest with coverage.
std::optional<Gate> without_pytest_cov(const Gate& gate);

}  // namespace gf::gate
