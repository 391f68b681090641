#include "env/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/build.h"
#include "env/crates.h"
#include "env/go_modules.h"
#include "env/guard.h"
#include "env/held.h"
#include "env/holding.h"
#include "env/jars.h"
#include "env/kept_build.h"
#include "env/maker.h"
#include "env/node_modules.h"
#include "env/overlay.h"
#include "env/place.h"
#include "env/probe.h"
#include "env/provide.h"
#include "proc/process.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

bool needs_python(const Order& order, const Manifest& manifest) {
  return manifest.is_python() ||
         std::any_of(order.gates.begin(), order.gates.end(), [](const gate::Gate& gate) {
           return !gate.argv.empty() && gate.argv[0] == "python3";
         });
}

/// Of the repository's worktrees all but the slot itself, which they become.
Moves moves_to(const Order& order, const Interpreter& interpreter) {
  Moves moves;
  std::error_code failed;
  std::string slot = fs::canonical(order.slot, failed).string();
  for (const std::string& folder : order.checkout.worktrees()) {
    if (folder != order.slot && folder != slot) moves.folders.push_back({folder, order.slot});
  }
  moves.kept = {order.slot, slot};
  if (interpreter.isolated) {
    moves.kept.push_back(interpreter.prefix);
    std::string real = fs::canonical(interpreter.prefix, failed).string();
    if (!failed) moves.kept.push_back(real);
  }
  return moves;
}

Ground ground_for(const Order& order, const Manifest& manifest, Interpreter interpreter) {
  Ground ground;
  ground.moves = moves_to(order, interpreter);
  ground.sites = read_sites(interpreter);
  ground.slot = order.slot;
  std::vector<std::string> names, folders;
  for (const Project& project : manifest.projects) {
    for (const std::string& root : project.roots)
      ground.roots.push_back(root.empty() ? order.slot : order.slot + "/" + root);
    if (project.name.empty()) continue;
    if (!project.built.empty()) ground.installed_anew.push_back(plain_name(project.name));
    names.push_back(plain_name(project.name));
    folders.push_back(project.folder);
  }
  move_other_clones(ground.sites, names, folders, order.slot, ground.moves);
  ground.interpreter = std::move(interpreter);
  return ground;
}

/// What lies in the folders of packages, with names, times and sizes.
std::string stamp_of(const std::vector<Site>& sites) {
  std::string all;
  for (const Site& site : sites) all += site.stamp + "\n" + join(site.distributions, "\n") + "\n";
  return all;
}

bool is_in(const std::string& path, const std::string& folder) {
  return path.starts_with(folder + "/") || path == folder;
}

/// What is compiled or generated is made for the run: sources alone are not enough.
Result<void> install_built(const Order& order, const Manifest& manifest, Ready& ready) {
  GF_ASSIGN(auto network, network_of(order));
  for (const Project& project : manifest.projects) {
    if (project.built.empty()) continue;
    if (order.say) order.say(fmt::format("building the project for the run: {}", project.built));
    std::string folder = project.folder.empty() ? order.slot : order.slot + "/" + project.folder;
    Result<void> done = install_project(
        folder, {ready, order.slot, order.environment, order.repository}, network, order.cancel);
    ready.built.push_back(folder);
    if (done.ok()) continue;
    if (done.error().fault == Fault::kCancelled) return done;
    return Error{Fault::kConfiguration,
                 fmt::format("{}, and that could not be done for the run: {}", project.built,
                             done.error().message),
                 done.error().detail,
                 "install the build's requirements into the environment ([build-system] requires)"};
  }
  return Done{};
}

/// Where projects lie in the slot that have to be built.
std::vector<std::string> built_folders(const Order& order, const Manifest& manifest) {
  std::vector<std::string> folders;
  for (const Project& project : manifest.projects) {
    if (!project.built.empty())
      folders.push_back(project.folder.empty() ? order.slot : order.slot + "/" + project.folder);
  }
  return folders;
}

/// Refuses a run whose tests would test something else.
Result<void> check_origins(const Order& order, const Manifest& manifest, const Ready& ready) {
  std::vector<std::string> names;
  for (const Project& project : manifest.projects) {
    for (const Package& package : project.packages) names.push_back(package.name);
  }
  Environment environment = proc::clean_environment(order.environment);
  for (const auto& [name, value] : ready.variables) environment[name] = value;
  GF_ASSIGN(auto origins, origins_of(names, ready.python, environment, order.cancel,
                                     reading(order.sandbox, ready, order.slot)));
  std::error_code failed;
  std::string slot = fs::canonical(order.slot, failed).string();
  std::string overlay = fs::canonical(ready.folder, failed).string();
  for (const Origin& origin : origins) {
    if (origin.path.empty() || is_in(origin.path, slot) || is_in(origin.path, overlay)) continue;
    return Error{
        Fault::kConfiguration,
        fmt::format("your tests would test '{}', not the run's tree: '{}' is imported from there",
                    printable(origin.path), printable(origin.name)),
        {},
        "install the project anew into its environment (pip install -e .), or set factory.python "
        "to another one"};
  }
  return Done{};
}

/// Names and places of the packages: a changed list is asked anew.
std::string packages_key(const Manifest& manifest) {
  std::string key;
  for (const Project& project : manifest.projects) {
    for (const Package& package : project.packages) key += package.name + "\n";
  }
  return key;
}

/// The slot's overlay, as it lies there or made anew, with every package asked for.
Result<void> lay_over(const Order& order, const Manifest& manifest, const Ground& ground,
                      Ready& ready) {
  std::string key = overlay_key(ground) + "\n" + packages_key(manifest);
  GF_ASSIGN(auto held, Held::wait_for(ready.folder + ".lock", order.cancel));
  bool laid = read_file(ready.folder + "/key") == key;
  std::vector<std::string> folders = built_folders(order, manifest);
  // A build leaves files in the slot that whoever cleans the slot takes away.
  std::string build = folders.empty() ? "" : build_key(folders);
  if (laid && (folders.empty() || (order.is_clean && lay_back_build(ready.folder, build)))) {
    ready.built = folders;
    ready.built_from = native_stamp(folders);
    return Done{};
  }
  GF_TRY(make_overlay(ground, ready.folder));
  GF_ASSIGN(auto cache, order.environment.cache_folder());
  (void)clean(cache, false);  // those of slots that are gone
  GF_TRY(write_file(ready.folder + "/slot", order.slot));
  if (!folders.empty()) {
    std::set<std::string> before;
    if (order.is_clean) before = files_in(folders);
    GF_TRY(install_built(order, manifest, ready));
    ready.built_from = native_stamp(ready.built);
    if (order.is_clean) keep_build(ready.folder, build, folders, before);
  }
  GF_TRY(check_origins(order, manifest, ready));
  return write_file(ready.folder + "/key", key);
}

std::string label_of(const Lead& lead, const Interpreter& interpreter,
                     const std::vector<Site>& sites) {
  bool same_word = lead.kind == "setting" || lead.kind == lead.source;
  return fmt::format("{}, Python {}, {}", same_word ? lead.kind : lead.kind + " " + lead.source,
                     interpreter.version, fingerprint(interpreter, sites));
}

}  // namespace

namespace {

Result<Ready> prepare_python(const Order& order) {
  Manifest manifest = manifest_of(order.tree, order.folder, order.along);
  Ready ready;
  if (!needs_python(order, manifest)) return ready;
  GF_ASSIGN(auto found, provide(order, manifest));
  const Interpreter& interpreter = *found.interpreter;
  Ground ground = ground_for(order, manifest, interpreter);
  GF_ASSIGN(auto cache, order.environment.cache_folder());
  ready.folder =
      overlay_folder(cache, order.folder.empty() ? order.slot : order.slot + "/" + order.folder);
  ready.python = ready.folder + "/bin/python";
  size_t bin = interpreter.program.rfind("/bin/");
  if (bin != std::string::npos) ready.prefix = interpreter.program.substr(0, bin);
  ready.label = label_of(found.lead, interpreter, ground.sites);
  std::string path = order.environment.get("PATH");
  ready.variables["PATH"] = ready.folder + "/bin" + (path.empty() ? "" : ":" + path);
  ready.variables["VIRTUAL_ENV"] = ready.folder;
  // Also of what builds: a package that was never compiled is the user's all the same.
  ready.variables["PYTHONDONTWRITEBYTECODE"] = "1";
  // Python reads .pth files by the locale, and folders may have letters of any script.
  ready.variables["LC_ALL"] = "C.UTF-8";
  ready.identity = interpreter.program + "\n" + fingerprint(interpreter, ground.sites);
  ready.below = interpreter;
  ready.installed = stamp_of(ground.sites);
  ready.sandbox = order.sandbox;
  ready.caches = caches_for(order.environment, order.checkout);
  ready.readable = read_by(interpreter, ground.sites);
  ready.readable.push_back(ready.folder);
  ready.writable = {ready.folder + "/strays"};
  GF_TRY(lay_over(order, manifest, ground, ready));
  return ready;
}

}  // namespace

Result<Ready> prepare(const Order& order) {
  GF_ASSIGN(auto ready, prepare_python(order));
  GF_TRY(lay_node_modules(order, ready));
  GF_TRY(lay_crates(order, ready));
  GF_TRY(lay_go_modules(order, ready));
  GF_TRY(lay_jars(order, ready));
  return ready;
}

bool decides_environment(std::string_view path) {
  // Those of JavaScript, of Python, of Rust, of Go, of Java, and lists for pip under any of their
  // names.
  static const std::vector<std::string> patterns = {"pyproject.toml",
                                                    "setup.py",
                                                    "setup.cfg",
                                                    "uv.lock",
                                                    "uv.toml",
                                                    "poetry.lock",
                                                    "pdm.lock",
                                                    "Pipfile",
                                                    "Pipfile.lock",
                                                    "tox.ini",
                                                    "hatch.toml",
                                                    "package.json",
                                                    "package-lock.json",
                                                    "pnpm-lock.yaml",
                                                    "yarn.lock",
                                                    "bun.lock",
                                                    "bun.lockb",
                                                    "npm-shrinkwrap.json",
                                                    "Cargo.toml",
                                                    "Cargo.lock",
                                                    "go.mod",
                                                    "go.sum",
                                                    "go.work",
                                                    "pom.xml",
                                                    "build.gradle",
                                                    "build.gradle.kts",
                                                    "settings.gradle",
                                                    "settings.gradle.kts",
                                                    "gradle.lockfile",
                                                    "libs.versions.toml"};
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (std::find(patterns.begin(), patterns.end(), name) != patterns.end()) return true;
  bool list = name.ends_with(".txt") || name.ends_with(".in") || name.ends_with(".lock");
  return list && (path.find("requirements") != std::string_view::npos ||
                  path.find("constraints") != std::string_view::npos);
}

bool has_changed(const Ready& ready) {
  return ready.below && stamp_of(read_sites(*ready.below)) != ready.installed;
}

Ready as_found(const Found& found, const Environment& environment) {
  Ready ready;
  const auto& one = found.interpreter ? found.interpreter : found.second_best;
  if (!one) return ready;
  ready.python = one->program;
  ready.readable = read_by(*one, read_sites(*one));
  std::string path = environment.get("PATH");
  ready.variables["PATH"] = one->scripts + (path.empty() ? "" : ":" + path);
  ready.variables["PYTHONDONTWRITEBYTECODE"] = "1";
  return ready;
}

void use(const Ready& ready, std::vector<gate::Gate>& gates) {
  for (gate::Gate& gate : gates) {
    if (!gate.argv.empty() && gate.argv[0] == "python3") gate.argv[0] = ready.python;
  }
}

void take(const Ready& ready, gate::Place& place) {
  place.variables = ready.variables;
  place.prefix = ready.prefix;
  place.within = ready.label;
  place.readable.insert(place.readable.end(), ready.readable.begin(), ready.readable.end());
  place.writable.insert(place.writable.end(), ready.writable.begin(), ready.writable.end());
  if (!ready.folder.empty()) forget_strays(ready.folder);
}

Environment variables_in(const Ready& ready, Environment environment) {
  for (const auto& [name, value] : ready.variables) environment[name] = value;
  return environment;
}

std::string without_slot(const Ready& ready, const std::string& text) {
  return ready.folder.empty() ? text : replace_all(text, ready.folder, "<overlay>");
}

void check_imports(const Ready& ready, record::GateOutcome& outcome) {
  using Status = record::GateOutcome::Status;
  if (ready.folder.empty()) return;
  std::string strays = strays_text(ready.folder);
  forget_strays(ready.folder);
  if (strays.empty() || outcome.status == Status::kCancelled) return;
  outcome.status = Status::kBroken;
  outcome.reason = strays;
}

}  // namespace gf::env
