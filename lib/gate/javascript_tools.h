// Gates of JavaScript's linters, formatters and type checker. For javascript.cc.
#pragma once

#include <vector>

#include "gate/gate.h"
#include "gate/javascript_project.h"

namespace gf::gate {

/// The gates of VALIDATE that the project shows: a tool that one of its scripts calls, with the
/// paths and options that it gives it; by configuration alone eslint, biome and tsc. Programs have
/// plain names: they are found in node_modules/.bin.
std::vector<Gate> javascript_checks(const JavaScriptProject& project);

/// Files that its tools read.
const std::vector<std::string>& javascript_files();

}  // namespace gf::gate
