// What version a gate's tool has, asked of the tool or of the interpreter that holds it.
#include <map>
#include <mutex>

#include "base/text.h"
#include "gate/ask_python.h"
#include "gate/gate.h"
#include "proc/work.h"

namespace gf::gate {
namespace {

/// How a tool is asked: it only reads.
struct Held {
  const proc::Sandbox* sandbox;
  const std::vector<std::string>& readable;
  const Cancel& cancel;
  std::string cache;  ///< where answers are kept
  [[nodiscard]] proc::Policy policy(const proc::Environment& environment) const {
    return proc::policy_for(proc::Work::kProbe, environment, {readable, {}, {}});
  }
};

/// What is installed where "python -m" looks, but for the folder it is started in. The headers are
/// read here (PyPA's "core metadata": Name and Version stand in the head of METADATA or PKG-INFO):
/// importlib.metadata takes five times as long to load as this takes in all. What lies in an
/// archive is not found, and asked of the tool itself.
constexpr const char* kInstalled = R"py(
import os, sys
read_too = []
def told(path):
    for name in ("METADATA", "PKG-INFO", ""):
        try:
            one = os.path.join(path, name) if name else path
            with open(one, "rb") as file:
                head = file.read(65536).replace(b"\r\n", b"\n").split(b"\n\n")[0]
            read_too.append(one)
        except OSError:
            continue
        pairs = [line.split(b":", 1) for line in head.split(b"\n") if b":" in line]
        found = {name.strip().lower(): value.strip() for name, value in reversed(pairs)}
        if b"name" in found and b"version" in found:
            return found[b"name"] + b" " + found[b"version"] + b"\n"
    return b""
for place in sys.path:
    try:
        inside = sorted(os.listdir(place)) if place else []
    except OSError:
        continue
    for one in inside:
        if one.endswith((".dist-info", ".egg-info")):
            sys.stdout.buffer.write(told(os.path.join(place, one)))
)py";

/// Answers of one interpreter for all its modules: starting pytest only to hear its version takes
/// longer than most of the line's own work.
std::map<std::string, std::string> installed_in(const std::string& python,
                                                const proc::Environment& environment,
                                                const Held& held) {
  proc::Options options;
  options.environment = environment;
  options.limits = {Milliseconds(20000), 4u << 20};
  auto ran = ask_python({python, {}, kInstalled, {}, held.cache}, options, held.sandbox,
                        held.policy(environment), held.cancel);
  std::map<std::string, std::string> versions;
  if (!ran.ok() || !ran->succeeded()) return versions;
  for (const std::string& line : lines(ran->out)) {
    std::string name = lower(line.substr(0, line.find(' ')));
    std::string version(printable(clipped(line, 100)));
    versions.emplace(python + " -m " + name + " --version", version);
  }
  return versions;
}

/// Programs that know no --version, and who is asked instead: gofmt comes with go and says nothing
/// of itself (https://pkg.go.dev/cmd/go, https://pkg.go.dev/cmd/gofmt).
const std::map<std::string_view, std::vector<std::string>> kOtherQuestions = {
    {"go", {"go", "version"}},
    {"gofmt", {"go", "version"}},
};

}  // namespace

std::vector<std::string> version_question(const Gate& gate) {
  if (gate.argv.empty()) return {};
  if (auto other = kOtherQuestions.find(gate.argv[0]); other != kOtherQuestions.end())
    return other->second;
  size_t words = 1;
  if (gate.argv.size() > 2 && gate.argv[1] == "-m") words = 3;
  if (gate.argv.size() > 1 && gate.argv[1] == "nextest") words = 2;
  std::vector<std::string> argv(gate.argv.begin(), gate.argv.begin() + static_cast<long>(words));
  argv.emplace_back("--version");
  return argv;
}

std::string tool_version(const Gate& gate, const proc::Environment& environment,
                         const Cancel& cancel, const proc::Sandbox* sandbox,
                         const std::vector<std::string>& readable) {
  const auto cache = environment.cache_folder();
  const Held held{sandbox, readable, cancel, cache.ok() ? *cache : ""};
  static std::mutex mutex;
  static std::map<std::string, std::string> known;
  proc::Options options;
  options.argv = version_question(gate);
  options.environment = proc::variables_for(proc::Work::kProbe, environment);
  options.environment.insert_or_assign("PYTHONDONTWRITEBYTECODE", "1");
  std::string key = join(options.argv, " ");
  std::lock_guard lock(mutex);
  if (auto found = known.find(key); found != known.end()) return found->second;
  if (options.argv.size() == 4 && options.argv[1] == "-m") {
    known.merge(installed_in(options.argv[0], options.environment, held));
    if (auto found = known.find(key); found != known.end()) return found->second;
  }
  options.limits = {Milliseconds(20000), 1u << 16};
  auto ran = proc::run_in(sandbox, options, held.policy(options.environment), cancel);
  std::string version;
  if (ran.ok() && ran->succeeded()) {
    std::vector<std::string> output = lines(ran->out.empty() ? ran->err : ran->out);
    version = output.empty() ? "" : printable(clipped(trim(output[0]), 100));
  }
  if (cancel.requested()) return version;  // no answer is not an answer
  known[key] = version;
  return version;
}

}  // namespace gf::gate
