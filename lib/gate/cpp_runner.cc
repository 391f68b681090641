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
/// A program that takes longer than its test may is ended there too. Which tests took too long
/// Meson tells in its log alone.
///
/// A Makefile is made in a copy of the sources. Written by hand it seldom says which headers a file
/// is built of: all that is kept of an earlier copy is the objects of sources that are as they
/// were, and not even those where a file changed that others may be built of. The compilers it
/// names are given the option to count, for its flags are its own; where it does not build with
/// that, it is built without. That a target is made is no test: one that tells none has its
/// programs run.
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
    /^          "name" : "TIMEOUT"/ { time = 1; next }
    place { folder = text($0); place = 0 }
    time { limit = $0; gsub(/[^0-9.]/, "", limit); time = 0 }
    /^      "name" : / { name = text($0) }
    /^    }/ {
      if (words == 1 && (program folder name) !~ /\\/) print program "\t" folder "\t" name "\t" (limit + 0)
      words = 0; folder = ""; limit = ""
    }'
}
tell_late() {  # Meson's report has a test that took too long as one that passed
  python3 -c '
import json, sys
from xml.etree import ElementTree
late = [json.loads(line) for line in open(sys.argv[1])]
late = {one["name"].split(" / ")[-1] for one in late if one["result"] == "TIMEOUT"}
report = ElementTree.parse(sys.argv[2])
for test in report.iter("testcase"):
    if test.get("name") in late:
        test.set("status", "fail")
        said = test.find("system-out")
        if said is None:
            said = ElementTree.SubElement(test, "system-out")
        said.text = (said.text or "") + "\nit took longer than its timeout\n"
report.write(sys.argv[2], encoding="utf-8")' "$build/meson-logs/testlog.json" "$report.ctest"
}
list_of_meson() {
  meson introspect "$build" --tests | python3 -c '
import json, os, sys
ran = os.path.join(sys.argv[1], "meson-logs", "testlog.json")
ended = [json.loads(line) for line in open(ran)] if os.path.exists(ran) else []
late = {one["name"].split(" / ")[-1] for one in ended if one["result"] == "TIMEOUT"}
for test in json.load(sys.stdin):
    line = test["cmd"] + [test["workdir"] or sys.argv[1], test["name"], str(max(test["timeout"], 0))]
    plain = len(line) == 4 and not any(sign in word for word in line for sign in "\t\n\\")
    if plain and test["name"] not in late:
        print("\t".join(line))' "$build"
}
within() {  # seconds, 0: as long as it takes
  seconds=$1
  shift
  if command -v timeout >/dev/null; then timeout -k 5 "$seconds" "$@"; else "$@"; fi
}
tell_cases() {
  while IFS="$(printf '\t')" read -r program folder name limit; do
    told="$report.gtest/$(basename "$program").xml"
    if test "$tool" = meson && test ! -f "$told" && test -x "$program" && has 'gtest_list_tests\|libgtest\.so'; then
      (cd "$folder" && GTEST_OUTPUT="xml:$report.gtest/" within "$limit" "$program") </dev/null >/dev/null 2>&1
    fi
    test -x "$program" && has 'list-test-names-only\|list-listeners\|list-test-cases\|libCatch2' || continue
    told="$report.cases"
    rm -f "$told"
    (cd "$folder" && within "$limit" "$program" -r=xml -o="$told") </dev/null >/dev/null 2>&1
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
  from=$(printf '%s\n' "$1" | sed 's/[].*^$|\\[]/\\&/g')
  to=$(printf '%s\n' "$PWD" | sed 's/[&|\\]/\\&/g')
  sed "s|$from|$to|g" "$2" >"$report.told" && mv "$report.told" "$2"
}
sums() {
  find . -path ./.git -prune -o -type f -exec cksum {} +
  find . -path ./.git -prune -o -type l -print | while read -r link; do
    printf 'link %s %s\n' "$(readlink "$link")" "$link"
  done
}
may_keep() {  # none changed that others may be built of: all are compiled, and none is included
  LC_ALL=C comm -23 "$build.files" "$build.here" | grep -q . && return 1
  while read -r sum size file; do
    test "$sum" != link || return 1
    case $file in *.c | *.cc | *.cpp | *.cxx) ;; *) return 1 ;; esac
    ! grep -r -q -I --exclude-dir=.git -E "^[[:space:]]*#[[:space:]]*include.*$(basename "$file" | sed 's/[].*^$+?(){}|\\[]/\\&/g')" . || return 1
  done <"$build.changed"
  cd "$build" || return 1  # nor is a source that was made
  find . -type f | LC_ALL=C sort | LC_ALL=C comm -13 "$build.files" - >"$build.made"
  ! grep -q '\.\(c\|cc\|cpp\|cxx\|h\|hh\|hpp\|hxx\|inc\|inl\|ipp\)$' "$build.made"
}
forget_objects() {  # of what changed; of all else objects stay
  while read -r sum size file; do
    stem=$(basename "$file" | sed 's/\.[^.]*$//; s/[][*?\\]/?/g')
    find "$build" -name "*$stem*.o" -exec rm -f {} +
  done <"$build.changed"
  while read -r file; do
    case $file in *.o | *.d | *.gcno) ;; *) rm -f "$build/$file" ;; esac
  done <"$build.made"
}
lay_sources() {  # a Makefile builds where it stands: there they are as they are here
  mkdir -p "$(dirname "$build")"
  find . -path ./.git -prune -o '(' -type f -o -type l ')' -print | LC_ALL=C sort >"$build.here"
  sums | LC_ALL=C sort >"$build.now"
  LC_ALL=C comm -13 "$build.sums" "$build.now" >"$build.changed" 2>/dev/null
  if test -f "$build.sums" && (may_keep); then
    forget_objects
  else
    rm -rf "$build" "$build.uncounted"
  fi
  rm -f "$build.sums"  # there again when all is made
  mv "$build.here" "$build.files"
  mkdir -p "$build"
  unquoted=
  if tar --version 2>/dev/null | grep -q GNU; then unquoted=--no-unquote; fi
  tar -cf - $unquoted -T "$build.files" | tar -xf - -C "$build"
  while read -r sum size file; do touch "$build/$file"; done <"$build.changed"
}
make_target() {
  (cd "$build" && GTEST_OUTPUT="xml:$report.gtest/" make $target "$@") </dev/null >"$report.said" 2>&1
  status=$?
  in_sources "$build" "$report.said"
}
compiler() {  # as the Makefile has it
  named=$(cd "$build" && make -pq .no-such-target </dev/null 2>/dev/null | sed -n "s/^$1 :*= //p" | head -n 1)
  echo "${named:-$2} --coverage"
}
does_not_build() {
  test "$status" -ne 0 && test ! -d "$report.gtest" &&
    grep -q ': error: \|: fatal error: \|undefined reference to \|: undefined symbol\|__gcov_\|libgcov\|ld returned' "$report.said"
}
make_counted() {  # where it can be
  lay_sources
  if test ! -f "$build.uncounted"; then
    make_target CC="$(compiler CC "${CC:-cc}")" CXX="$(compiler CXX "${CXX:-c++}")"
    does_not_build || { mv "$build.now" "$build.sums"; return; }
    rm -rf "$build" "$report.gtest"
    lay_sources
  fi
  make_target
  if does_not_build; then return; fi
  test -f "$build.uncounted" || echo "it does not build with --coverage: lines are not counted" | tee "$build.uncounted"
  mv "$build.now" "$build.sums"
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
      printf '%s\t%s\t%s\t%s\n' "$program" "$build" "$name" 0 >>"$report.programs"
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
  make_counted
  cat "$report.said"
  ! does_not_build || exit 2
  test -n "$target" && test -d "$report.gtest" || run_programs
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
  if cp "$build/meson-logs/testlog.junit.xml" "$report.ctest" 2>/dev/null; then tell_late; else run_programs; fi
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
