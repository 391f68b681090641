// Readers of what Rust's tools leave. For report_kinds.cc.
#pragma once

#include <string>
#include <string_view>

#include "gate/reports.h"

namespace gf::gate {

/// `cargo test --message-format=json`, standard error among it: messages of the compiler, "Running"
/// lines, and what each test program prints. A test is named by the root of the crate that it is
/// compiled into ("src/lib.rs::deep::tests::one", "tests/a.rs::doubles"), an example of the
/// documentation by its file and what it explains ("src/lib.rs::half (doc)"), whatever line it
/// stands in. A program with a main of its own is one test. Of what does not compile each test
/// whose own lines name what is missing failed by that (missing-symbol), and the file is an error
/// of cause compile. Reads Rust files below the worktree.
bool read_cargo_test(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// The compiler's messages, a line of JSON each, as `cargo clippy` and `cargo check` tell them. One
/// that several targets get is one finding.
bool read_cargo_json(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// `cargo test --doc --message-format=json`: a finding each example that fails, in the file that it
/// stands in, beside what the compiler says. None at all is nothing to say no for.
bool read_cargo_doctest(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// `cargo fmt --check -- -l`: a path a line, and where a file does not parse.
bool read_rustfmt(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);

/// What cargo printed as a person would have it: the compiler's messages as text, and nothing of
/// what only programs ask for.
std::string spoken_by_cargo(std::string_view text);

}  // namespace gf::gate
