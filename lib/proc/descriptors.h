// File descriptors that close themselves. For this room's .cc files.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/result.h"

namespace gf::proc {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

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
    return Error{Fault::kEnvironment, std::string("cannot make a pipe: ") + std::strerror(errno), {}, {}};
  }
  Pipe made;
  made.read = Descriptor(fds[0]);
  made.write = Descriptor(fds[1]);
  return made;
}

/// Closes every descriptor above `low` but `keep`, which is set to close on exec. Async-signal-safe.
void close_all_above(int low, int keep);

}  // namespace gf::proc
