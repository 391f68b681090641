#include "gate/ask_python.h"

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "base/kept_answer.h"
#include "base/name_hash.h"
#include "base/text.h"
#include "proc/process.h"

namespace gf::gate {
namespace {

namespace fs = std::filesystem;

/// Behind the answer: which file the interpreter is, and what its answer hangs on. A folder tells
/// of what is put there and taken away; path files and the site's own modules are edited in place.
constexpr const char* kTellFiles = R"py(
def tell_files():
    import os, sys
    def there(folder):
        try:
            return sorted(os.listdir(folder))
        except OSError:
            return []
    shell = globals()
    places = [one for one in sys.path if one] + list(shell.get("places", []))
    files = [os.path.join(sys.prefix, "pyvenv.cfg"), sys.executable]
    files.append(os.path.join(os.path.dirname(sys.executable), "pyvenv.cfg"))
    for place in places:
        files.append(place)
        for name in there(place):
            if name.endswith(".pth") or name in ("sitecustomize.py", "usercustomize.py"):
                files.append(os.path.join(place, name))
    files += shell.get("read_too", [])
    sys.stdout.flush()
    told = [os.path.realpath(sys.executable)] + list(dict.fromkeys(files))
    sys.stdout.buffer.write(b"\0" + b"\0".join(os.fsencode(one) for one in told))
tell_files()
)py";

/// Of those who ask in turns with other variables each has an answer of its own.
std::string variables_in(const proc::Options& options) {
  std::string all;
  for (const auto& [name, value] : options.environment) all += name + "=" + value + "\x1e";
  return all;
}

/// All that decides the answer besides files.
std::string worded(const proc::Options& options, const proc::Sandbox* sandbox,
                   const proc::Policy& policy, const std::string& program) {
  std::vector<std::string> parts = {program, options.directory,
                                    sandbox == nullptr ? "" : sandbox->name()};
  parts.insert(parts.end(), options.argv.begin(), options.argv.end());
  parts.push_back(variables_in(options));
  parts.insert(parts.end(), policy.readable.begin(), policy.readable.end());
  return join(parts, "\x1e");
}

/// The answer alone, and what it came of; nothing where the interpreter is another file than the
/// program that was started, or where a file has no place of its own.
std::optional<std::vector<std::string>> files_in(std::string& out, const std::string& program) {
  std::vector<std::string> fields = split(out, '\0');
  out = fields.front();
  std::error_code failed;
  bool plain = fields.size() > 1 && fields[1] == fs::canonical(program, failed).string() && !failed;
  if (!plain) return std::nullopt;
  fields.erase(fields.begin());
  fields.push_back(program);
  bool placed = std::all_of(fields.begin(), fields.end(),
                            [](const std::string& path) { return path.starts_with('/'); });
  return placed ? std::optional(std::move(fields)) : std::nullopt;
}

}  // namespace

Result<proc::Outcome> ask_python(const PythonQuestion& question, proc::Options options,
                                 const proc::Sandbox* sandbox, const proc::Policy& policy,
                                 const Cancel& cancel) {
  options.argv = {question.python};
  options.argv.insert(options.argv.end(), question.flags.begin(), question.flags.end());
  options.argv.insert(options.argv.end(), {"-c", question.script + kTellFiles});
  options.argv.insert(options.argv.end(), question.arguments.begin(), question.arguments.end());
  auto program = proc::find_program(question.python, options.environment);
  std::string file;
  if (program && !question.cache.empty())
    file = question.cache + "/environments/answers/" +
           name_hash(join({*program, question.script, variables_in(options)}, "\x1e"));
  KeptAnswer kept(file, worded(options, sandbox, policy, program.value_or("")));
  if (!file.empty()) {
    if (auto known = kept.read()) {
      proc::Outcome before;
      before.exit_code = 0;
      before.out = *std::move(known);
      return before;
    }
  }
  const Timestamp asked = system_clock().now();
  GF_ASSIGN(auto ran, proc::run_in(sandbox, options, policy, cancel));
  auto files = files_in(ran.out, program.value_or(""));
  // What cannot be kept is asked again.
  if (files && ran.succeeded() && !ran.out_cut && !file.empty())
    (void)kept.keep(ran.out, *files, asked).ok();
  return ran;
}

}  // namespace gf::gate
