#include "proc/bubblewrap.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "proc/view.h"

namespace gf::proc {
namespace {

/// One thing that is laid into the machine's files. The outer ones come first.
struct Laid {
  std::string place;
  std::vector<std::string> words;
};

}  // namespace

std::vector<std::string> words_for(const Hold& hold) {
  const View& view = hold.view;
  std::vector<Laid> all;
  for (const std::string& folder : view.hidden) {
    if (folder == "/tmp") {
      all.push_back({folder, {"--bind", hold.temporary, folder}});
    } else if (folder == view.home) {
      all.push_back({folder, {"--bind", hold.home, folder}});
    } else {
      all.push_back({folder, {"--perms", "0755", "--size", "67108864", "--tmpfs", folder}});
    }
  }
  if (!view.home.empty() && !hold.cache.empty())
    all.push_back({view.home + "/.cache", {"--bind", hold.cache, view.home + "/.cache"}});
  for (const std::string& path : view.readable) all.push_back({path, {"--ro-bind", path, path}});
  for (const std::string& path : view.writable) all.push_back({path, {"--bind", path, path}});
  for (const std::string& path : hold.kept) all.push_back({path, {"--ro-bind-try", path, path}});
  for (const std::string& path : view.masked) {
    std::error_code failed;
    bool folder = std::filesystem::is_directory(path, failed);
    all.push_back({path, folder ? std::vector<std::string>{"--tmpfs", path}
                                : std::vector<std::string>{"--ro-bind", "/dev/null", path}});
  }
  for (const auto& [place, target] : view.links)
    all.push_back({place, {"--symlink", target, place}});
  auto depth = [](const Laid& laid) {
    return std::count(laid.place.begin(), laid.place.end(), '/');
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Laid& a, const Laid& b) { return depth(a) < depth(b); });
  std::vector<std::string> words = {"bwrap", "--ro-bind", "/", "/"};
  for (const Laid& laid : all) words.insert(words.end(), laid.words.begin(), laid.words.end());
  words.insert(words.end(), {"--dev", "/dev", "--proc", "/proc", "--unshare-user-try",
                             "--unshare-pid", "--unshare-ipc", "--unshare-uts",
                             "--unshare-cgroup-try", "--die-with-parent", "--cap-drop", "ALL"});
  // As root some of it could be written, without any right: it is the machine's.
  for (const char* path : {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus",
                           "/proc/acpi", "/proc/fs", "/proc/scsi", "/proc/mtrr"})
    words.insert(words.end(), {"--ro-bind-try", path, path});
  if (hold.own_network) words.emplace_back("--unshare-net");
  if (hold.filtered) words.insert(words.end(), {"--seccomp", "3"});
  words.insert(words.end(), {"--chdir", hold.directory, "--"});
  return words;
}

std::vector<std::string> confined(const Confinement& confinement,
                                  const std::vector<std::string>& argv) {
  std::vector<std::string> all = {"bwrap", "--ro-bind", "/",     "/",       "--dev",
                                  "/dev",  "--proc",    "/proc", "--tmpfs", "/tmp"};
  for (const std::string& folder : confinement.readable)
    all.insert(all.end(), {"--ro-bind", folder, folder});
  for (const std::string& folder : confinement.writable)
    all.insert(all.end(), {"--bind", folder, folder});
  if (!confinement.program_folder.empty()) {
    all.insert(all.end(),
               {"--ro-bind-try", confinement.program_folder, confinement.program_folder});
  }
  // A session of its own: else it could put words into the terminal that we were started from.
  all.insert(all.end(), {"--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session",
                         "--chdir", confinement.directory, "--"});
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

std::optional<std::string> against_confinement(const Environment& environment,
                                               const Cancel& cancel) {
  if (!find_program("bwrap", environment)) return "it was not found";
  Options options;
  options.argv = confined({}, {"true"});
  options.directory = "/";
  options.environment = environment;
  options.limits = {Milliseconds(10000), 64u << 10};
  auto outcome = run(options, cancel);
  if (!outcome.ok()) return outcome.error().message;
  if (outcome->succeeded()) return std::nullopt;
  std::vector<std::string> said = lines(trim(outcome->err));
  if (said.empty()) return "it gives no reason";
  return printable(to_utf8(clipped(said.front(), 200)));
}

}  // namespace gf::proc
