// What could answer on this machine, for the message when nothing is configured.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/provider.h"
#include "net/http.h"

namespace gf::model {
namespace {

/// OLLAMA_HOST as Ollama's own clients read it (INTEGRATIONS A.1): without a scheme http and port
/// 11434; `http://` alone means 80, `https://` 443 (which is what libcurl takes); a path is kept.
std::string ollama_base(const proc::Environment& environment) {
  auto set = environment.find("OLLAMA_HOST");
  std::string text = set == environment.end() ? "" : std::string(trim(set->second));
  if (text == "ollama.com") text = "https://ollama.com";
  while (text.ends_with("/")) text.pop_back();
  if (text.find("://") != std::string::npos) return text;
  size_t slash = std::min(text.find('/'), text.size());
  std::string host = text.substr(0, slash), path = text.substr(slash);
  if (host.empty() || host.front() == ':') host = "127.0.0.1" + host;
  bool bare_ipv6 = host.front() != '[' && std::count(host.begin(), host.end(), ':') > 1;
  if (bare_ipv6) host = "[" + host + "]";
  if (host.find(':', host.front() == '[' ? host.find(']') : 0) == std::string::npos)
    host += ":11434";
  return "http://" + host + path;
}

/// What of an address may be shown: no scheme, no user, no password.
std::string shown(const std::string& base) {
  std::string host = base.substr(base.find("://") + 3);
  return printable(host.substr(host.substr(0, host.find('/')).rfind('@') + 1));
}

}  // namespace

std::vector<std::string> suggestions(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<std::string> found;
  std::string base = ollama_base(environment);
  auto answer = net::get(base + "/api/tags",
                         net::Limits{Milliseconds(300), Milliseconds(300), 1u << 20}, cancel);
  if (answer.ok() && answer->status == 200) {
    auto json = record::Json::parse(answer->body);
    std::vector<std::string> names;
    if (json.ok()) {
      for (const record::Json& model : json->get("models").items())
        names.push_back(model.get_string("name"));
    }
    found.push_back(
        fmt::format("ollama at {} has {}", shown(base),
                    names.empty() ? "no model yet" : printable(clipped(join(names, ", "), 300))));
  }
  for (const char* name :
       {"ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"}) {
    auto key = environment.find(name);
    if (key != environment.end() && !key->second.empty())
      found.push_back(fmt::format("{} is set", name));
  }
  return found;
}

}  // namespace gf::model
