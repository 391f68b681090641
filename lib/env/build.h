// What has to be built from a project's sources, and whether it has to be built again. For this
// room's .cc files.
#pragma once

#include <string>
#include <vector>

namespace gf::env {

/// Names, times and sizes of the files below `folder` that a build reads and an import does not: C,
/// C++, Cython, Rust and Fortran sources, and what says how they are built.
std::string native_stamp(const std::string& folder);
/// These files, as absolute paths in order.
std::vector<std::string> sources_of_build(const std::string& folder);
std::string native_stamp(const std::vector<std::string>& folders);

}  // namespace gf::env
