// What stands in for pytest-cov where an environment has none, so that its tests run and are
// measured all the same.
#pragma once

#include <string>

#include "base/result.h"
#include "env/interpreter.h"

namespace gf::env {

/// The module that says whether pytest-cov is installed, as ask_interpreter() is asked for it.
inline constexpr const char* kMeasuring = "pytest_cov";

/// Does a plugin have to stand in? Of an interpreter that was asked for kMeasuring.
bool lacks_measuring(const Interpreter& interpreter);

/// Writes a plugin of pytest into `site`, an overlay's own folder of packages. It takes the options
/// of pytest-cov and measures with coverage.py; where that is missing, or where tests run in
/// several processes, it measures nothing and leaves no report. A project whose own options name
/// pytest-cov's runs, too.
Result<void> write_measuring(const std::string& site);

}  // namespace gf::env
