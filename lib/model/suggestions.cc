// What could answer on this machine, and how it would be set up.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/service.h"

namespace gf::model {
namespace {

/// What of an address may be shown: no scheme, no user, no password.
std::string shown(const std::string& base) {
  std::string host = net::shown(base);
  return printable(host.substr(host.find("://") + 3));
}

/// A model made for code, if there is one.
std::string best_of(const std::vector<std::string>& names) {
  auto coder = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.find("code") != std::string::npos || name.find("devstral") != std::string::npos;
  });
  return coder != names.end() ? *coder : names.front();
}

/// Safe to paste: what a server calls its models is its own word.
bool is_plain(const std::string& name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                              "XYZ0123456789._:/-") == std::string::npos;
}

std::optional<Proposal> ollama(const proc::Environment& environment, const Cancel& cancel) {
  std::string base = ollama_base(environment);
  auto answer =
      net::get(base + "/api/tags",
               net::Limits{Milliseconds(300), Milliseconds(300), 1u << 20, {}, {}}, cancel);
  if (!answer.ok() || answer->status != 200) return std::nullopt;
  auto json = record::Json::parse(answer->body);
  std::vector<std::string> names;
  if (json.ok()) {
    for (const record::Json& model : json->get("models").items()) {
      std::string name = model.get_string("name");
      if (!name.empty()) names.push_back(name);
    }
  }
  Proposal proposal;
  proposal.found =
      fmt::format("ollama at {} has {}", shown(base),
                  names.empty() ? "no model yet" : printable(clipped(join(names, ", "), 300)));
  if (names.empty()) {
    proposal.commands = {"ollama pull qwen2.5-coder:7b"};
  } else if (is_plain(best_of(names))) {
    proposal.commands = {"git config --add factory.model ollama/" + best_of(names)};
  }
  return proposal;
}

struct Keyed {
  const char* variable;
  std::vector<std::string> commands;
};

}  // namespace

std::vector<Proposal> proposals(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<Proposal> all;
  if (auto local = ollama(environment, cancel)) all.push_back(*local);
  auto compatible = [](const std::string& name, const char* url, const char* variable,
                       const char* model) {
    std::string key = "git config factory.provider." + name;
    return std::vector<std::string>{key + ".kind openai", key + ".url " + url,
                                    key + ".keyVariable " + variable,
                                    "git config --add factory.model " + name + "/" + model};
  };
  const Keyed keyed[] = {
      {"ANTHROPIC_API_KEY", {"git config --add factory.model anthropic/claude-sonnet-4-5"}},
      {"OPENAI_API_KEY", {"git config --add factory.model openai/gpt-4.1"}},
      {"GEMINI_API_KEY",
       compatible("gemini-api", "https://generativelanguage.googleapis.com/v1beta/openai",
                  "GEMINI_API_KEY", "gemini-2.5-pro")},
      {"OPENROUTER_API_KEY", compatible("openrouter", "https://openrouter.ai/api/v1",
                                        "OPENROUTER_API_KEY", "<author>/<model>")},
  };
  for (const Keyed& one : keyed) {
    if (!environment.get(one.variable).empty())
      all.push_back({fmt::format("{} is set", one.variable), one.commands});
  }
  return all;
}

std::vector<std::string> suggestions(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<std::string> found;
  for (Proposal& proposal : proposals(environment, cancel))
    found.push_back(std::move(proposal.found));
  return found;
}

}  // namespace gf::model
