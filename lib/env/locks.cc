#include "env/locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/holding.h"
#include "env/provide.h"
#include "env/trouble.h"
#include "gate/dependencies.h"
#include "proc/process.h"
#include "record/json.h"

namespace gf::env {
namespace {

using record::Json;
using Words = std::vector<std::string>;

/// One kind of lock file. Its check ends well where the lock agrees, and asks nobody; an update is
/// tried after the other until one ends well.
struct Kind {
  std::string lock, manifest;
  Words check;  ///< none: it is compared here, or cannot be
  std::vector<Words> updates;
  Words offline;     ///< behind an update, for one without the network; none: there is none
  std::string hint;  ///< what a person runs
  bool may_be_new = false;
  std::string also = {};  ///< what an update may write beside it, in the same folder
};

const std::vector<Kind>& kinds() {
  const Words npm = {"npm",           "install",   "--package-lock-only", "--ignore-scripts",
                     "--no-progress", "--no-fund", "--no-audit"};
  static const std::vector<Kind> all = {
      {"uv.lock",
       "pyproject.toml",
       {"uv", "lock", "--check", "--offline"},
       {{"uv", "lock"}},
       {"--offline"},
       "uv lock"},
      {"poetry.lock",
       "pyproject.toml",
       {"poetry", "check", "--lock", "-n"},
       {{"poetry", "lock", "--no-update", "-n"}, {"poetry", "lock", "-n"}},  // 1.x; since 2.0
       {},
       "poetry lock"},
      {"pdm.lock",
       "pyproject.toml",
       {"pdm", "lock", "--check"},
       {{"pdm", "lock", "--update-reuse"}},
       {},
       "pdm lock --update-reuse"},
      // What it would lock anew is everything.
      {"Pipfile.lock", "Pipfile", {"pipenv", "verify"}, {}, {}, "pipenv lock"},
      {"package-lock.json", "package.json", {}, {npm}, {"--offline"}, "npm install"},
      {"npm-shrinkwrap.json", "package.json", {}, {npm}, {"--offline"}, "npm install"},
      {"pnpm-lock.yaml",
       "package.json",
       {"pnpm", "install", "--frozen-lockfile", "--lockfile-only", "--offline"},
       {{"pnpm", "install", "--lockfile-only", "--no-frozen-lockfile"}},
       {"--offline"},
       "pnpm install"},
      // Its first version knows no way that does not install.
      {"yarn.lock", "package.json", {}, {}, {}, "yarn install"},
      {"bun.lock", "package.json", {}, {{"bun", "install", "--lockfile-only"}}, {}, "bun install"},
      {"Cargo.lock",
       "Cargo.toml",
       {"cargo", "tree", "--locked", "--offline", "--quiet", "--workspace", "--depth", "0"},
       {{"cargo", "update", "--workspace", "--quiet"}},
       {"--offline"},
       "cargo update --workspace"},
      {"go.sum",
       "go.mod",
       {"go", "list", "-mod=readonly", "-deps", "-test", "-f", "{{.Name}}", "./..."},
       {{"go", "list", "-mod=mod", "-deps", "-test", "-f", "{{.Name}}", "./..."}},
       {},
       "go mod tidy",
       true,
       "go.mod"}};
  return all;
}

std::string folder_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string path_in_folder(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

const Kind* kind_of(const LockFile& lock) {
  for (const Kind& kind : kinds()) {
    if (kind.lock == base_name(lock.path)) return &kind;
  }
  return nullptr;
}

/// The nearest folder around `path` that has the file; nothing: none has.
std::optional<std::string> nearest_with(const record::TreeFacts& tree, const std::string& path,
                                        const std::string& name) {
  for (std::string folder = folder_of(path);; folder = folder_of(folder)) {
    if (tree.has_path(path_in_folder(folder, name))) return folder;
    if (folder.empty()) return std::nullopt;
  }
}

/// Without what would lead a tool to an environment or a store that is not the slot's to change.
Environment for_locking(const Relocking& relocking, const Kind& kind, const std::string& caches,
                        bool asks, bool offline) {
  Environment environment =
      variables_of(proc::Work::kFetch, relocking.sandbox, relocking.environment, caches);
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT"})
    environment.erase(name);
  environment["PDM_IGNORE_SAVED_PYTHON"] = "1";
  environment["POETRY_VIRTUALENVS_CREATE"] = "false";
  bool go = kind.lock == "go.sum";
  if (go && !asks) environment["GOWORK"] = "off";  // with it no module is written
  if (go && offline) environment["GOPROXY"] = "off";
  return environment;
}

/// One call of the lock's tool in its folder; nothing: it went well.
Result<std::optional<std::string>> call(const Relocking& relocking, const LockFile& lock,
                                        const Kind& kind, Words argv, bool offline) {
  std::string where = lock.folder.empty() ? relocking.slot : relocking.slot + "/" + lock.folder;
  bool asks = argv == kind.check;
  if (offline && !asks) argv.insert(argv.end(), kind.offline.begin(), kind.offline.end());
  Checkout checkout;
  checkout.common_dir = relocking.common_dir;
  std::string caches = caches_for(relocking.environment, checkout);
  Environment environment = for_locking(relocking, kind, caches, asks, offline);
  Holding holding = making(proc::Work::kFetch, offline ? Reach::kOffline : Reach::kAll,
                           relocking.sandbox, environment, {{relocking.slot}, {where}, caches});
  holding.policy.kept = {relocking.slot + "/.git"};
  return went_wrong(std::move(argv), where, environment, relocking.cancel, holding);
}

/// Can it be without any tool's word? Where what the manifest asks for differs from what it asked
/// for before, and the lock does not.
bool lags_by_sight(const Relocking& relocking, const LockFile& lock) {
  auto asked = [&](const record::TreeFacts& tree) {
    return gate::dependencies_in(lock.manifest, tree.read(lock.manifest).value_or(""));
  };
  return asked(relocking.before) != asked(relocking.tree) &&
         relocking.before.read(lock.path) == relocking.tree.read(lock.path);
}

Result<bool> agrees(const Relocking& relocking, const LockFile& lock, const Kind& kind) {
  if (kind.check.empty() && kind.manifest == "package.json" && kind.lock.ends_with(".json")) {
    std::string package = folder_of(lock.manifest);
    if (!lock.folder.empty()) package.erase(0, std::min(package.size(), lock.folder.size() + 1));
    return npm_lock_agrees(relocking.tree.read(lock.path).value_or(""),
                           relocking.tree.read(lock.manifest).value_or(""), package);
  }
  if (kind.check.empty()) return !lags_by_sight(relocking, lock);
  GF_ASSIGN(auto wrong, call(relocking, lock, kind, kind.check, true));
  return !wrong.has_value();
}

/// What differs on disk from the tree, of what the tool may write.
std::map<std::string, std::string> written(const Relocking& relocking, const LockFile& lock,
                                           const Kind& kind) {
  std::map<std::string, std::string> now;
  Words paths = {lock.path};
  if (!kind.also.empty()) paths.push_back(path_in_folder(lock.folder, kind.also));
  for (const std::string& path : paths) {
    auto text = read_file(relocking.slot + "/" + path);
    if (text && text != relocking.tree.read(path)) now[path] = *std::move(text);
  }
  return now;
}

/// With the network where that may be, for what a person's own call would give; else without.
Result<std::optional<std::string>> update(const Relocking& relocking, const LockFile& lock,
                                          const Kind& kind) {
  GF_ASSIGN(auto network, network_of(relocking.settings));
  std::optional<std::string> first;
  bool can_without = !kind.offline.empty() || kind.lock == "go.sum";
  for (bool offline : {false, true}) {
    if (offline ? !can_without : network != Network::kOnline) continue;
    for (const Words& argv : kind.updates) {
      GF_ASSIGN(auto wrong, call(relocking, lock, kind, argv, offline));
      if (!wrong) return std::optional<std::string>();
      if (!first || !can_without) first = std::move(wrong);
    }
  }
  return first ? first
               : std::optional<std::string>(
                     fmt::format("{} needs the network for that, and factory.install allows none",
                                 kind.updates.front().front()));
}

/// What a tool that failed has left half done.
Result<void> put_back(const Relocking& relocking, const std::string& path) {
  auto text = relocking.tree.read(path);
  if (text) return write_file(relocking.slot + "/" + path, *text);
  std::error_code failed;
  std::filesystem::remove(relocking.slot + "/" + path, failed);
  return Done{};
}

/// In one line, without what differs from slot to slot.
std::string why_not(const Relocking& relocking, const std::string& words) {
  std::string text = replace_all(replace_all(words, relocking.slot + "/", ""), relocking.slot, ".");
  std::string unreached = network_trouble(text);
  return unreached.empty() ? telling_line(text)
                           : "the package index cannot be reached, " + unreached;
}

Result<Relocked> relock_one(const Relocking& relocking, const LockFile& lock, const Kind& kind) {
  Relocked one{lock, kind.hint.substr(0, kind.hint.find(' ')), {}, {}, kind.hint, true};
  if (!proc::find_program(one.tool, relocking.environment)) {
    if (lags_by_sight(relocking, lock)) one.wrong = fmt::format("{} is not installed", one.tool);
    return one;
  }
  GF_ASSIGN(bool right, agrees(relocking, lock, kind));
  if (right) return one;
  if (kind.updates.empty()) {
    if (lags_by_sight(relocking, lock))
      one.wrong = fmt::format("{} has no way to do that and no more", one.tool);
    return one;
  }
  GF_ASSIGN(auto wrong, update(relocking, lock, kind));
  one.now = written(relocking, lock, kind);
  if (!wrong) return one;
  one.wrong = why_not(relocking, *wrong);
  one.is_sure = lags_by_sight(relocking, lock);
  for (const auto& [path, text] : one.now) GF_TRY(put_back(relocking, path));
  one.now.clear();
  return one;
}

}  // namespace

std::vector<LockFile> locks_concerned(const record::TreeFacts& tree,
                                      const std::vector<std::string>& changed) {
  std::vector<LockFile> all;
  for (const std::string& path : changed) {
    for (const Kind& kind : kinds()) {
      if (base_name(path) != kind.manifest) continue;
      auto folder = nearest_with(tree, path, kind.lock);
      if (!folder && kind.may_be_new && tree.has_path(path)) folder = folder_of(path);
      if (!folder) continue;
      std::string lock = path_in_folder(*folder, kind.lock);
      bool known = std::any_of(all.begin(), all.end(),
                               [&](const LockFile& one) { return one.path == lock; });
      if (!known) all.push_back({lock, *folder, path});
    }
  }
  return all;
}

bool npm_lock_agrees(const std::string& lock, const std::string& manifest,
                     const std::string& package) {
  auto locked = Json::parse(lock), asked = Json::parse(manifest);
  if (!locked.ok() || !asked.ok() || !locked->has("packages")) return false;
  Json packages = locked->get("packages");
  if (!packages.has(package)) return false;
  Json entry = packages.get(package);
  constexpr std::array<const char*, 4> kTables = {"dependencies", "devDependencies",
                                                  "optionalDependencies", "peerDependencies"};
  bool same = std::all_of(kTables.begin(), kTables.end(), [&](const char* table) {
    return entry.get(table).members() == asked->get(table).members();
  });
  return same && entry.get_string("version") == asked->get_string("version");
}

Result<std::vector<Relocked>> relock(const Relocking& relocking,
                                     const std::vector<LockFile>& locks) {
  std::vector<Relocked> all;
  for (const LockFile& lock : locks) {
    const Kind* kind = kind_of(lock);
    if (kind == nullptr) continue;
    GF_ASSIGN(auto one, relock_one(relocking, lock, *kind));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace gf::env
