// What could answer on this machine, for the message when nothing is configured.
#include <fmt/format.h>

#include "base/text.h"
#include "model/provider.h"
#include "net/http.h"

namespace gf::model {
namespace {

/// OLLAMA_HOST as Ollama's own clients read it (INTEGRATIONS A.1).
std::string ollama_base(const proc::Environment& environment) {
  auto set = environment.find("OLLAMA_HOST");
  std::string host = set == environment.end() ? "" : std::string(trim(set->second));
  if (host.empty()) return "http://127.0.0.1:11434";
  bool schemed = host.find("://") != std::string::npos;
  if (!schemed) {
    if (host.find(':') == std::string::npos) host += ":11434";
    host = "http://" + host;
  }
  while (host.ends_with("/")) host.pop_back();
  return host;
}

}  // namespace

std::vector<std::string> suggestions(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<std::string> found;
  std::string base = ollama_base(environment);
  auto answer = net::get(base + "/api/tags", net::Limits{Milliseconds(300), 1u << 20}, cancel);
  if (answer.ok() && answer->status == 200) {
    auto json = record::Json::parse(answer->body);
    std::vector<std::string> names;
    if (json.ok()) {
      for (const record::Json& model : json->get("models").items()) names.push_back(model.get_string("name"));
    }
    found.push_back(fmt::format("ollama at {} has {}", base.substr(base.find("://") + 3),
                                names.empty() ? "no model yet" : clipped(join(names, ", "), 300)));
  }
  for (const char* name : {"ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"}) {
    if (environment.contains(name)) found.push_back(fmt::format("{} is set", name));
  }
  return found;
}

}  // namespace gf::model
