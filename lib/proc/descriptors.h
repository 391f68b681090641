// Pipes, and what only some systems know of descriptors. For this room's .cc files.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace gf::proc {

struct Pipe {
  Descriptor read, write;
};

/// `fd`, or a copy above the standard three: who was started with a closed stdin gets 0 for a pipe,
/// and the child's dup2 onto 0 would then change nothing, not even the flag that closes it.
inline Descriptor above_standard(int fd) {
  Descriptor given(fd);
  if (fd > 2) return given;
  return Descriptor(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

/// Both ends close on exec: a child has only what it was given.
inline Result<Pipe> make_pipe() {
  int fds[2];
#ifdef __linux__
  int code = pipe2(fds, O_CLOEXEC);
#else
  int code = pipe(fds);
  if (code == 0) {
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
  }
#endif
  if (code != 0) {
    return Error{
        Fault::kEnvironment, std::string("cannot make a pipe: ") + std::strerror(errno), {}, {}};
  }
  Pipe made;
  made.read = above_standard(fds[0]);
  made.write = above_standard(fds[1]);
  if (!made.read.open() || !made.write.open()) {
    return Error{Fault::kEnvironment, "cannot make a pipe: too many open files", {}, {}};
  }
  return made;
}

/// Closes every descriptor above `low` but `keep`, which is set to close on exec.
/// Async-signal-safe.
void close_all_above(int low, int keep);

/// A descriptor that becomes readable when `pid` ends; closed where the system has none.
Descriptor watch_exit(int pid);

/// A file without a name that holds `content`, read from its beginning.
Result<Descriptor> in_memory(const std::string& content);

}  // namespace gf::proc
