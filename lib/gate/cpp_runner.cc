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
/// (catch_discover_tests), and Meson for any: such a program is run once more, to tell its cases
/// itself. A program of Unity tells them in what it prints, of which ctest would keep a kibibyte.
///
/// A Makefile is made in a copy of the sources, which keeps what was made; its compilers are given
/// the option to count, for its flags are its own. That a target is made is no test.
const char* const kCppRunner = R"sh(build=$1 report=$2 counts=$3 tool=$4
shift 4
beside=
rm -rf "$report.ctest" "$report.gtest" "$counts"
most=1048576
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
given_c=$CFLAGS given_cxx=$CXXFLAGS given_ld=$LDFLAGS
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
list_of_ctest() {
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
    }'
}
list_of_meson() {
  meson introspect "$build" --tests | python3 -c '
import json, sys
for test in json.load(sys.stdin):
    line = test["cmd"] + [test["workdir"] or sys.argv[1], test["name"]]
    if len(line) == 3 and not any(sign in word for word in line for sign in "\t\n\\"):
        print("\t".join(line))' "$build"
}
tell_cases() {
  while IFS="$(printf '\t')" read -r program folder name; do
    told="$report.gtest/$(basename "$program").xml"
    if test "$tool" = meson && test ! -f "$told" && test -x "$program" && has 'gtest_list_tests\|libgtest\.so'; then
      (cd "$folder" && GTEST_OUTPUT="xml:$report.gtest/" "$program") </dev/null >/dev/null 2>&1
    fi
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
in_sources() {  # what is told of the one folder is told of the sources
  sed "s|$(printf %s "$1" | sed 's/[].*^$|\\[]/\\&/g')|$PWD|g" "$2" >"$report.told" && mv "$report.told" "$2"
}
lay_sources() {  # a Makefile builds where it stands: there they are as they are here
  mkdir -p "$build"
  find . -path ./.git -prune -o '(' -type f -o -type l ')' -print | LC_ALL=C sort >"$build.now"
  if test -f "$build.files"; then
    LC_ALL=C comm -23 "$build.files" "$build.now" | while read -r file; do rm -f "$build/$file"; done
  fi
  mv "$build.now" "$build.files"
  tar -cf - -T "$build.files" | tar -xf - -C "$build"
}
make_target() {
  lay_sources
  (cd "$build" && GTEST_OUTPUT="xml:$report.gtest/" make $target "$@") </dev/null >"$report.said" 2>&1
  status=$?
  in_sources "$build" "$report.said"
}
tell_made() {
  {
    echo '<testsuite>'
    if grep -q '^[0-9]* Tests [0-9]* Failures [0-9]* Ignored' "$report.said"; then
      printf '<testcase name="make" status="%s"><system-out>' "$(test "$status" -eq 0 && echo run || echo fail)"
      tail -c "$most" "$report.said" | in_xml
      echo '</system-out></testcase>'
    fi
    find "$build" -type f -perm -u+x ! -name '*.so' ! -name '*.so.*' | LC_ALL=C sort >"$report.made"
    : >"$report.programs"
    while read -r program; do
      has 'list-test-names-only\|list-listeners\|list-test-cases\|libCatch2' || continue
      name=${program#"$build/"}
      ended=run
      (cd "$build" && "$program") </dev/null >/dev/null 2>&1 || ended=fail
      printf '<testcase name="%s" status="%s"/>\n' "$(printf %s "$name" | in_xml)" "$ended"
      printf '%s\t%s\t%s\n' "$program" "$build" "$name" >>"$report.programs"
    done <"$report.made"
    echo '</testsuite>'
  } >"$report.ctest"
  tell_cases
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
    list_of_ctest >"$report.programs"
    tell_cases
  fi
elif test "$tool" = make; then
  target=$1
  export CFLAGS="$given_c" CXXFLAGS="$given_cxx" LDFLAGS="$given_ld"
  find "$build" -name '*.gcda' -exec rm -f {} + 2>/dev/null
  make_target CC="${CC:-cc} --coverage" CXX="${CXX:-c++} --coverage"
  if test "$status" -ne 0 && grep -q '__gcov_\|libgcov' "$report.said"; then  # it links by another
    rm -rf "$build" "$build.files" "$report.gtest"
    make_target
  fi
  cat "$report.said"
  test "$status" -eq 0 || test -d "$report.gtest" || ! grep -q ': error: \|: fatal error: \|undefined reference to ' "$report.said" || exit 2
  test -n "$target" || run_programs
  tell_made
else
  test -f "$build/build.ninja" || meson setup "$build" . "$@" || exit 3
  if test "$(meson introspect "$build" --tests)" = '[]'; then forget_programs; fi
  beside=$(python3 -c 'import os, sys; print(os.path.relpath(sys.argv[1], sys.argv[2]))' "$PWD" "$build")
  meson compile -C "$build" >"$report.said" 2>&1
  status=$?
  in_sources "$beside" "$report.said"
  cat "$report.said"
  test "$status" -eq 0 || exit 2
  find "$build" -name '*.gcda' -exec rm -f {} +
  rm -f "$build/meson-logs/testlog.junit.xml"
  meson test -C "$build" --no-rebuild
  status=$?
  cp "$build/meson-logs/testlog.junit.xml" "$report.ctest" 2>/dev/null || run_programs
  list_of_meson >"$report.programs"
  tell_cases
fi
if test -f "$report.ctest"; then
  {
    echo '<report>'
    for one in "$report.ctest" "$report.gtest"/*.xml; do  # one or more roots each
      test ! -f "$one" || sed 's/<?xml[^>]*?>//' "$one"
    done
    echo '</report>'
  } >"$report"
  if test "$tool" = make; then in_sources "$build" "$report"; fi
  if test -n "$beside"; then in_sources "$beside" "$report"; fi
fi
find "$build" -name '*.gcda' -exec gcov -j -t {} + >"$counts" 2>/dev/null
if test "$tool" = make; then in_sources "$build" "$counts"; fi
exit $status
)sh";

}  // namespace gf::gate
