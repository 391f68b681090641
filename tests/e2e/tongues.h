// Small projects in several languages, for tests that run all of the line on them.
#pragma once

#include <map>
#include <string>

namespace gf::test {

/// A project of one source file, what a run makes of it, and names that reports have.
struct Tongue {
  const char* tool;  ///< without which nothing can be tried
  std::map<std::string, std::string> files;
  std::string source, code;              ///< what BUILD writes
  std::string tests, test;               ///< what TEST writes
  std::string id;                        ///< of its test
  std::string test_output, init_output;  ///< by the run's last tests, and by init
  /// Asks whether there is what counts lines; null: it comes with the tool.
  const char* measured_by = nullptr;
  std::string builds = {}, built = {};  ///< where a new file of tests is named; with it
  bool of_npm = false;                  ///< its runner comes from npm's registry
};

/// `text` with the first `what`, which is there, as `with`.
std::string replaced(std::string text, const std::string& what, const std::string& with);

Tongue javascript();
/// By a runner of npm's.
Tongue javascript_by_jest();
Tongue javascript_by_vitest();
Tongue golang();
Tongue rust();
/// The same, by nextest, which runs no examples of the documentation.
Tongue rust_by_nextest();
/// With a part that has tests of its own and needs nothing of what changes.
Tongue beside(Tongue tongue, const std::map<std::string, std::string>& far);
Tongue cpp();
/// A program of GoogleTest that ctest was never told of.
Tongue cpp_without_ctest();
/// Each file of tests is named where they are built.
Tongue cpp_with_a_list();
/// One list names code and tests.
Tongue cpp_with_one_list();
/// All tests are one file, beside the source, that the runner is started with.
Tongue javascript_in_one_file();
/// Tested by JUnit, measured by jacoco.
Tongue java();

}  // namespace gf::test
