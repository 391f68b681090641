// What could answer on this machine, and how it would be set up.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/presets.h"
#include "model/service.h"
#include "proc/sandbox.h"

namespace gf::model {
namespace {

constexpr const char* kAnthropicModel = "anthropic/claude-sonnet-4-5";
constexpr const char* kOpenAi = "openai/gpt-4.1";
constexpr const char* kPulled = "qwen2.5-coder:7b";

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
    proposal.commands = {fmt::format("ollama pull {}", kPulled),
                         fmt::format("git config --add factory.model ollama/{}", kPulled)};
  } else if (is_plain(best_of(names))) {
    proposal.commands = {"git config --add factory.model ollama/" + best_of(names)};
  }
  return proposal;
}

struct Keyed {
  const char* variable;
  std::vector<std::string> commands;
};

/// The model that a coding program is asked for, in the program's own words. Those that speak to
/// several services want one of them named, which is the one whose key is there.
std::string model_for(std::string_view program, const proc::Environment& environment) {
  if (program == "codex") return "gpt-5";
  if (program == "gemini") return "gemini-2.5-pro";
  if (program == "llm") return "gpt-4.1";
  return environment.get("ANTHROPIC_API_KEY").empty() ? kOpenAi : kAnthropicModel;
}

/// Coding programs that could work here: those without a sandbox of their own need ours.
std::vector<Proposal> programs(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<Proposal> found;
  std::optional<bool> ours;
  for (const Preset& preset : presets()) {
    std::string name(preset.name);
    if (!proc::find_program(name, environment)) continue;
    if (!preset.confined && !ours) ours = proc::Sandbox::choose("auto", environment, cancel).ok();
    if (!preset.confined && !*ours) continue;
    found.push_back({fmt::format("the program {} is on PATH", name),
                     {fmt::format("git config --add factory.model {}/{}", name,
                                  model_for(name, environment))}});
  }
  return found;
}

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
      {"ANTHROPIC_API_KEY", {fmt::format("git config --add factory.model {}", kAnthropicModel)}},
      {"OPENAI_API_KEY", {fmt::format("git config --add factory.model {}", kOpenAi)}},
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
  for (Proposal& program : programs(environment, cancel)) all.push_back(std::move(program));
  return all;
}

ShortestWay shortest_way(const proc::Environment& environment, const Cancel& cancel) {
  std::vector<Proposal> ways = proposals(environment, cancel);
  std::erase_if(ways, [](const Proposal& way) { return way.commands.empty(); });
  if (ways.empty()) {
    return {"nothing that answers was found here: no Ollama, no key, no coding program",
            "export ANTHROPIC_API_KEY=<key> && git config --add factory.model " +
                std::string(kAnthropicModel)};
  }
  ShortestWay way{ways.front().found, join(ways.front().commands, " && ")};
  if (ways.size() > 1) {
    way.found +=
        fmt::format("; 'git factory models' shows {}", counted(ways.size() - 1, "more way"));
  }
  return way;
}

}  // namespace gf::model
