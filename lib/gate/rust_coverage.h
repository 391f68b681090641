// Which lines Rust's tests run, where cargo-llvm-cov is installed. For run.cc.
#pragma once

#include <optional>

#include "gate/gate.h"

namespace gf::gate {

/// The gate as it measures: `cargo test` in the variables of cargo-llvm-cov, and its report behind
/// it; where the toolchain lacks what that needs, the tests run as they are and nothing is
/// measured. Nothing: it is no `cargo test`, or cargo-llvm-cov is not installed for `environment`.
std::optional<Gate> measured_by_llvm_cov(const Gate& gate, const proc::Environment& environment);

}  // namespace gf::gate
