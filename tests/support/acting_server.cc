#include "support/acting_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace gf::test {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

class Line : public Peer {
 public:
  Line(int peer, const std::atomic<bool>& stop) : peer_(peer), stop_(stop) {}
  ~Line() override {
    if (peer_ >= 0) close(peer_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  bool send(std::string_view bytes) override {
    while (!bytes.empty() && peer_ >= 0 && !stop_) {
      pollfd ready{peer_, POLLOUT, 0};
      if (poll(&ready, 1, 20) <= 0) continue;
      ssize_t n = ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return bytes.empty();
  }
  void wait_until_gone() override {
    char piece[256];
    while (!stop_ && peer_ >= 0) {
      pollfd waiting{peer_, POLLIN, 0};
      if (poll(&waiting, 1, 20) > 0 && recv(peer_, piece, sizeof(piece), 0) <= 0) return;
    }
  }
  void hang_up() override {
    if (peer_ < 0) return;
    shutdown(peer_, SHUT_WR);
    close(peer_);
    peer_ = -1;
  }
  void reset() override {
    if (peer_ < 0) return;
    linger now{1, 0};
    setsockopt(peer_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(peer_);
    peer_ = -1;
  }

  /// The next request; false when there is none any more.
  bool read(Asked& asked) {
    char piece[65536];
    for (;;) {
      size_t end = text_.find("\r\n\r\n");
      if (end != std::string::npos) {
        parse(text_.substr(0, end), asked);
        std::string length = asked.header("content-length");
        size_t whole = end + 4 + (length.empty() ? 0 : std::stoul(length));
        if (text_.size() >= whole) {
          asked.body = text_.substr(end + 4, whole - end - 4);
          text_.erase(0, whole);
          return true;
        }
      }
      if (stop_ || peer_ < 0) return false;
      pollfd waiting{peer_, POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      ssize_t n = recv(peer_, piece, sizeof(piece), 0);
      if (n <= 0) return false;
      text_.append(piece, static_cast<size_t>(n));
    }
  }

 private:
  static void parse(const std::string& head, Asked& asked) {
    asked.headers.clear();
    size_t from = 0;
    for (bool first = true; from <= head.size(); first = false) {
      size_t end = std::min(head.find("\r\n", from), head.size());
      std::string line = head.substr(from, end - from);
      if (first) {
        size_t one = line.find(' '), two = line.rfind(' ');
        asked.method = line.substr(0, one);
        if (two > one) asked.path = line.substr(one + 1, two - one - 1);
      } else if (size_t colon = line.find(':'); colon != std::string::npos) {
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        size_t value = line.find_first_not_of(' ', colon + 1);
        asked.headers.emplace_back(name, value == std::string::npos ? "" : line.substr(value));
      }
      from = end + 2;
    }
  }

  int peer_;
  const std::atomic<bool>& stop_;
  std::string text_;
};

}  // namespace

std::string Asked::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

struct ActingServer::Impl {
  std::vector<Act> acts;
  int listener = -1, port = 0;
  std::atomic<bool> stop{false};
  std::thread door;
  mutable std::mutex lock;
  std::vector<Asked> asked;
  std::vector<std::thread> lines;
  size_t connections = 0;

  void serve(int peer) {
    Line line(peer, stop);
    Asked request;
    while (line.read(request)) {
      size_t n = 0;
      {
        std::lock_guard<std::mutex> held(lock);
        n = asked.size();
        asked.push_back(request);
      }
      acts[std::min(n, acts.size() - 1)](request, line);
    }
  }

  void listen_on() {
    while (!stop) {
      pollfd waiting{listener, POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      int peer = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) continue;
      int yes = 1;
      setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
      std::lock_guard<std::mutex> held(lock);
      ++connections;
      lines.emplace_back([this, peer] { serve(peer); });
    }
  }
};

ActingServer::ActingServer(std::vector<Act> acts) : impl_(std::make_unique<Impl>()) {
  impl_->acts = std::move(acts);
  impl_->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(impl_->listener, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  listen(impl_->listener, 64);
  socklen_t size = sizeof(address);
  getsockname(impl_->listener, reinterpret_cast<sockaddr*>(&address), &size);
  impl_->port = ntohs(address.sin_port);
  impl_->door = std::thread([this] { impl_->listen_on(); });
}

ActingServer::~ActingServer() {
  stop();
  close(impl_->listener);
}

void ActingServer::stop() {
  impl_->stop = true;
  if (impl_->door.joinable()) impl_->door.join();
  for (std::thread& line : impl_->lines) {
    if (line.joinable()) line.join();
  }
}

std::string ActingServer::host() const { return "127.0.0.1:" + std::to_string(impl_->port); }

std::vector<Asked> ActingServer::asked() const {
  std::lock_guard<std::mutex> held(impl_->lock);
  return impl_->asked;
}

size_t ActingServer::connections() const {
  std::lock_guard<std::mutex> held(impl_->lock);
  return impl_->connections;
}

std::string http_answer(const std::string& status, const std::string& body,
                        const std::string& more_headers) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more_headers + "\r\n" + body;
}

std::string stream_head(const std::string& type) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nConnection: close\r\n\r\n";
}

Act answers(std::string status, std::string body, std::string more_headers) {
  std::string whole = http_answer(status, body, more_headers);
  return [whole](const Asked&, Peer& peer) { peer.send(whole); };
}

Act streams_events(std::vector<std::string> data) {
  return [data = std::move(data)](const Asked&, Peer& peer) {
    peer.send(stream_head());
    for (const std::string& item : data) peer.send("data: " + item + "\n\n");
    peer.hang_up();
  };
}

Act streams_lines(std::vector<std::string> items) {
  return [items = std::move(items)](const Asked&, Peer& peer) {
    peer.send(stream_head("application/x-ndjson"));
    for (const std::string& item : items) peer.send(item + "\n");
    peer.hang_up();
  };
}

Act openai_says(const std::string& text, const std::string& model) {
  std::string head = R"({"id":"c-1","model":")" + model + R"(","choices":[{"index":0,)";
  return streams_events(
      {head + R"("delta":{"role":"assistant","content":)" + quoted(text) + "}}]}",
       head + R"("delta":{},"finish_reason":"stop"}]})",
       R"({"id":"c-1","model":")" + model +
           R"(","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20}})",
       "[DONE]"});
}

Act ollama_says(const std::string& text, const std::string& model) {
  return streams_lines(
      {R"({"model":")" + model + R"(","message":{"role":"assistant","content":)" + quoted(text) +
           R"(},"done":false})",
       R"({"model":")" + model +
           R"(","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",)"
           R"("prompt_eval_count":100,"eval_count":20})"});
}

Act anthropic_says(const std::string& text, const std::string& model) {
  return streams_events(
      {R"({"type":"message_start","message":{"id":"msg_1","model":")" + model +
           R"(","usage":{"input_tokens":40,"cache_read_input_tokens":50,)"
           R"("cache_creation_input_tokens":10,"output_tokens":1}}})",
       R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})",
       R"({"type":"ping"})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":)" +
           quoted(text) + "}}",
       R"({"type":"content_block_stop","index":0})",
       R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":20}})",
       R"({"type":"message_stop"})"});
}

}  // namespace gf::test
