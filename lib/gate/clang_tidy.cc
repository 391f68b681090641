#include "gate/clang_tidy.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/file_kind.h"
#include "base/text.h"

namespace gf::gate {

/// A file each process, some at a time, told in the order of the files. GCC's own warnings are
/// unknown to it. What CMake says of its own files is told as places of these, for whoever broke
/// them; a configuration that fails otherwise is no answer.
const char* const kTidyRunner = R"sh(build=$1 report=$2 tool=$3
shift 3
command -v clang-tidy >/dev/null || { echo "'clang-tidy' was not found" >&2; exit 127; }
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
configure() {
  left=$#
  while test "$left" -gt 0; do
    case $1 in -D*) set -- "$@" "$1" ;; esac
    shift
    left=$((left - 1))
  done
  if test "$tool" = cmake; then
    cmake -S . -B "$build" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "$@"
  elif test -f "$build/build.ninja"; then
    meson setup --reconfigure "$build" . "$@"
  else
    meson setup "$build" . "$@"
  fi
}
tidy() {
  left=$#
  while test "$left" -gt 0; do
    case $1 in --*) set -- "$@" "$1" ;; esac
    shift
    left=$((left - 1))
  done
  number=0
  while read -r file; do
    test -f "$file" || continue
    number=$((number + 1))
    {
      clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option "$@" "$file" \
        </dev/null >"$report.$number.out" 2>"$report.$number.err"
      echo $? >"$report.$number.status"
    } &
    if test $((number % jobs)) -eq 0; then wait; fi
  done <"$report.files"
  wait
  one=0 status=0
  while test "$one" -lt "$number"; do
    one=$((one + 1))
    cat "$report.$one.out"
    ended=$(cat "$report.$one.status")
    if test "$ended" -gt 1; then status=$ended; cat "$report.$one.err" >&2; fi
    rm -f "$report.$one.out" "$report.$one.err" "$report.$one.status"
  done
  return $status
}
if ! configure "$@" >"$report.told" 2>&1; then
  sed -n 's/^CMake Error at \([^:]*\):\([0-9]*\)\(.*\)$/\1:\2: error: not configured\3 [cmake]/p; s/^\([^ :]*meson\.build\):\([0-9]*\):[0-9]*: ERROR: \(.*\)$/\1:\2: error: \3 [meson]/p' "$report.told" >"$report.places"
  test -s "$report.places" || { cat "$report.told" >&2; exit 3; }
  cat "$report.places"
  exit 0
fi
test -f "$build/compile_commands.json" || { echo "error: no compile_commands.json was made" >&2; exit 3; }
: >"$report.files"
for file; do
  case $file in ./*) printf '%s\n' "$file" >>"$report.files" ;; esac
done
tidy "$@"
)sh";

bool is_by_tidy_runner(const Gate& gate) { return gate.report == "clang-tidy"; }

bool has_clang_tidy(const record::TreeFacts& tree, const std::vector<Evidence>& calls) {
  constexpr size_t kMost = 100000;
  auto is_call = [](const Evidence& one) { return one.call.tool == "clang-tidy"; };
  if (tree.has_path(".clang-tidy") || std::any_of(calls.begin(), calls.end(), is_call)) return true;
  std::vector<std::string> paths = tree.paths("", kMost);
  return std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
    return path.ends_with("/.clang-tidy") && kind_of_file(path, {}) != FileKind::kVendored;
  });
}

Gate clang_tidy_gate(const std::vector<Evidence>& calls, const std::string& tool,
                     const std::vector<std::string>& options) {
  constexpr std::array<std::string_view, 3> kKept = {
      "--checks=", "--config-file=", "--header-filter="};
  Gate gate;
  gate.name = "clang-tidy";
  gate.argv = {"sh", "{runner}", "{cache}/tidy-" + tool, "{report}", tool};
  gate.argv.insert(gate.argv.end(), options.begin(), options.end());
  gate.why = ".clang-tidy";
  for (const Evidence& one : calls) {
    if (one.call.tool != "clang-tidy") continue;
    gate.why = evidence_text(one);
    for (std::string word : one.call.arguments) {
      if (word.starts_with("-") && !word.starts_with("--")) word.insert(0, "-");
      bool kept = std::any_of(kKept.begin(), kKept.end(),
                              [&](std::string_view option) { return word.starts_with(option); });
      if (kept) gate.argv.push_back(word);
    }
    break;
  }
  gate.argv.emplace_back("{files}");
  gate.report = "clang-tidy";
  gate.timeout = Milliseconds(1800000);
  gate.files = {"*.c", "*.cc", "*.cpp", "*.cxx", "*.h", "*.hh", "*.hpp", "*.hxx"};
  gate.environment = {"CC", "CXX", "CFLAGS", "CXXFLAGS", "CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH"};
  return gate;
}

bool read_clang_tidy(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  constexpr std::string_view kAsErrors = ",-warnings-as-errors";
  record::GateOutcome all;
  if (!read_text(text, scrub, all)) return false;
  std::set<std::string> known;
  for (record::Finding& finding : all.findings) {
    if (finding.rule.ends_with(kAsErrors))
      finding.rule.resize(finding.rule.size() - kAsErrors.size());
    bool compilers = finding.rule.starts_with("clang-diagnostic-");
    if (finding.rule.empty() || finding.rule == "clang-diagnostic-error") continue;
    finding.severity = compilers ? "warning" : "error";
    if (!known.insert(std::to_string(finding.line) + "\x1f" + finding.key()).second) continue;
    add_finding(outcome, std::move(finding));
  }
  return true;
}

}  // namespace gf::gate
