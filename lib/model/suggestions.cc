// What could answer on this machine, for the message when nothing is configured.
#include <fmt/format.h>

#include "base/text.h"
#include "model/service.h"

namespace gf::model {
namespace {

/// What of an address may be shown: no scheme, no user, no password.
std::string shown(const std::string& base) {
  std::string host = net::shown(base);
  return printable(host.substr(host.find("://") + 3));
}

}  // namespace

std::vector<std::string> suggestions(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<std::string> found;
  std::string base = ollama_base(environment);
  auto answer =
      net::get(base + "/api/tags",
               net::Limits{Milliseconds(300), Milliseconds(300), 1u << 20, {}, {}}, cancel);
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
