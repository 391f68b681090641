// What a program of Unity (tests in C) prints. For cpp_reports.cc.
#pragma once

#include <string_view>
#include <vector>

#include "gate/reports.h"

namespace gf::gate {

/// The tests of one program, by what it printed: "tests/a.c:12:halves:PASS" is
/// "tests/a.c::halves". None where it did not come to its own sum ("3 Tests 0 Failures 0 Ignored"),
/// or where that is of others than were read: then nobody knows which test it was.
std::vector<record::TestResult> unity_tests(std::string_view said, const Scrubber& scrub);

}  // namespace gf::gate
