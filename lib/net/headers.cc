// What headers and addresses say: pure functions.
#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "net/curl_library.h"
#include "net/http.h"

namespace gf::net {
namespace {

constexpr int64_t kMaxWaitSeconds = 10 * 365 * 86400;  // what is longer means "never" anyway

/// "2", "0.5": digits with at most one point, times `scale`.
std::optional<Milliseconds> number(const std::string& text, double scale) {
  bool digits = !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos &&
                std::count(text.begin(), text.end(), '.') <= 1 && text != ".";
  if (!digits) return std::nullopt;
  double value = std::strtod(text.c_str(), nullptr) * scale;
  value = std::min(value, static_cast<double>(kMaxWaitSeconds) * 1000);
  return Milliseconds(static_cast<int64_t>(value));
}

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

std::optional<Milliseconds> retry_after(const Answer& answer, Timestamp now) {
  if (auto exact = number(answer.header("retry-after-ms"), 1)) return exact;
  std::string text = answer.header("retry-after");
  if (auto seconds = number(text, 1000)) return seconds;
  if (text.find(' ') == std::string::npos) return std::nullopt;  // no form of a date
  auto lib = curl();
  time_t when = lib.ok() ? (*lib)->getdate(text.c_str(), nullptr) : -1;
  if (when < 0) return std::nullopt;
  auto wait = Timestamp(Milliseconds(static_cast<int64_t>(when) * 1000)) - now;
  return std::clamp<Milliseconds>(wait, Milliseconds(0), Milliseconds(kMaxWaitSeconds * 1000));
}

}  // namespace gf::net
