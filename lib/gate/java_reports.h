// Readers of what tools of Java leave. For report_kinds.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/reports.h"

namespace gf::gate {

/// What our runner (java_runner.h) leaves of tests: the tool's own words, then the reports of
/// surefire, failsafe or Gradle, each module's in a <module path="...">. A test is named by the
/// file that its class is in ("src/test/java/shop/PricesTest.java::Inner::halves"), its parameters
/// in brackets ("many[2]"); one whose class has no such file by the class. A module that does not
/// compile was not tested: each test whose own lines name what is missing failed by that
/// (missing-symbol), and the file is an error of cause compile. Reads sources below the worktree.
bool read_surefire(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// What Maven and Gradle print of compilers, checkstyle and spotless.
bool read_maven(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// jacoco.xml, by itself or as our runner gathers them. A line that ran in part did run.
bool read_jacoco(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);

/// The method of JUnit or TestNG that line `number` (from 1) of a file stands in, its classes but
/// the outermost before it: "Inner::halves"; nothing: in none.
std::optional<std::string> java_test_at(const std::vector<std::string>& lines, int number);

}  // namespace gf::gate
