#include "support/troubles.h"

#include <algorithm>

namespace gf::test {

std::optional<Trouble> Troubles::take(const std::string& call) {
  auto found = std::find_if(all_.begin(), all_.end(),
                            [&](const Trouble& one) { return call.starts_with(one.call); });
  if (found == all_.end()) return std::nullopt;
  Trouble trouble = std::move(*found);
  all_.erase(found);
  return trouble;
}

void answer_if_changed(const Asked& asked, const std::string& etag, int& status,
                       std::string& headers, std::string& body) {
  if (asked.method != "GET" || status != 200) return;
  headers += "ETag: " + etag + "\r\n";
  if (asked.header("if-none-match") != etag) return;
  status = 304;
  body.clear();
}

}  // namespace gf::test
