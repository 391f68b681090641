#!/usr/bin/env bash
# Builds the libFuzzer targets with Clang and runs each for a while, from the kept corpus.
# Usage: run.sh [SECONDS [SEED]]   (default: 30 seconds, another seed each time). CI gives a seed, so
# that a change is judged by the same inputs each time. What breaks one is left in build-fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-30} seed=${2:-0}
compiler=$(command -v clang++ || command -v clang++-14 || true)
if [ -z "$compiler" ]; then
  printf '%s\n' "==== SKIPPED, NOT PASSED: the libFuzzer targets need clang++ (Debian: clang libclang-rt-14-dev) ====" >&2
  exit 0
fi
launcher=()
command -v ccache >/dev/null 2>&1 && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
mkdir -p build-fuzz/found
cmake -S . -B build-fuzz -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS_DEBUG="-O1 -gline-tables-only" -DGF_FUZZ=ON \
  -DGF_SANITIZE=fuzzer-no-link,address "${launcher[@]}" >build-fuzz/build.log
cmake --build build-fuzz --target answers_fuzz redact_fuzz >>build-fuzz/build.log ||
  { tail -n 30 build-fuzz/build.log >&2; exit 1; }
for name in answers redact; do
  work=$(mktemp -d)
  build-fuzz/tests/${name}_fuzz -seed="$seed" -max_total_time="$seconds" -max_len=8192 -timeout=10 -print_final_stats=1 \
    -artifact_prefix=build-fuzz/found/ "$work" "tests/fuzz/corpus/$name" >"build-fuzz/$name.log" 2>&1 ||
    { tail -n 40 "build-fuzz/$name.log" >&2; echo "${name}_fuzz failed; see build-fuzz/found" >&2; exit 1; }
  rm -rf "$work"
  echo "${name}_fuzz: $(grep -o 'number_of_executed_units: .*' "build-fuzz/$name.log")"
done
