#include "env/crates.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "env/maker.h"
#include "env/provide.h"
#include "gate/project.h"
#include "proc/process.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

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

/// Is everything there that cargo needs to build the folder? Also what only some features need.
Result<bool> has_crates(const Order& order, const std::string& where) {
  GF_ASSIGN(auto wrong, went_wrong({"cargo", "tree", "--offline", "--quiet", "--workspace",
                                    "--all-features", "--depth", "0"},
                                   where, proc::git_environment(order.environment), order.cancel));
  return !wrong.has_value();
}

Result<void> fetch(const Order& order, const std::string& folder, const std::string& where) {
  if (order.say)
    order.say(fmt::format("fetching the crates of {} by cargo ...", in_folder(folder, kLock)));
  GF_ASSIGN(auto wrong, went_wrong({"cargo", "fetch", "--quiet"}, where,
                                   proc::git_environment(order.environment), order.cancel));
  if (wrong && order.say)
    order.say(fmt::format("cargo could not fetch the crates of {}: {}", in_folder(folder, kLock),
                          telling_line(*wrong)));
  return Done{};
}

}  // namespace

Result<void> lay_crates(const Order& order, Ready& ready) {
  std::set<std::string> folders = cargo_folders(order);
  if (folders.empty() || !proc::find_program("cargo", order.environment)) return Done{};
  GF_ASSIGN(auto network, network_of(order));
  bool offline = true;
  for (const std::string& folder : folders) {
    std::string where = folder.empty() ? order.slot : order.slot + "/" + folder;
    GF_TRY(take_lock(order, folder));
    GF_ASSIGN(bool there, has_crates(order, where));
    if (!there && network == Network::kOnline) {
      GF_TRY(fetch(order, folder, where));
      GF_ASSIGN(there, has_crates(order, where));
    }
    offline = offline && (there || network != Network::kOnline);
    if (order.tree.has_path(in_folder(folder, kLock))) continue;
    std::string lock = read_file(where + "/" + kLock).value_or("");
    ready.identity += "\n" + in_folder(folder, kLock) + " " + record::content_id(lock).hex();
  }
  if (offline) ready.variables["CARGO_NET_OFFLINE"] = "true";
  return Done{};
}

}  // namespace gf::env
