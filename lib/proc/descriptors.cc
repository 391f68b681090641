// The one place with Linux's own calls for descriptors.
#include "proc/descriptors.h"

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace gf::proc {

void close_all_above(int low, int keep) {
  fcntl(keep, F_SETFD, FD_CLOEXEC);
#if defined(__linux__) && defined(SYS_close_range)
  unsigned from = static_cast<unsigned>(low) + 1;
  auto kept = static_cast<unsigned>(keep);
  long below = kept > from ? syscall(SYS_close_range, from, kept - 1, 0u) : 0;
  if (below == 0 && syscall(SYS_close_range, kept + 1, ~0u, 0u) == 0) return;
#endif
  long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0 || limit > 65536) limit = 65536;
  for (int fd = low + 1; fd < limit; ++fd) {
    if (fd != keep) ::close(fd);
  }
}

Descriptor watch_exit(int pid) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0u)));
#else
  (void)pid;
  return Descriptor();
#endif
}

Result<Descriptor> in_memory(const std::string& content) {
#if defined(__linux__) && defined(SYS_memfd_create)
  Descriptor file(static_cast<int>(syscall(SYS_memfd_create, "git-factory", 1u)));
#else
  Descriptor file;
#endif
  bool good =
      file.open() &&
      write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      lseek(file.get(), 0, SEEK_SET) == 0;
  if (good) return file;
  return Error{Fault::kEnvironment,
               std::string("cannot hold a file in memory: ") + std::strerror(errno),
               {},
               {}};
}

}  // namespace gf::proc
