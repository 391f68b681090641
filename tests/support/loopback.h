// An HTTP server on the loopback address that gives one answer to everybody.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

namespace gf::test {

/// Listens on a free port of 127.0.0.1 until it is destroyed. `answer` is sent as it is, after the
/// request was read; an empty one leaves the caller waiting.
class Loopback {
 public:
  explicit Loopback(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    listen(listener_, 8);
    socklen_t size = sizeof(address);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Loopback() {
    stop_ = true;
    thread_.join();
    close(listener_);
  }
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;

  static std::string ok(const std::string& body, const std::string& status = "200 OK",
                        const std::string& more = {}) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n" + more + "\r\n" + body;
  }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url() const { return "http://" + host(); }
  [[nodiscard]] int served() const { return served_; }
  /// The last request, after the caller has its answer.
  [[nodiscard]] const std::string& request() const { return request_; }

 private:
  void serve() {
    while (!stop_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) continue;
      request_ = read_request(peer);
      ++served_;
      if (answer_.empty()) {
        while (!stop_) poll(nullptr, 0, 20);
      }
      size_t sent = 0;
      while (sent < answer_.size()) {
        ssize_t n = send(peer, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<size_t>(n);
      }
      close(peer);
    }
  }

  static std::string read_request(int peer) {
    std::string text;
    char piece[4096];
    for (;;) {
      size_t end = text.find("\r\n\r\n");
      if (end != std::string::npos) {
        size_t at = text.find("ontent-Length: ");
        if (at == std::string::npos) at = text.find("ontent-length: ");
        size_t length = at == std::string::npos || at > end ? 0 : std::stoul(text.substr(at + 15));
        if (text.size() >= end + 4 + length) return text;
      }
      pollfd waiting{peer, POLLIN, 0};
      if (poll(&waiting, 1, 2000) <= 0) return text;
      ssize_t n = recv(peer, piece, sizeof(piece), 0);
      if (n <= 0) return text;
      text.append(piece, static_cast<size_t>(n));
    }
  }

  std::string answer_, request_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> served_{0};
  std::thread thread_;
};

}  // namespace gf::test
