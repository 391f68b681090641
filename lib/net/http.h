// HTTP requests by libcurl. Bounded in time and size; what came back is data.
#pragma once

#include <string>
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
};

struct Answer {
  long status = 0;
  std::string body;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// GET and POST over http and https; any status is an Answer. No redirect is followed, so a header
/// that lets us in goes to the named host only; a proxy is never asked for a loopback address. An
/// Error is kTransient (nobody answered in time), kBadData (the body is larger than allowed),
/// kConfiguration (no URL we take, a header with a line break) or kCancelled. It shows neither user
/// nor password of the URL.
Result<Answer> get(const std::string& url, const Limits& limits, const Cancel& cancel,
                   const Headers& headers = {});
Result<Answer> post(const std::string& url, const std::string& body, const Headers& headers,
                    const Limits& limits, const Cancel& cancel);

}  // namespace gf::net
