#include "env/probe.h"

#include "base/text.h"
#include "proc/process.h"
#include "record/json.h"

namespace gf::env {
namespace {

constexpr const char* kWhere = R"py(
import json, os, sys
def where(name):
    path, spec, parts = None, None, name.split(".")
    for count in range(1, len(parts) + 1):
        spec = None
        for finder in sys.meta_path:
            try:
                spec = finder.find_spec(".".join(parts[:count]), path)
            except Exception:
                spec = None
            if spec is not None:
                break
        if spec is None:
            return ""
        path = spec.submodule_search_locations
        if path is None and count < len(parts):
            return ""
    if spec.origin and os.path.exists(spec.origin):
        return os.path.realpath(spec.origin)
    places = [one for one in (path or []) if os.path.exists(one)]
    return os.path.realpath(places[0]) if places else ""
json.dump([[name, where(name)] for name in sys.argv[1:]], sys.stdout)
)py";

}  // namespace

Result<std::vector<Origin>> origins_of(const std::vector<std::string>& names,
                                       const std::string& python, const Environment& environment,
                                       const Cancel& cancel, const Holding& holding) {
  std::vector<Origin> origins;
  if (names.empty()) return origins;
  proc::Options options;
  options.argv = {python, "-I", "-B", "-c", kWhere};
  options.argv.insert(options.argv.end(), names.begin(), names.end());
  options.directory = "/";
  options.environment = environment;
  options.limits = {Milliseconds(60000), 16u << 20};
  GF_ASSIGN(auto ran, proc::run_in(holding.sandbox, options, holding.policy, cancel));
  GF_TRY(cancel.check());
  auto answer = record::Json::parse(ran.out);
  if (!ran.succeeded() || !answer.ok()) {
    return Error{Fault::kEnvironment, "the environment made for the run does not start",
                 clipped(to_utf8(ran.err), 2000), "try 'git factory env --clean'"};
  }
  for (const record::Json& pair : answer->items()) {
    std::vector<std::string> both;
    for (const record::Json& text : pair.items()) both.push_back(text.as_string().value_or(""));
    if (both.size() == 2) origins.push_back({both[0], both[1]});
  }
  return origins;
}

}  // namespace gf::env
