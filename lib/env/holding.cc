#include "env/holding.h"

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/environment.h"
#include "env/finder.h"
#include "env/installed.h"
#include "env/interpreter.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

std::string caches_for(const Environment& environment, const Checkout& checkout) {
  auto cache = environment.cache_folder();
  if (!cache.ok()) return {};
  return *cache + "/environments/caches/" + record::content_id(checkout.common_dir).short_hex(12);
}

Holding looking(const proc::Sandbox* sandbox, const Checkout& checkout,
                const Environment& environment, const std::string& program) {
  Holding holding{sandbox, proc::policy_for(proc::Work::kProbe, environment, {})};
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
  proc::Workplace place{ready.readable, {}, {}};
  place.readable.push_back(slot);
  return {sandbox, proc::policy_for(proc::Work::kProbe, {}, place)};
}

Holding making(proc::Work work, Reach reach, const proc::Sandbox* sandbox,
               const Environment& environment, const proc::Workplace& place) {
  Holding holding{sandbox, {}};
  if (!holding.holds()) return holding;
  for (const std::string& folder : place.writable) {
    std::error_code failed;
    if (!folder.empty()) fs::create_directories(folder, failed);
  }
  holding.policy = proc::policy_for(work, environment, place);
  if (reach == Reach::kOffline) {
    holding.policy.network = proc::Network::kNone;
  } else {
    proc::lend_agent(work, *sandbox, environment, holding.policy);
  }
  return holding;
}

Environment variables_of(proc::Work work, const proc::Sandbox* sandbox,
                         const Environment& environment, const std::string& caches) {
  if (sandbox == nullptr || !sandbox->holds()) return proc::git_environment(environment);
  Environment all = proc::variables_for(work, environment);
  if (proc::rights_of(work).ssh_agent && !sandbox->ssh_agent().empty())
    all["SSH_AUTH_SOCK"] = sandbox->ssh_agent();
  if (proc::rights_of(work).caches != proc::Caches::kOurs) return all;
  for (const auto& [name, value] : proc::our_caches(caches)) all[name] = value;
  return all;
}

Holding building(proc::Work work, const Builder& builder) {
  const Ready& ready = builder.ready;
  proc::Workplace place{ready.readable, {builder.slot, ready.folder}, ready.caches};
  place.readable.insert(place.readable.end(), builder.repository.begin(), builder.repository.end());
  Holding holding = making(work, Reach::kAll, ready.sandbox, builder.environment, place);
  holding.policy.kept = {builder.slot + "/.git"};
  return holding;
}

Environment variables_of(proc::Work work, const Builder& builder) {
  return variables_in(builder.ready, variables_of(work, builder.ready.sandbox, builder.environment,
                                                  builder.ready.caches));
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
