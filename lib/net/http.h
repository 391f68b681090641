// HTTP requests by libcurl. Bounded in time and size; what came back is data.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"

namespace gf::net {

struct Limits {
  Milliseconds connect{10000};  ///< never more than `total`
  Milliseconds total{30000};
  size_t max_body_bytes = 16u << 20;
  Milliseconds first_byte{0};  ///< until anything comes back; 0: `total` alone
  Milliseconds idle{0};        ///< between two pieces of the answer; 0: `total` alone
};

/// The detail of an Error when no connection was made, so that nothing was sent.
constexpr std::string_view kUnreached = "unreached";

using Headers = std::vector<std::pair<std::string, std::string>>;

/// How to get there, as git's http.* settings say it. The defaults are libcurl's.
struct Route {
  /// Absent: http_proxy, https_proxy, all_proxy and no_proxy of the environment; "": no proxy.
  std::optional<std::string> proxy;
  std::string ca_file, ca_path;         ///< instead of the system's authorities
  std::string client_cert, client_key;  ///< files
  bool verify = true;                   ///< is the server's certificate looked at?
};

struct Request {
  std::string url;
  std::optional<std::string> body;  ///< absent: GET
  Headers headers;
  Limits limits;
  Route route;
  /// Gets the body of a 2xx answer piece by piece as it comes, instead of Answer::body. False: it
  /// has what it wants, or cannot use it; it gets nothing more.
  std::function<bool(std::string_view)> sink;
  /// "PATCH", "PUT" or "DELETE"; empty: GET, or POST where there is a body.
  std::string method = {};
  /// It is sent at most once. On a connection that was kept open libcurl sends a second time when
  /// that turns out to be dead before anything came back, and nobody knows whether the first one
  /// had arrived; so this gets a connection of its own.
  bool only_once = false;
};

struct Answer {
  long status = 0;
  std::string body;
  Headers headers;    ///< names in lower case, values trimmed
  bool left = false;  ///< the sink wanted no more
  /// The value of a header; empty when it is not there.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// Any status is an Answer. No redirect is followed, so a header that lets us in goes to the named
/// host only; a proxy is never asked for a loopback address. Blocks; `cancel` is looked at every
/// 50 ms at least. Connections are kept open and used again within a thread.
///
/// An Error is kTransient (nobody answered in time, or the answer broke off), kBadData (the body is
/// larger than allowed), kConfiguration (no URL we take, a header with a line break, a certificate
/// that is not trusted) or kCancelled. It shows neither user, password nor query of the URL.
Result<Answer> send(const Request& request, const Cancel& cancel);

/// GET with the default route.
Result<Answer> get(const std::string& url, const Limits& limits, const Cancel& cancel,
                   const Headers& headers = {});

/// `url` without user, password and query: what a message may show.
std::string shown(std::string_view url);
/// Does `url` name this very machine by a loopback address?
bool is_loopback(std::string_view url);

/// What an answer's headers ask us to wait: retry-after-ms, else retry-after in seconds or as an
/// HTTP date seen from `now`. Never negative; absent when nothing, or nothing sensible, is said.
std::optional<Milliseconds> retry_after(const Answer& answer, Timestamp now);
/// What time it is for who gave the answer, by its Date; `ours` where it has none. A moment that it
/// names is judged by its own clock, since ours may be wrong.
Timestamp time_there(const Answer& answer, Timestamp ours);

}  // namespace gf::net
