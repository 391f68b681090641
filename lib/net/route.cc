#include "net/route.h"

#include "base/text.h"

namespace gf::net {
namespace {

/// A value that was pasted may have blanks around it.
std::string set_in(const Environment& environment, const std::string& name) {
  return std::string(trim(environment.get(name)));
}

/// "https://user@host:port/path" without user and without '/' at its end, scheme and host lower.
std::string plain_url(std::string_view url) {
  std::string text = shown(url);
  size_t scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  size_t end = std::min(text.find('/', scheme + 3), text.size());
  text = lower(text.substr(0, end)) + text.substr(end);
  while (text.ends_with("/")) text.pop_back();
  return text;
}

/// The `http.<url>.<name>` whose URL is the longest beginning of `url`, else `http.<name>`.
std::optional<std::string> http_setting(const Settings& settings, const std::string& url,
                                        std::string_view name) {
  std::optional<std::string> best;
  size_t best_length = 0;
  std::string target = plain_url(url);
  for (const auto& [key, value] : settings) {
    KeyParts parts = parts_of(key);
    if (lower(parts.section) != "http" || lower(parts.name) != lower(name)) continue;
    std::string prefix = plain_url(parts.subsection);
    bool fits = target == prefix || target.starts_with(prefix + "/");
    if (!parts.subsection.empty() && !fits) continue;
    if (prefix.size() < best_length) continue;  // of two alike the later one wins
    best = value;
    best_length = prefix.size();
  }
  return best;
}

}  // namespace

std::string expanded(const std::string& path, const Environment& environment) {
  return path.starts_with("~/") ? set_in(environment, "HOME") + path.substr(1) : path;
}

Route route_for(const std::string& url, const Settings& settings, const Environment& environment) {
  Route route;
  auto of = [&](const char* name, const char* own) {
    std::string value = own == nullptr ? "" : set_in(environment, own);
    if (value.empty()) value = http_setting(settings, url, name).value_or("");
    return expanded(value, environment);
  };
  route.proxy = http_setting(settings, url, "proxy");
  route.ca_file = of("sslCAInfo", "GIT_SSL_CAINFO");
  route.ca_path = of("sslCAPath", "GIT_SSL_CAPATH");
  route.client_cert = of("sslCert", "GIT_SSL_CERT");
  route.client_key = of("sslKey", "GIT_SSL_KEY");
  route.verify = set_in(environment, "GIT_SSL_NO_VERIFY").empty() &&
                 // What git would refuse to read does not switch a check off.
                 git_flag(http_setting(settings, url, "sslVerify").value_or("true")).value_or(true);
  return route;
}

}  // namespace gf::net
