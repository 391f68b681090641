#include "env/holding.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/environment.h"
#include "env/finder.h"
#include "env/installed.h"
#include "env/interpreter.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

/// Below HOME: where managers are told which registries there are, and who is asking.
constexpr std::array kConfiguration = {
    ".config/pip", ".pip",     ".config/uv",  ".config/pypoetry", ".config/pdm",  ".config/hatch",
    ".npmrc",      ".yarnrc",  ".yarnrc.yml", ".config/yarn",     ".config/pnpm", ".bunfig.toml",
    ".netrc",      ".condarc", ".gitconfig",  ".config/git"};
/// Below HOME: what they have fetched before.
constexpr std::array kCaches = {
    ".cache/uv",         ".cache/pip",  ".cache/pypoetry",    ".cache/pdm",
    ".cache/hatch",      ".cache/node", ".cache/yarn",        ".cache/node-gyp",
    ".cache/pre-commit", ".npm",        ".local/share/uv",    ".local/share/pnpm",
    ".local/share/pdm",  ".yarn/berry", ".bun/install/cache", ".cargo/registry",
    ".cargo/git",        "go/pkg/mod"};
constexpr std::array kCacheNames = {"uv", "pip", "pypoetry", "pdm", "node", "yarn", "pre-commit"};
constexpr std::array kCacheVariables = {"UV_CACHE_DIR",      "PIP_CACHE_DIR", "npm_config_cache",
                                        "YARN_CACHE_FOLDER", "PDM_CACHE_DIR", "PRE_COMMIT_HOME"};

void add(std::vector<std::string>& list, const std::string& path) {
  std::error_code failed;
  if (!path.empty() && fs::exists(path, failed)) list.push_back(path);
}

/// Folders that the path files of a folder of packages name.
void add_path_files(const std::string& site, std::vector<std::string>& folders) {
  std::error_code failed;
  for (fs::directory_iterator at(site, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->path().extension() != ".pth") continue;
    for (const std::string& line : lines(read_file(at->path().string()).value_or(""))) {
      if (line.starts_with('/')) add(folders, std::string(trim(line)));
    }
  }
}

/// Of an interpreter that was not asked yet: it may be a copy, and its packages may lie elsewhere.
void add_named_near(const std::string& program, std::vector<std::string>& folders) {
  fs::path prefix = fs::path(program).parent_path().parent_path();
  if (program.empty() || program[0] != '/' || !fs::exists(prefix / "pyvenv.cfg")) return;
  add(folders, prefix.string());
  for (const std::string& line : lines(read_file((prefix / "pyvenv.cfg").string()).value_or(""))) {
    size_t equals = line.find('=');
    if (equals != std::string::npos && trim(line.substr(0, equals)) == "home")
      add(folders, fs::path(std::string(trim(line.substr(equals + 1)))).parent_path().string());
  }
  std::error_code failed;
  for (fs::directory_iterator at(prefix / "lib", failed), end; !failed && at != end;
       at.increment(failed))
    add_path_files((at->path() / "site-packages").string(), folders);
}

void add_caches(const Environment& environment, std::vector<std::string>& writable) {
  const std::string home = environment.get("HOME"), cache = environment.get("XDG_CACHE_HOME");
  for (const char* name : kCaches) add(writable, home + "/" + name);
  for (const char* name : kCacheVariables) add(writable, environment.get(name));
  if (cache.empty()) return;
  for (const char* name : kCacheNames) {
    std::error_code failed;
    fs::create_directories(cache + "/" + name, failed);
    add(writable, cache + "/" + name);
  }
}

std::string kept_home_cache(const Environment& environment) {
  auto cache = environment.cache_folder();
  return cache.ok() ? *cache + "/environments/home" : std::string();
}

}  // namespace

Holding looking(const proc::Sandbox* sandbox, const Checkout& checkout,
                const Environment& environment, const std::string& program) {
  Holding holding{sandbox, {}};
  add_named_near(program, holding.policy.readable);
  std::vector<std::string>& readable = holding.policy.readable;
  for (const std::string& folder : checkout.worktrees()) add(readable, folder);
  add(readable, checkout.common_dir);
  const std::string home = environment.get("HOME");
  for (const char* name : {"/.config/pypoetry/config.toml", "/.config/hatch/config.toml",
                           "/.cache/pypoetry", "/.local/share/hatch"})
    add(readable, home + name);
  auto cache = environment.cache_folder();
  if (cache.ok()) add(readable, *cache + "/environments");
  return holding;
}

Holding reading(const proc::Sandbox* sandbox, const Ready& ready, const std::string& slot) {
  Holding holding{sandbox, {}};
  holding.policy.readable = ready.readable;
  holding.policy.readable.push_back(slot);
  return holding;
}

Holding installing(const proc::Sandbox* sandbox, const std::vector<std::string>& readable,
                   const std::vector<std::string>& folders, const Environment& environment,
                   bool offline) {
  Holding holding{sandbox, {}};
  if (sandbox == nullptr) return holding;
  proc::Policy& policy = holding.policy;
  policy.readable = readable;
  for (const std::string& folder : folders) {
    std::error_code failed;
    if (!folder.empty()) fs::create_directories(folder, failed);
    add(policy.writable, folder);
  }
  for (const char* name : kConfiguration)
    add(policy.readable, environment.get("HOME") + "/" + name);
  add_caches(environment, policy.writable);
  policy.cache = kept_home_cache(environment);
  policy.network = offline ? proc::Network::kNone : proc::Network::kFull;
  return holding;
}

Holding building(const Ready& ready, const std::string& slot, const Environment& environment) {
  Holding holding =
      installing(ready.sandbox, ready.readable, {slot, ready.folder}, environment, true);
  holding.policy.kept = {slot + "/.git"};
  return holding;
}

std::vector<std::string> read_by(const Interpreter& interpreter, const std::vector<Site>& sites) {
  std::vector<std::string> folders;
  add(folders, interpreter.prefix);
  add(folders, fs::path(interpreter.base).parent_path().parent_path().string());
  for (const Site& site : sites) {
    add(folders, site.path);
    add_path_files(site.path, folders);
    for (const FromFolder& one : site.from_folders) add(folders, one.folder);
    for (const std::string& name : site.links) {
      std::error_code failed;
      add(folders, fs::canonical(site.path + "/" + name, failed).string());
    }
  }
  return folders;
}

}  // namespace gf::env
