#include "env/interpreter.h"

#include <fmt/format.h>

#include "base/text.h"
#include "env/holding.h"
#include "gate/ask_python.h"
#include "proc/process.h"
#include "record/json.h"

namespace gf::env {
namespace {

/// Only the standard library is imported: a finder of an editable install may build when it is
/// asked for its own package. Before 3.11 an environment takes itself for its base.
constexpr const char* kWho = R"py(
import json, os, site, sys, sysconfig
from importlib.util import find_spec
def there(name):
    try:
        if name.startswith("distribution:"):
            from importlib.metadata import distribution
            return distribution(name[13:]) is not None
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
def base():
    name = "python%d.%d" % sys.version_info[:2]
    own = os.path.join(sys.prefix, "")
    for one in (getattr(sys, "_base_executable", ""), os.path.join(sys.base_prefix, "bin", name),
                os.path.join(sys.base_prefix, "bin", "python3"), os.path.realpath(sys.executable)):
        inside = sys.prefix != sys.base_prefix and one and one.startswith(own)
        if one and not inside and os.access(one, os.X_OK):
            return one
    return sys.executable
places = list(site.getsitepackages())
if sys.prefix == sys.base_prefix:
    places.insert(0, site.getusersitepackages())
json.dump({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "implementation": sys.implementation.name,
    "prefix": sys.prefix,
    "base": base(),
    "isolated": sys.prefix != sys.base_prefix,
    "site": [one for one in places if os.path.isdir(one)],
    "site_below": os.path.relpath(
        sysconfig.get_path("purelib", "posix_prefix", {"base": "/x", "platbase": "/x"}), "/x"),
    "scripts": sysconfig.get_path("scripts"),
    "lacks": [one for one in sys.argv[1:] if not there(one)],
}, sys.stdout)
)py";

std::string last_line_of(const proc::Outcome& ran) {
  std::vector<std::string> printed = lines(ran.err.empty() ? ran.out : ran.err);
  if (ran.end == proc::End::kTimedOut) return "it did not answer within 20 s";
  if (printed.empty()) return fmt::format("it ended with exit {}", ran.exit_code);
  return printable(clipped(trim(printed.back()), 200));
}

Error does_not_start(const std::string& why) {
  return Error{Fault::kEnvironment, "does not start: " + why, {}, {}};
}

}  // namespace

Result<Interpreter> ask_interpreter(const std::string& program,
                                    const std::vector<std::string>& modules,
                                    const Environment& environment, const Cancel& cancel,
                                    const Holding& holding) {
  proc::Options options;
  options.directory = "/";
  options.environment = proc::clean_environment(environment);
  options.environment["LC_ALL"] = "C.UTF-8";  // its .pth files are read by that
  options.limits = {Milliseconds(20000), 1u << 20};
  auto cache = environment.cache_folder();
  auto ran = gate::ask_python({program, {"-I", "-B"}, kWho, modules, cache.ok() ? *cache : ""},
                              options, holding.sandbox, holding.policy, cancel);
  if (!ran.ok()) {
    if (ran.error().fault == Fault::kCancelled) return ran.error();
    return does_not_start(ran.error().message);
  }
  GF_TRY(cancel.check());
  if (!ran->succeeded()) return does_not_start(last_line_of(*ran));
  auto answer = record::Json::parse(ran->out);
  if (!answer.ok()) return does_not_start("it is no Python 3");
  Interpreter found;
  found.program = program;
  found.version = answer->get_string("version");
  found.implementation = answer->get_string("implementation");
  found.prefix = answer->get_string("prefix");
  found.base = answer->get_string("base");
  found.isolated = answer->get_bool("isolated");
  found.site = answer->get_strings("site");
  found.site_below = answer->get_string("site_below");
  found.scripts = answer->get_string("scripts");
  found.lacks = answer->get_strings("lacks");
  return found;
}

}  // namespace gf::env
