#include "gate/cpp_runner.h"

namespace gf::gate {

/// Exit 2 and 3: it did not compile, it was not configured. Where the compiler is not GCC, gcov
/// finds nothing to count. What an earlier build left of counts is of another tree.
const char* const kCppRunner = R"sh(build=$1 report=$2 counts=$3 tool=$4
shift 4
rm -rf "$report.ctest" "$report.gtest" "$counts"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
counting="-O0 -g --coverage -fprofile-update=atomic"
export CFLAGS="$CFLAGS $counting" CXXFLAGS="$CXXFLAGS $counting" LDFLAGS="$LDFLAGS --coverage"
export GTEST_OUTPUT="xml:$report.gtest/" GTEST_COLOR=no
if test "$tool" = cmake; then
  cmake -S . -B "$build" "$@" || exit 3
  cmake --build "$build" --parallel "$jobs" || exit 2
  find "$build" -name '*.gcda' -exec rm -f {} +
  ctest --test-dir "$build" --no-tests=error --output-on-failure --output-junit "$report.ctest"
  status=$?
else
  test -f "$build/build.ninja" || meson setup "$build" . "$@" || exit 3
  meson compile -C "$build" || exit 2
  find "$build" -name '*.gcda' -exec rm -f {} +
  meson test -C "$build" --no-rebuild
  status=$?
  cp "$build/meson-logs/testlog.junit.xml" "$report.ctest" 2>/dev/null
fi
if test -f "$report.ctest"; then
  {
    echo '<report>'
    for one in "$report.ctest" "$report.gtest"/*.xml; do
      test ! -f "$one" || sed 's/<?xml[^>]*?>//' "$one"
    done
    echo '</report>'
  } >"$report"
fi
find "$build" -name '*.gcda' -exec gcov -j -t {} + >"$counts" 2>/dev/null
exit $status
)sh";

}  // namespace gf::gate
