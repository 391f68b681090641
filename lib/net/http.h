// HTTP requests by libcurl. Bounded in time and size; what came back is data.
#pragma once

#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"

namespace gf::net {

struct Limits {
  Milliseconds total{30000};
  size_t max_body_bytes = 16u << 20;
};

struct Answer {
  long status = 0;
  std::string body;
};

/// GET without redirects. An Error (kTransient) when nobody answered in time or the body is too large.
Result<Answer> get(const std::string& url, const Limits& limits, const Cancel& cancel);

}  // namespace gf::net
