// Which variables a child may see.
#include <algorithm>
#include <array>

#include "base/git_variables.h"
#include "proc/process.h"

extern char** environ;

namespace gf::proc {
namespace {

constexpr std::array<std::string_view, 8> kPlain = {"PATH", "HOME", "LANG", "TMPDIR",
                                                    "TZ",   "TERM", "USER", "LOGNAME"};

bool points_at_a_repository(const std::string& name) {
  const std::vector<std::string>& all = repository_variables();
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// Matters for LC_*, the one open family.
bool looks_secret(std::string_view name) {
  for (std::string_view word : {"KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Environment current_environment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view text(*entry);
    size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return all;
}

Environment clean_environment(const Environment& from, const std::vector<std::string>& more) {
  Environment kept;
  for (const auto& [name, value] : from) {
    bool plain =
        std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end() || name.starts_with("LC_");
    bool named = std::find(more.begin(), more.end(), name) != more.end();
    bool wanted = (plain && !looks_secret(name)) || named;
    // Not even the user can have those passed on.
    if (wanted && !points_at_a_repository(name) && !carries_settings(name))
      kept.emplace(name, value);
  }
  return kept;
}

Environment git_environment(const Environment& from) {
  Environment kept = from;
  for (const std::string& name : repository_variables()) kept.erase(name);
  return kept;
}

Environment isolated_git_environment(const Environment& from) {
  Environment kept = clean_environment(from);
  kept["GIT_CONFIG_NOSYSTEM"] = "1";
  kept["GIT_CONFIG_GLOBAL"] = "/dev/null";
  return kept;
}

}  // namespace gf::proc
