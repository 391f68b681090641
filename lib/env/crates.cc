#include "env/crates.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "env/holding.h"
#include "env/maker.h"
#include "env/provide.h"
#include "gate/project.h"
#include "proc/process.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kLock = "Cargo.lock";

std::string in_folder(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

/// Folders of the order's place that its gates start cargo in.
std::set<std::string> cargo_folders(const Order& order) {
  std::set<std::string> folders;
  for (const gate::Gate& gate : order.gates) {
    bool cargo = !gate.argv.empty() && gate.argv[0] == "cargo";
    if (cargo && gate::is_below(gate.folder, order.folder)) folders.insert(gate.folder);
  }
  return folders;
}

/// The releases that the user builds with, where git does not keep them.
Result<void> take_lock(const Order& order, const std::string& folder) {
  std::string path = in_folder(folder, kLock), slots = order.slot + "/" + path;
  std::error_code failed;
  if (order.tree.has_path(path) || std::filesystem::exists(slots, failed)) return Done{};
  auto users =
      order.checkout.folder.empty() ? std::nullopt : read_file(order.checkout.folder + "/" + path);
  return users ? write_file(slots, *users) : Result<void>(Done{});
}

/// Cargo's own folder of ours: what the user's store lacks is fetched to there.
std::string our_cargo(const Order& order) {
  return caches_for(order.environment, order.checkout) + "/cargo";
}

/// Runs cargo in `where`, held as what fetches is; `home`: the folder that it takes for its own,
/// the user's where it is empty.
Result<std::optional<std::string>> run_cargo(const Order& order, Reach reach, Words argv,
                                             const std::string& where, const std::string& home) {
  const std::string caches = caches_for(order.environment, order.checkout);
  const proc::Work work = proc::Work::kFetch;
  Environment variables = variables_of(work, order.sandbox, order.environment, caches);
  if (!home.empty()) variables["CARGO_HOME"] = home;
  // The configuration of a tree names programs too; cargo's own are meant here.
  variables["RUSTC_WRAPPER"] = variables["RUSTC_WORKSPACE_WRAPPER"] = "";
  Holding holding =
      making(work, reach, order.sandbox, order.environment, {{}, {order.slot}, caches});
  holding.policy.kept = {order.slot + "/.git"};
  return went_wrong(std::move(argv), where, variables, order.cancel, holding);
}

/// Is everything there that cargo needs to build the folder? Also what only some features need.
Result<bool> has_crates(const Order& order, const std::string& where, const std::string& home) {
  GF_ASSIGN(auto wrong, run_cargo(order, Reach::kOffline,
                                  {"cargo", "tree", "--offline", "--quiet", "--workspace",
                                   "--all-features", "--depth", "0"},
                                  where, home));
  return !wrong.has_value();
}

/// The user's configuration stands in our folder too, the keys of registries for this time alone.
class Lent {
 public:
  Lent(const Order& order, const std::string& home) {
    if (home.empty()) return;
    std::string users = order.environment.get("CARGO_HOME");
    if (users.empty()) users = order.environment.get("HOME") + "/.cargo";
    for (const char* name : {"/config.toml", "/config"}) {
      if (auto text = read_file(users + name)) (void)write_file(home + name, *text).ok();
    }
    for (const char* name : {"/credentials.toml", "/credentials"}) {
      auto text = read_file(users + name);
      if (text && write_file(home + name, *text).ok()) keys_.push_back(home + name);
    }
  }
  ~Lent() {
    for (const std::string& path : keys_) remove_folder(path);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

 private:
  std::vector<std::string> keys_;
};

Result<void> fetch(const Order& order, const std::string& folder, const std::string& where,
                   const std::string& home) {
  if (order.say)
    order.say(fmt::format("fetching the crates of {} by cargo ...", in_folder(folder, kLock)));
  Lent lent(order, home);
  GF_ASSIGN(auto wrong, run_cargo(order, Reach::kAll, {"cargo", "fetch", "--quiet"}, where, home));
  if (wrong && order.say)
    order.say(fmt::format("cargo could not fetch the crates of {}: {}", in_folder(folder, kLock),
                          telling_line(*wrong)));
  return Done{};
}

std::string place_of_folder(const Order& order, const std::string& folder) {
  return folder.empty() ? order.slot : order.slot + "/" + folder;
}

/// Are the crates of all these folders in one store? What is missing is fetched, where that may be.
Result<bool> have_crates(const Order& order, const std::set<std::string>& folders, bool may_fetch,
                         const std::string& home) {
  bool all = true;
  for (const std::string& folder : folders) {
    const std::string where = place_of_folder(order, folder);
    GF_ASSIGN(bool there, has_crates(order, where, home));
    if (!there && may_fetch) {
      GF_TRY(fetch(order, folder, where, home));
      GF_ASSIGN(there, has_crates(order, where, home));
    }
    all = all && there;
  }
  return all;
}

}  // namespace

Result<void> lay_crates(const Order& order, Ready& ready) {
  std::set<std::string> folders = cargo_folders(order);
  if (folders.empty() || !proc::find_program("cargo", order.environment)) return Done{};
  GF_ASSIGN(auto network, network_of(order));
  for (const std::string& folder : folders) GF_TRY(take_lock(order, folder));
  const bool online = network == Network::kOnline;
  bool held = order.sandbox != nullptr && order.sandbox->holds();
  std::string home;
  GF_ASSIGN(bool there, have_crates(order, folders, online && !held, home));
  if (!there && held) {
    home = our_cargo(order);
    std::error_code failed;
    std::filesystem::create_directories(home, failed);
    GF_ASSIGN(there, have_crates(order, folders, online, home));
  }
  for (const std::string& folder : folders) {
    if (order.tree.has_path(in_folder(folder, kLock))) continue;
    std::string lock = read_file(place_of_folder(order, folder) + "/" + kLock).value_or("");
    ready.identity += "\n" + in_folder(folder, kLock) + " " + record::content_id(lock).hex();
  }
  if (!home.empty()) {
    ready.variables["CARGO_HOME"] = home;
    ready.readable.push_back(home);
  }
  if (there || !online) ready.variables["CARGO_NET_OFFLINE"] = "true";
  return Done{};
}

}  // namespace gf::env
