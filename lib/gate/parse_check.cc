// Does every changed file still parse?
#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"
#include "gate/gate.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

/// Reads NUL-separated paths; prints "path NUL line NUL message NUL" for each file that does not
/// parse. Links are not followed and pipes are not waited for: the tree is a stranger's.
constexpr const char* kScript = R"(
import ast, json, os, stat, sys
try:
    import tomllib
except ImportError:
    tomllib = None
def content(path):
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
out = sys.stdout.buffer
for path in sys.stdin.buffer.read().split(b"\0"):
    if not path:
        continue
    try:
        data = content(path)
    except OSError:
        continue
    try:
        if path.endswith(b".py"):
            ast.parse(data, "<file>")
        elif path.endswith(b".json"):
            json.loads(data)
        elif tomllib:
            tomllib.loads(data.decode())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        text = getattr(error, "msg", None) or str(error) or type(error).__name__
        message = str(text).replace("\0", " ").encode("utf-8", "backslashreplace")
        out.write(path + b"\0" + str(line).encode() + b"\0" + message + b"\0")
)";

bool has_grammar(const std::string& path) {
  return path.ends_with(".py") || path.ends_with(".json") || path.ends_with(".toml");
}

}  // namespace

Result<record::GateOutcome> parse_check(const std::string& python, const Place& place,
                                        const std::vector<std::string>& paths,
                                        const Cancel& cancel) {
  record::GateOutcome outcome;
  outcome.gate = "parse";
  outcome.stage = "build";
  outcome.tree = place.tree;
  outcome.status = record::GateOutcome::Status::kPass;
  std::string input;
  for (const std::string& path : paths) {
    if (has_grammar(path)) input += path + std::string(1, '\0');
  }
  if (input.empty()) return outcome;
  proc::Options options;
  options.argv = {python, "-I", "-c", kScript};
  options.directory = place.worktree;
  options.environment = proc::clean_environment(place.environment);
  options.environment["LC_ALL"] = "C.UTF-8";
  options.input = input;
  options.limits.timeout = Milliseconds(60000);
  outcome.argv = {"python3", "-I", "-c", "<parse>"};
  GF_ASSIGN(auto ran, proc::run(options, cancel));
  outcome.duration = ran.duration;
  outcome.exit_code = ran.end == proc::End::kExited ? ran.exit_code : -1;
  Scrubber scrub(place.worktree, place.scratch, "");
  std::vector<std::string> fields = split(ran.out, '\0');
  for (size_t i = 0; i + 2 < fields.size(); i += 3) {
    add_finding(outcome, {to_utf8(fields[i]), std::atoi(fields[i + 1].c_str()), "syntax",
                          scrub(fields[i + 2]), "error"});
  }
  if (ran.end == proc::End::kCancelled) {
    outcome.status = record::GateOutcome::Status::kCancelled;
    outcome.reason = "cancelled";
  } else if (ran.end == proc::End::kTimedOut) {
    outcome.status = record::GateOutcome::Status::kTimeout;
    outcome.reason = "the parser did not end within 60 s";
  } else if (!ran.succeeded()) {
    outcome.output_tail = clipped(scrub(ran.err), 2048);
    outcome.status = record::GateOutcome::Status::kBroken;
    outcome.reason = fmt::format("the parser ended with exit {}", ran.exit_code);
  } else if (outcome.findings_total > 0) {
    outcome.status = record::GateOutcome::Status::kFail;
    outcome.reason = counted(static_cast<size_t>(outcome.findings_total), "file") + " not parsed";
  }
  return outcome;
}

}  // namespace gf::gate
