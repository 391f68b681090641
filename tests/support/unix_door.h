// A Unix socket that leads to a server on the loopback address: the way in that `gh` has for a
// server that is not GitHub's (http_unix_socket).
#pragma once

#include <atomic>
#include <list>
#include <string>
#include <thread>

namespace gf::test {

/// From its construction to its destruction at `path`, which must be shorter than 100 bytes.
class UnixDoor {
 public:
  /// `host`: "127.0.0.1:4711".
  UnixDoor(std::string path, const std::string& host);
  ~UnixDoor();
  UnixDoor(const UnixDoor&) = delete;
  UnixDoor& operator=(const UnixDoor&) = delete;

 private:
  void serve();
  void pass(int from) const;

  std::string path_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stop_{false};
  std::list<std::thread> peers_;
  std::thread thread_;
};

}  // namespace gf::test
