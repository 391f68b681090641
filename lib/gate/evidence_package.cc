// Commands in package.json.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/evidence_files.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using namespace std::string_view_literals;

/// Scripts that a person leaves running, or that do not say whether the code is right.
bool says_nothing(std::string_view name) {
  constexpr std::array kNames = {"watch"sv,   "dev"sv,     "debug"sv,  "bench"sv,
                                 "ui"sv,      "e2e"sv,     "start"sv,  "serve"sv,
                                 "prepare"sv, "browser"sv, "release"sv};
  for (const std::string& part : split(replace_all(name, "-", ":"), ':')) {
    if (std::find(kNames.begin(), kNames.end(), part) != kNames.end()) return true;
  }
  return false;
}

/// "test" before "test:unit" before "pretest" and "check" before the rest.
int rank_of(std::string_view name) {
  if (name == "test") return 0;
  if (name.starts_with("test")) return 1;
  return name.find("test") != std::string_view::npos || name == "check" || name == "ci" ? 2 : 3;
}

/// Of the member `"name":` below `"scripts"`.
size_t line_of(const std::string& text, const std::string& name) {
  size_t scripts = text.find("\"scripts\"");
  size_t at = scripts == std::string::npos ? scripts : text.find("\"" + name + "\"", scripts + 9);
  if (at == std::string::npos) return 1;
  return 1 + static_cast<size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

void read_package_scripts(const std::string& path, const std::string& text,
                          std::vector<Evidence>& all) {
  auto json = record::Json::parse(text);
  if (!json.ok()) return;
  std::vector<std::pair<std::string, std::string>> scripts;
  for (const auto& [name, command] : json->get("scripts").members()) {
    if (!says_nothing(name)) scripts.emplace_back(name, command.as_string().value_or(""));
  }
  std::stable_sort(scripts.begin(), scripts.end(), [](const auto& a, const auto& b) {
    return rank_of(a.first) < rank_of(b.first);
  });
  for (const auto& [name, command] : scripts)
    add_calls(command, path, line_of(text, name), "script " + name, all);
}

}  // namespace gf::gate
