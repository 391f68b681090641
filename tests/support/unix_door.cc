#include "support/unix_door.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace gf::test {
namespace {

/// What has come from one side goes to the other; false: that side has ended.
bool pass_on(int from, int to) {
  char piece[8192];
  ssize_t got = recv(from, piece, sizeof(piece), 0);
  for (ssize_t sent = 0; sent < got;) {
    ssize_t n = send(to, piece + sent, static_cast<size_t>(got - sent), MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += n;
  }
  return got > 0;
}

}  // namespace

UnixDoor::UnixDoor(std::string path, const std::string& host)
    : path_(std::move(path)), port_(std::stoi(host.substr(host.rfind(':') + 1))) {
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  listen(listener_, 16);
  thread_ = std::thread([this] { serve(); });
}

UnixDoor::~UnixDoor() {
  stop_ = true;
  thread_.join();
  for (std::thread& peer : peers_) peer.join();
  close(listener_);
  unlink(path_.c_str());
}

void UnixDoor::serve() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    int from = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (from >= 0) peers_.emplace_back([this, from] { pass(from); });
  }
}

void UnixDoor::pass(int from) const {
  int to = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port_));
  bool open = connect(to, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  while (open && !stop_) {
    pollfd both[2] = {{from, POLLIN, 0}, {to, POLLIN, 0}};
    if (poll(both, 2, 20) <= 0) continue;
    if (both[0].revents != 0) open = pass_on(from, to);
    if (open && both[1].revents != 0) open = pass_on(to, from);
  }
  close(to);
  close(from);
}

}  // namespace gf::test
