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

}  // namespace gf::proc
