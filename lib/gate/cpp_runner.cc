#include "gate/cpp_runner.h"

namespace gf::gate {

/// Exit 2 and 3: it did not compile, it was not configured. Where the compiler is not GCC, gcov
/// finds nothing to count. What an earlier build left of counts is of another tree. Where neither
/// ctest nor Meson was told of a test, the programs that were built are looked at: one that has the
/// words of GoogleTest's own options in it is run, each in its folder as ctest would. What an
/// earlier build left of them is taken away first: a program whose target is gone would go on to
/// pass. One that leaves no report to the end, since a test ended it, is a failed test itself.
///
/// ctest has one name for a program of Catch2 or doctest that CMake did not take apart
/// (catch_discover_tests): such a program is run once more, to tell its cases itself. A program of
/// Unity tells them in what it prints, of which ctest would keep a kibibyte.
const char* const kCppRunner = R"sh(build=$1 report=$2 counts=$3 tool=$4
shift 4
rm -rf "$report.ctest" "$report.gtest" "$counts"
most=1048576
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
counting="-O0 -g --coverage -fprofile-update=atomic"
export CFLAGS="$CFLAGS $counting" CXXFLAGS="$CXXFLAGS $counting" LDFLAGS="$LDFLAGS --coverage"
export GTEST_OUTPUT="xml:$report.gtest/" GTEST_COLOR=no
in_xml() { tr -cd '\n\t -~' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'; }
has() { grep -q -a -e "$1" "$program"; }
tell_ended() {
  printf '<testsuite><testcase name="%s" status="fail"><failure/><system-out>' "$(basename "$program" | in_xml)"
  tail -c 4000 "$told.said" | in_xml
  echo '</system-out></testcase></testsuite>'
}
programs() {
  find "$build" -type f -perm -u+x ! -path '*/CMakeFiles/*' ! -name '*.so' ! -name '*.so.*' | LC_ALL=C sort |
    while read -r program; do
      if has 'gtest_list_tests\|libgtest\.so'; then echo "$program"; fi
    done
}
tell_cases() {
  ctest --test-dir "$build" --show-only=json-v1 2>/dev/null | awk '
    function text(line) { sub(/^[^"]*("value" : |"name" : )?"/, "", line); sub(/",?$/, "", line); return line }
    /^      "command" :/ { words = 0; inside = 1; next }
    inside && /^      \]/ { inside = 0; next }
    inside && /^        "/ { words++; program = text($0) }
    /^          "name" : "WORKING_DIRECTORY"/ { place = 1; next }
    place { folder = text($0); place = 0 }
    /^      "name" : / { name = text($0) }
    /^    }/ {
      if (words == 1 && (program folder name) !~ /\\/) print program "\t" folder "\t" name
      words = 0; folder = ""
    }' >"$report.programs"
  while IFS="$(printf '\t')" read -r program folder name; do
    test -x "$program" && has 'list-test-names-only\|list-listeners\|list-test-cases\|libCatch2' || continue
    told="$report.cases"
    rm -f "$told"
    (cd "$folder" && "$program" -r=xml -o="$told") </dev/null >/dev/null 2>&1
    tail -n 1 "$told" 2>/dev/null | grep -q '</Catch\|</doctest' || continue
    mkdir -p "$report.gtest"
    {
      printf '<program name="%s">\n' "$(printf %s "$name" | in_xml)"
      sed 's/<?xml[^>]*?>//' "$told"
      echo '</program>'
    } >>"$report.gtest/cases.xml"
  done <"$report.programs"
}
forget_programs() {
  programs | while read -r program; do rm -f "$program"; done
}
run_programs() {
  programs >"$report.programs"
  number=0
  while read -r program; do
    number=$((number + 1))
    told="$report.gtest/$number.xml"
    mkdir -p "$report.gtest"
    (cd "$(dirname "$program")" && GTEST_OUTPUT="xml:$told" "$program") </dev/null >"$told.said" 2>&1 || status=1
    cat "$told.said"
    tail -n 2 "$told" 2>/dev/null | grep -q '</testsuites>' || tell_ended >"$told"
    : >"$report.ctest"
  done <"$report.programs"
}
if test "$tool" = cmake; then
  cmake -S . -B "$build" "$@" || exit 3
  knows_none=$(ctest --test-dir "$build" -N | grep '^Total Tests: 0$')
  if test -n "$knows_none"; then forget_programs; fi
  cmake --build "$build" --parallel "$jobs" || exit 2
  find "$build" -name '*.gcda' -exec rm -f {} +
  status=0
  if test -n "$knows_none"; then run_programs; fi
  if test ! -f "$report.ctest"; then
    ctest --test-dir "$build" --no-tests=error --output-on-failure --output-junit "$report.ctest" \
      --test-output-size-passed "$most" --test-output-size-failed "$most"
    status=$?
    tell_cases
  fi
else
  test -f "$build/build.ninja" || meson setup "$build" . "$@" || exit 3
  if test "$(meson introspect "$build" --tests)" = '[]'; then forget_programs; fi
  meson compile -C "$build" || exit 2
  find "$build" -name '*.gcda' -exec rm -f {} +
  rm -f "$build/meson-logs/testlog.junit.xml"
  meson test -C "$build" --no-rebuild
  status=$?
  cp "$build/meson-logs/testlog.junit.xml" "$report.ctest" 2>/dev/null || run_programs
fi
if test -f "$report.ctest"; then
  {
    echo '<report>'
    for one in "$report.ctest" "$report.gtest"/*.xml; do  # one or more roots each
      test ! -f "$one" || sed 's/<?xml[^>]*?>//' "$one"
    done
    echo '</report>'
  } >"$report"
fi
find "$build" -name '*.gcda' -exec gcov -j -t {} + >"$counts" 2>/dev/null
exit $status
)sh";

}  // namespace gf::gate
