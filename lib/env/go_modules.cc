#include "env/go_modules.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "env/holding.h"
#include "env/maker.h"
#include "env/provide.h"
#include "gate/project.h"
#include "proc/process.h"

namespace gf::env {
namespace {

using Words = std::vector<std::string>;

std::set<std::string> go_folders(const Order& order) {
  std::set<std::string> folders;
  for (const gate::Gate& gate : order.gates) {
    bool go = !gate.argv.empty() && gate.argv[0] == "go";
    if (go && gate::is_below(gate.folder, order.folder)) folders.insert(gate.folder);
  }
  return folders;
}

/// The user's own store; empty: there is none.
std::string users_modules(const Environment& users) {
  std::string path = users.get("GOMODCACHE"), go = users.get("GOPATH");
  if (path.empty() && !go.empty()) path = go.substr(0, go.find(':')) + "/pkg/mod";
  if (path.empty()) path = users.get("HOME") + "/go/pkg/mod";
  std::error_code failed;
  return std::filesystem::is_directory(path + "/cache/download", failed) ? path : std::string();
}

std::string our_go(const Order& order) {
  return caches_for(order.environment, order.checkout) + "/go";
}

/// Go in a folder of the slot; `ours`: with a store of ours, whose first source is the user's.
Result<std::optional<std::string>> run_go(const Order& order, Reach reach, const Words& argv,
                                          const std::string& where, bool ours) {
  const std::string caches = caches_for(order.environment, order.checkout);
  const proc::Work work = proc::Work::kFetch;
  Environment variables = variables_of(work, order.sandbox, order.environment, caches);
  std::string proxy = variables.get("GOPROXY"), users = users_modules(order.environment);
  if (proxy.empty()) proxy = "https://proxy.golang.org,direct";
  if (reach == Reach::kOffline) proxy = "off";
  if (ours) {
    variables["GOPATH"] = our_go(order);
    variables["GOMODCACHE"] = our_go(order) + "/pkg/mod";
    variables["GOFLAGS"] = variables.get("GOFLAGS") + " -modcacherw";  // so that it can be removed
    if (!users.empty() && reach == Reach::kAll)
      proxy = "file://" + users + "/cache/download," + proxy;
  }
  variables["GOPROXY"] = proxy;
  proc::Workplace place{{order.slot}, {}, caches};
  if (!users.empty()) place.readable.push_back(users);
  for (const std::string& path : order.repository) place.readable.push_back(path);
  return went_wrong(argv, where, variables, order.cancel,
                    making(work, reach, order.sandbox, order.environment, place));
}

/// Is everything there that the packages of a folder and their tests are built from? What else is
/// wrong with them is the gates' to tell.
Result<bool> has_modules(const Order& order, const std::string& where, bool ours) {
  GF_ASSIGN(auto wrong, run_go(order, Reach::kOffline,
                               {"go", "list", "-deps", "-test", "-f", "{{.ImportPath}}", "./..."},
                               where, ours));
  if (!wrong) return true;
  return wrong->find("GOPROXY=off") == std::string::npos &&
         wrong->find("toolchain not available") == std::string::npos;
}

/// Are the modules of all these folders in one store? What is missing is fetched, where that may
/// be.
Result<bool> have_modules(const Order& order, const std::set<std::string>& folders, bool may_fetch,
                          bool ours) {
  bool all = true;
  for (const std::string& folder : folders) {
    const std::string where = folder.empty() ? order.slot : order.slot + "/" + folder;
    GF_ASSIGN(bool there, has_modules(order, where, ours));
    if (!there && may_fetch) {
      if (order.say)
        order.say(fmt::format("fetching the modules of {}go.mod by go ...",
                              folder.empty() ? "" : folder + "/"));
      GF_ASSIGN(auto wrong, run_go(order, Reach::kAll, {"go", "mod", "download"}, where, ours));
      there = !wrong.has_value();
      if (wrong && order.say) order.say("go could not fetch the modules: " + telling_line(*wrong));
    }
    all = all && there;
  }
  return all;
}

}  // namespace

Result<void> lay_go_modules(const Order& order, Ready& ready) {
  std::set<std::string> folders = go_folders(order);
  bool held = order.sandbox != nullptr && order.sandbox->holds();
  if (!held || folders.empty() || !proc::find_program("go", order.environment)) return Done{};
  GF_ASSIGN(auto network, network_of(order));
  GF_ASSIGN(bool there, have_modules(order, folders, false, false));
  if (there) return Done{};
  GF_TRY(have_modules(order, folders, network == Network::kOnline, true));
  ready.variables["GOMODCACHE"] = our_go(order) + "/pkg/mod";
  ready.readable.push_back(our_go(order));
  return Done{};
}

}  // namespace gf::env
