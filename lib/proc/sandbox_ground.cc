#include "proc/sandbox_ground.h"

#include <filesystem>
#include <vector>

#include "base/files.h"
#include "base/text.h"

namespace gf::proc {
namespace {

/// Lines of /proc/self/status that say what this process may do.
std::vector<std::string> rights() {
  std::vector<std::string> facts;
  for (const std::string& line : lines(read_file("/proc/self/status").value_or(""))) {
    for (const char* name : {"Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:", "Seccomp"}) {
      if (line.starts_with(name)) facts.push_back(line);
    }
  }
  return facts;
}

}  // namespace

std::string sandbox_ground() {
  std::string boot = read_file("/proc/sys/kernel/random/boot_id").value_or("");
  std::vector<std::string> facts = rights();
  if (boot.empty() || facts.empty()) return {};
  facts.push_back(boot);
  for (const char* file :
       {"/proc/sys/user/max_user_namespaces", "/proc/sys/user/max_mnt_namespaces",
        "/proc/sys/user/max_pid_namespaces", "/proc/sys/user/max_net_namespaces",
        "/proc/sys/kernel/unprivileged_userns_clone",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "/proc/self/attr/current"})
    facts.push_back(std::string(file) + " " + read_file(file).value_or("-"));
  for (const char* link : {"/proc/self/ns/user", "/proc/self/ns/mnt", "/proc/self/root"}) {
    std::error_code failed;
    facts.push_back(std::filesystem::read_symlink(link, failed).string());
  }
  std::string text = join(facts, "\x1e");
  for (char& one : text) {
    if (one == '\0') one = ' ';
  }
  return text;
}

}  // namespace gf::proc
