#include "env/held.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/clock.h"

namespace gf::env {
namespace {

constexpr Milliseconds kBetween{50};

Error cannot_hold(const std::string& path, int code) {
  return Error{Fault::kEnvironment,
               fmt::format("cannot lock '{}': {}", path, std::strerror(code)),
               {},
               "check the folder, or set XDG_CACHE_HOME"};
}

/// False when the file was removed between the opening and the lock: others lock a new one.
bool is_still(const std::string& path, int lock) {
  struct stat held {
  }, there{};
  return fstat(lock, &held) == 0 && stat(path.c_str(), &there) == 0 &&
         held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

}  // namespace

Result<std::optional<Held>> Held::try_take(const std::string& path) {
  std::error_code failed;
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error{Fault::kEnvironment,
                 fmt::format("cannot write to '{}': {}", folder.string(), failed.message()),
                 {},
                 "set XDG_CACHE_HOME to a folder of yours"};
  }
  for (;;) {
    Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.open()) return cannot_hold(path, errno);
    if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK || errno == EINTR) return std::optional<Held>();
      return cannot_hold(path, errno);
    }
    if (is_still(path, lock.get())) return std::optional<Held>(Held(std::move(lock)));
  }
}

Result<Held> Held::wait_for(const std::string& path, const Cancel& cancel) {
  for (;;) {
    GF_ASSIGN(auto held, try_take(path));
    if (held) return *std::move(held);
    GF_TRY(system_clock().wait(kBetween, cancel));
  }
}

}  // namespace gf::env
