#include "gate/rust_coverage.h"

#include <filesystem>

namespace gf::gate {
namespace {

/// $0 is where the report goes, $1 a folder for what is built to be measured, which is other code.
/// Nothing is installed: without a terminal cargo-llvm-cov takes silence for a yes.
constexpr const char* kMeasure = R"sh(export CARGO_LLVM_COV_SETUP=no
plain=$CARGO_TARGET_DIR
export CARGO_TARGET_DIR="$1"
shift
if vars=$(cargo llvm-cov show-env --sh 2>/dev/null || cargo llvm-cov show-env --export-prefix 2>/dev/null); then
  eval "$vars"
  cargo llvm-cov clean --profraw-only >/dev/null 2>&1
else
  export CARGO_TARGET_DIR="$plain"
fi
"$@"
status=$?
test -z "$vars" || cargo llvm-cov report --lcov --output-path "$0" >/dev/null 2>&1
exit $status)sh";

bool is_there(const proc::Environment& environment) {
  if (proc::find_program("cargo-llvm-cov", environment)) return true;
  std::string home = environment.get("CARGO_HOME");
  if (home.empty()) home = environment.get("HOME") + "/.cargo";
  std::error_code failed;
  return std::filesystem::exists(home + "/bin/cargo-llvm-cov", failed);
}

}  // namespace

std::optional<Gate> measured_by_llvm_cov(const Gate& gate, const proc::Environment& environment) {
  bool tests = gate.report == "cargo-test" && gate.coverage == "lcov" && gate.argv[0] == "cargo";
  if (!tests || !is_there(environment)) return std::nullopt;
  Gate measured = gate;
  measured.argv = {"sh", "-c", kMeasure, "{coverage}", "{cache}/cargo-measured"};
  measured.argv.insert(measured.argv.end(), gate.argv.begin(), gate.argv.end());
  return measured;
}

}  // namespace gf::gate
