// Files that TEST adds to and takes nothing from: lists of what is built that name tests beside
// code, and files of tests that a runner is started with by name.
#pragma once

#include <string>
#include <vector>

namespace gf::stage {

/// What was done to a list of what is built (CMakeLists.txt, meson.build, a Makefile).
struct ListChange {
  /// As it was, with those of the new lines and words that name new tests.
  std::string as_before;
  /// The rest, a line each: what was taken away, and what was added and names no new test.
  std::vector<std::string> beyond;
};

/// Tells apart what a list was given for new tests. `tests`: paths of the files with tests that the
/// change brings.
///
/// 1. A word in a statement that was there is a test's where it is such a file, by its path, its
///    name or its name without what all tests are called by ("a" of test_a.c).
/// 2. A statement of its own is a test's where it names such a file, or what an earlier one made of
///    it ("add_test(NAME a COMMAND a)" behind "add_executable(a tests/a.c)"), and does not set how
///    something else is built. What looks for a library of tests or begins and ends a condition is
///    nobody's, and goes with it.
/// 3. A comment that would swallow what stands below it, and a condition that is not ended where it
///    is begun, is never a test's.
ListChange change_of_list(const std::string& path, const std::string& before,
                          const std::string& now, const std::vector<std::string>& tests);

/// Does a list name tests: one of `tests`, or, where there are none yet, what makes programs tests?
bool lists_tests(const std::string& text, const std::vector<std::string>& tests);

/// Lines of `before` that `now` has not, trimmed. A line that was only given a comma is there.
std::vector<std::string> lines_taken_from(const std::string& before, const std::string& now);

}  // namespace gf::stage
