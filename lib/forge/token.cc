#include "forge/token.h"

#include <fmt/format.h>

#include "base/text.h"
#include "proc/process.h"

namespace gf::forge {
namespace {

constexpr Milliseconds kPatience{10000};

std::string of_program(const std::vector<std::string>& argv, const Place& place) {
  if (argv.empty() || !proc::find_program(argv.front(), place.environment)) return {};
  proc::Options options;
  options.argv = argv;
  options.directory = "/";
  options.environment = place.environment;
  // It must neither ask nor look for a newer version of itself.
  options.environment["GH_PROMPT_DISABLED"] = "1";
  options.environment["GH_NO_UPDATE_NOTIFIER"] = "1";
  options.limits = {kPatience, 64u << 10};
  auto outcome = proc::run(options, place.cancel);
  return outcome.ok() && outcome->succeeded() ? std::string(trim(outcome->out)) : std::string();
}

std::string of_helper(const TokenPlaces& places, const git::Program& git) {
  auto said =
      git.ask({"-c", "core.askPass=", "credential", "fill"},
              fmt::format("protocol={}\nhost={}\n\n", places.plain ? "http" : "https", places.host),
              {{"GIT_TERMINAL_PROMPT", "0"}, {"GIT_ASKPASS", ""}, {"SSH_ASKPASS", ""}});
  if (!said.ok() || said->exit_code != 0) return {};
  std::string name, password;
  for (const std::string& line : lines(said->out)) {
    if (line.starts_with("username=")) name = line.substr(9);
    if (line.starts_with("password=")) password = line.substr(9);
  }
  if (!places.with_mail || password.empty()) return password;
  return name.find('@') == std::string::npos ? std::string() : name + ":" + password;
}

}  // namespace

std::optional<Token> token_of_environment(const TokenPlaces& places, const Place& place) {
  // What was pasted may have blanks around it.
  auto of_variable = [&](const std::string& name) {
    return std::string(trim(place.environment.get(name)));
  };
  if (auto named = place.settings.text("factory.forge.tokenVariable"))
    return Token{of_variable(*named), *named};
  for (const std::string& name : places.variables) {
    std::string value = of_variable(name);
    if (!value.empty()) return Token{value, name};
  }
  return std::nullopt;
}

Token find_token(const TokenPlaces& places, const Place& place) {
  if (auto found = token_of_environment(places, place)) return *found;
  std::string value = of_program(places.program, place);
  if (!value.empty()) return {value, places.program.front()};
  value = of_helper(places, place.git);
  return {value, value.empty() ? "" : "git credential"};
}

}  // namespace gf::forge
