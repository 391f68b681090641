// Our program that configures, builds and tests what is built by CMake or Meson.
#pragma once

namespace gf::gate {

/// A shell script. Its arguments: the build folder, where the report goes (read_ctest), where the
/// counts of lines go (read_gcov), "cmake" or "meson", and options of configuring. It leaves no
/// report where something does not configure or compile.
extern const char* const kCppRunner;

}  // namespace gf::gate
