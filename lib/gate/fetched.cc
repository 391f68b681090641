#include "gate/fetched.h"

#include <filesystem>

#include "base/files.h"
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

bool leads_into(const std::string& path, const std::string& folder) {
  return !folder.empty() && (path + "/").starts_with(folder + "/");
}

/// What leads to indexes and names no key: where one stands in an address, that is left out.
Environment ways_out(const Environment& users) {
  Environment ways;
  for (const auto& [name, value] : users) {
    std::string low = lower(name);
    bool way = low.ends_with("_proxy") || low == "npm_config_registry" ||
               low.starts_with("ssl_cert_") || low == "node_extra_ca_certs" ||
               low == "npm_config_cafile" || low == "requests_ca_bundle" || low == "curl_ca_bundle";
    if (way && value.find('@') == std::string::npos) ways[name] = value;
  }
  return ways;
}

/// As the gate has them, without what leads into the tree: none of its programs is started, and
/// none of its modules imported.
Environment outside_of(const std::string& worktree, Environment all) {
  std::vector<std::string> folders;
  for (const std::string& folder : split(all.get("PATH"), ':'))
    if (!leads_into(folder, worktree)) folders.push_back(folder);
  all["PATH"] = join(folders, ":");
  for (const char* name : {"PYTHONPATH", "PYTHONSTARTUP", "NODE_PATH", "NODE_OPTIONS"})
    all.erase(name);
  return all;
}

}  // namespace

bool fetches_itself(const Gate& gate) { return gate.report == "pyright" && !gate.argv.empty(); }

Result<std::optional<std::string>> fetch_itself(const Gate& gate, const Place& place,
                                                const Cancel& cancel) {
  const std::string cache = place.cache + "/home";  // what a gate has as ~/.cache
  GF_ASSIGN(auto empty, TemporaryFolder::make_in(place.scratch, "fetch-"));
  std::error_code failed;
  std::filesystem::create_directories(cache, failed);
  proc::Options options;
  options.argv = whole_question(gate);
  options.directory = empty.path();
  options.environment = outside_of(place.worktree, environment_for(gate, place));
  for (const auto& [name, value] : ways_out(place.environment)) options.environment[name] = value;
  options.environment["XDG_CACHE_HOME"] = cache;
  auto program = proc::find_program(options.argv[0], options.environment);
  if (!program || leads_into(*program, place.worktree))
    return std::optional<std::string>("it is started from the tree alone, which has no network");
  options.argv[0] = *program;
  options.limits = proc::usual_limits({}, cache);
  options.limits.timeout = kLongestFetch;
  // The tree is not seen: an environment that leads there finds nothing.
  proc::Workplace at{place.readable, {cache, empty.path()}, {}};
  proc::Policy policy = proc::policy_for(proc::Work::kGate, place.environment, at);
  policy.network = proc::Network::kFull;
  auto ran = proc::run_in(place.sandbox, options, policy, cancel);
  GF_TRY(cancel.check());
  if (!ran.ok()) return std::optional<std::string>(ran.error().message);
  if (ran->succeeded()) return std::optional<std::string>();
  return std::optional<std::string>(
      clipped_middle(to_utf8(trim(ran->err.empty() ? ran->out : ran->err)), 4000));
}

}  // namespace gf::gate
