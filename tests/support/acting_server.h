// An HTTP server on the loopback address that acts: every request is answered by a function, which
// may behave as badly as servers do.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gf::test {

/// A request as it came.
struct Asked {
  std::string method, path, body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  /// Empty when it is not there.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// The line to who asked. Lives as long as the act.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual bool send(std::string_view bytes) = 0;  ///< false: nobody listens any more
  /// Returns when the other side has hung up or the server is being taken down.
  virtual void wait_until_gone() = 0;
  virtual void hang_up() = 0;  ///< an orderly end after what was sent
  virtual void reset() = 0;    ///< the line is cut (RST)
};

using Act = std::function<void(const Asked&, Peer&)>;

/// Listens on a free port of 127.0.0.1 from its construction to its destruction, a thread a
/// connection. The nth request gets the nth act; the last act stays for all that follow.
class ActingServer {
 public:
  explicit ActingServer(std::vector<Act> acts);
  explicit ActingServer(Act act) : ActingServer(std::vector<Act>{std::move(act)}) {}
  ~ActingServer();
  ActingServer(const ActingServer&) = delete;
  ActingServer& operator=(const ActingServer&) = delete;

  /// Ends every act and listens no more. Who acts by this server and is itself being destroyed
  /// calls it first: `unique_ptr` is empty before its server is gone, and an act may still run.
  void stop();
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::string url() const { return "http://" + host(); }
  [[nodiscard]] std::vector<Asked> asked() const;
  [[nodiscard]] size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A whole answer with its length; the connection stays open.
std::string http_answer(const std::string& status, const std::string& body,
                        const std::string& more_headers = {});
/// The head of an answer that ends with the connection.
std::string stream_head(const std::string& type = "text/event-stream");
Act answers(std::string status, std::string body, std::string more_headers = {});
/// A stream of server-sent events or of lines, each item one piece, then an orderly end.
Act streams_events(std::vector<std::string> data);
Act streams_lines(std::vector<std::string> items);

/// What OpenAI's, Ollama's and Anthropic's services answer with `text`.
Act openai_says(const std::string& text, const std::string& model = "m-1");
Act ollama_says(const std::string& text, const std::string& model = "m-1");
Act anthropic_says(const std::string& text, const std::string& model = "m-1");

}  // namespace gf::test
