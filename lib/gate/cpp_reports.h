// Readers of what tools of C and C++ leave. For report_kinds.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/reports.h"

namespace gf::gate {

/// What our runner (cpp_runner.h) leaves: ctest's JUnit and that of every GoogleTest program that
/// it started, each a child of <report>; where nothing was tested, what CMake and the compiler
/// said. A test of GoogleTest is named by its file ("tests/a_test.cc::Half::Halves"), its parameter
/// in brackets, a case of Catch2 or doctest by its file too where ctest has one name for a program
/// of many (<program>, in their own XML), one of Unity by its file and function, and others by the
/// name that ctest has for them. Of what does not compile each test whose own lines name what is
/// missing failed by that (missing-symbol), and the file is an error of cause compile. Reads
/// sources below the worktree.
bool read_ctest(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// `gcov --json-format`: a line of JSON for each file of counts.
bool read_gcov(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);

/// The test of GoogleTest, Catch2 or doctest that line `number` (from 1) of a file stands in, as
/// reports name it: "Half::Halves", "halves"; nothing: in none.
std::optional<std::string> cpp_test_at(const std::vector<std::string>& lines, int number);

}  // namespace gf::gate
