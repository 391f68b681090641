#include "gate/fetched.h"

#include <filesystem>

#include "base/text.h"
#include "gate/surroundings.h"
#include "proc/work.h"

namespace gf::gate {
namespace {

constexpr Milliseconds kLongestFetch{300000};

/// The words that name the tool, with a question that it can only answer once it is whole.
std::vector<std::string> whole_question(const Gate& gate) {
  bool module = gate.argv.size() > 2 && gate.argv[1] == "-m";
  std::vector<std::string> argv(gate.argv.begin(), gate.argv.begin() + (module ? 3 : 1));
  argv.emplace_back("--version");
  return argv;
}

}  // namespace

bool fetches_itself(const Gate& gate) { return gate.report == "pyright" && !gate.argv.empty(); }

Result<std::optional<std::string>> fetch_itself(const Gate& gate, const Place& place,
                                                const Cancel& cancel) {
  const std::string cache = place.cache + "/home";  // what a gate has as ~/.cache
  std::error_code failed;
  std::filesystem::create_directories(cache, failed);
  proc::Options options;
  options.argv = whole_question(gate);
  options.directory = cache;  // nothing of the tree's is imported on the way
  options.environment = environment_for(gate, place);
  for (const auto& [name, value] : proc::variables_for(proc::Work::kFetch, place.environment))
    if (!options.environment.contains(name)) options.environment[name] = value;
  options.environment["XDG_CACHE_HOME"] = cache;
  options.limits = proc::usual_limits({}, cache);
  options.limits.timeout = kLongestFetch;
  proc::Workplace at{place.readable, {cache}, {}};
  at.readable.push_back(place.worktree);  // the environment may lead there
  auto ran = proc::run_in(place.sandbox, options,
                          proc::policy_for(proc::Work::kFetch, place.environment, at), cancel);
  GF_TRY(cancel.check());
  if (!ran.ok()) return std::optional<std::string>(ran.error().message);
  if (ran->succeeded()) return std::optional<std::string>();
  return std::optional<std::string>(
      clipped_middle(to_utf8(trim(ran->err.empty() ? ran->out : ran->err)), 4000));
}

}  // namespace gf::gate
