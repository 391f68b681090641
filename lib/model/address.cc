// Where a service is, what lets us in, and by which way: from git's settings and the environment.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/kinds.h"
#include "model/service.h"
#include "net/route.h"

namespace gf::model {
namespace {

constexpr int64_t kMaxSeconds = 86400;

/// A value that was pasted may have blanks around it.
std::string variable(const Environment& environment, const std::string& name) {
  return std::string(trim(environment.get(name)));
}

struct Service {
  std::string_view kind;
  const char* base_variable;
  const char* base;
  std::vector<const char*> keys;  ///< variables, in order
};
const std::vector<Service>& services() {
  static const std::vector<Service> all = {
      {"ollama", "OLLAMA_HOST", "", {"OLLAMA_API_KEY"}},
      {"openai", "OPENAI_BASE_URL", "https://api.openai.com/v1", {"OPENAI_API_KEY"}},
      {"anthropic",
       "ANTHROPIC_BASE_URL",
       "https://api.anthropic.com",
       {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"}},
  };
  return all;
}

Result<net::Limits> limits_of(const Reference& reference, const Context& context) {
  net::Limits limits;
  auto seconds = [&](const char* name, int64_t fallback) {
    return number_setting(context, reference, name, fallback, 1, kMaxSeconds);
  };
  // A large prompt on a small machine takes minutes before the first token comes.
  GF_ASSIGN(auto connect, seconds("connectTimeout", 10));
  GF_ASSIGN(auto first, seconds("firstByteTimeout", 600));
  GF_ASSIGN(auto idle, seconds("idleTimeout", 120));
  GF_ASSIGN(auto total, seconds("timeout", 1800));
  GF_ASSIGN(auto megabytes, number_setting(context, reference, "maxAnswerMB", 16, 1, 1024));
  limits.connect = Milliseconds(connect * 1000);
  limits.first_byte = Milliseconds(first * 1000);
  limits.idle = Milliseconds(idle * 1000);
  limits.total = Milliseconds(total * 1000);
  limits.max_body_bytes = static_cast<size_t>(megabytes) << 20;
  return limits;
}

/// What git's credential helpers know of this address; never asks at a terminal or in a window.
std::string key_of_helper(const std::string& base, const Context& context) {
  size_t scheme = base.find("://");
  if (scheme == std::string::npos) return {};
  std::string host = base.substr(scheme + 3);
  host = host.substr(0, host.find('/'));
  proc::Options options;
  options.argv = {"git", "credential", "fill"};
  options.directory = context.workdir.empty() ? "/" : context.workdir;
  options.environment = proc::git_environment(context.environment);
  options.environment["GIT_TERMINAL_PROMPT"] = "0";
  options.environment["GIT_ASKPASS"] = "";
  options.environment["SSH_ASKPASS"] = "";
  options.input = fmt::format("protocol={}\nhost={}\n\n", base.substr(0, scheme), host);
  options.limits = {Milliseconds(10000), 64u << 10};
  auto outcome = proc::run(options, Cancel());
  if (!outcome.ok() || !outcome->succeeded()) return {};
  for (const std::string& line : lines(outcome->out)) {
    if (line.starts_with("password=")) return line.substr(9);
  }
  return {};
}

struct Key {
  std::string value, from;
};

/// The service's own variable counts for the service's own address (or one from the environment)
/// only: a key is not sent to whoever a configured address names.
Key key_for(const Service& service, const Reference& reference, const Context& context,
            const std::string& base, bool configured) {
  if (auto name = provider_setting(context, reference, "keyVariable"))
    return {variable(context.environment, *name), *name};
  if (!configured) {
    for (const char* name : service.keys) {
      std::string value = variable(context.environment, name);
      if (!value.empty()) return {value, name};
    }
  }
  if (net::is_loopback(base)) return {};
  std::string helped = key_of_helper(base, context);
  return {helped, helped.empty() ? "" : "git credential"};
}

void add_key(const Service& service, const Key& key, net::Headers& headers) {
  if (service.kind == "anthropic") {
    headers.emplace_back("anthropic-version", "2023-06-01");
    if (key.from != "ANTHROPIC_AUTH_TOKEN") {
      if (!key.value.empty()) headers.emplace_back("x-api-key", key.value);
      return;
    }
  }
  if (!key.value.empty()) headers.emplace_back("Authorization", "Bearer " + key.value);
}

}  // namespace

Result<bool> flag_setting(const Context& context, const Reference& reference, std::string_view name,
                          bool fallback) {
  return context.settings.flag(provider_key(reference, name), fallback);
}

std::string ollama_base(const proc::Environment& environment) {
  std::string text = variable(environment, "OLLAMA_HOST");
  if (text == "ollama.com") text = "https://ollama.com";
  while (text.ends_with("/")) text.pop_back();
  // With a scheme libcurl takes 80 and 443, as Ollama's own clients do.
  if (text.find("://") != std::string::npos) return text;
  size_t slash = std::min(text.find('/'), text.size());
  std::string host = text.substr(0, slash), path = text.substr(slash);
  bool port_alone = std::count(host.begin(), host.end(), ':') == 1 && host.front() == ':';
  if (host.empty() || port_alone) host = "127.0.0.1" + host;
  bool bare_ipv6 = host.front() != '[' && std::count(host.begin(), host.end(), ':') > 1;
  if (bare_ipv6) host = "[" + host + "]";
  if (host.find(':', host.front() == '[' ? host.find(']') : 0) == std::string::npos)
    host += ":11434";
  // A server listens on all addresses by that name; a client goes to itself.
  if (host.starts_with("0.0.0.0:")) host = "127.0.0.1" + host.substr(7);
  return "http://" + host + path;
}

Result<Address> address_of(std::string_view kind, const Reference& reference,
                           const Context& context) {
  const Service& service = *std::find_if(services().begin(), services().end(),
                                         [&](const Service& s) { return s.kind == kind; });
  Address address;
  auto configured = provider_setting(context, reference, "url");
  std::string from_variable = variable(context.environment, service.base_variable);
  address.base = configured              ? std::string(trim(*configured))
                 : kind == "ollama"      ? ollama_base(context.environment)
                 : from_variable.empty() ? service.base
                                         : from_variable;
  while (address.base.ends_with("/")) address.base.pop_back();
  // Of the other two the base ends in /v1; who writes it here too means the same.
  if (kind == "anthropic" && address.base.ends_with("/v1"))
    address.base.resize(address.base.size() - 3);
  bool http = address.base.starts_with("http://") || address.base.starts_with("https://");
  if (!http) {
    return Error{
        Fault::kConfiguration,
        fmt::format("'{}' is no address of a service", printable(net::shown(address.base))),
        {},
        fmt::format("set factory.provider.{}.url to one that begins with https://",
                    reference.provider)};
  }
  GF_ASSIGN(address.limits, limits_of(reference, context));
  address.route = net::route_for(address.base, context.settings, context.environment);
  Key key = key_for(service, reference, context, address.base, configured.has_value());
  if (!key.value.empty()) address.key_from = key.from;
  bool own = address.base == service.base;
  if (key.value.empty() && (own || !key.from.empty()))
    address.key_missing = key.from.empty() ? service.keys.front() : key.from;
  address.headers = {{"Content-Type", "application/json"}, {"User-Agent", "git-factory"}};
  add_key(service, key, address.headers);
  for (const std::string& value : context.settings.all(provider_key(reference, "header"))) {
    size_t colon = value.find(':');
    if (colon != std::string::npos)
      address.headers.emplace_back(trim(value.substr(0, colon)), trim(value.substr(colon + 1)));
  }
  return address;
}

}  // namespace gf::model
