// Readers of what Go's tools leave. For report_kinds.cc.
#pragma once

#include <string_view>

#include "gate/reports.h"

namespace gf::gate {

/// `go test -json`. A test is named by the file that it stands in, a subtest as its parameter:
/// "pkg/a_test.go::TestA[one]". Of a package that does not compile each test whose own lines name
/// what is missing failed by that (missing-symbol), and the package is an error of cause compile:
/// of its other tests nothing is known. Reads test files below the worktree.
bool read_go_test(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// "vet: ./a.go:3:2: undefined: x" and "./a.go:3:2: ...".
bool read_go_vet(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// Go's coverprofile: "example.com/twice/a.go:4.22,6.2 1 1". Files are named by their module,
/// which the worktree's go.mod tells.
bool read_go_cover(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);

}  // namespace gf::gate
