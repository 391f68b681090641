// What headers and addresses say: pure functions.
#include <algorithm>

#include "base/text.h"
#include "net/http.h"

namespace gf::net {
namespace {

/// Host without port and brackets, lower case.
std::string host_of(std::string_view url) {
  std::string text = shown(url);
  size_t scheme = text.find("://");
  std::string host = scheme == std::string::npos ? text : text.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.starts_with("[")) return lower(host.substr(1, host.find(']') - 1));
  return lower(host.substr(0, host.find(':')));
}

}  // namespace

std::string Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string shown(std::string_view url) {
  size_t scheme = url.find("://");
  size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  size_t end = std::min(url.find_first_of("/?#", host), url.size());
  size_t at = url.substr(0, end).rfind('@');
  bool user = at != std::string_view::npos && at >= host;
  std::string_view rest = url.substr(user ? at + 1 : host);
  return std::string(url.substr(0, host)) + std::string(rest.substr(0, rest.find_first_of("?#")));
}

bool is_loopback(std::string_view url) {
  std::string host = host_of(url);
  if (host == "localhost" || host == "::1") return true;
  // An address, not a name that begins like one.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace gf::net
