// Which variables a child may see.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "proc/process.h"

extern char** environ;

namespace gf::proc {
namespace {

constexpr std::array<std::string_view, 8> kPlain = {"PATH", "HOME", "LANG", "TMPDIR",
                                                    "TZ",   "TERM", "USER", "LOGNAME"};

/// What `git rev-parse --local-env-vars` names: inside a hook they point every git at the hook's
/// repository, so not even the user can have them passed on.
constexpr std::array<std::string_view, 16> kRepository = {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                                          "GIT_CONFIG",
                                                          "GIT_CONFIG_PARAMETERS",
                                                          "GIT_CONFIG_COUNT",
                                                          "GIT_OBJECT_DIRECTORY",
                                                          "GIT_DIR",
                                                          "GIT_WORK_TREE",
                                                          "GIT_IMPLICIT_WORK_TREE",
                                                          "GIT_GRAFT_FILE",
                                                          "GIT_INDEX_FILE",
                                                          "GIT_NO_REPLACE_OBJECTS",
                                                          "GIT_REPLACE_REF_BASE",
                                                          "GIT_PREFIX",
                                                          "GIT_SHALLOW_FILE",
                                                          "GIT_COMMON_DIR",
                                                          "GIT_INTERNAL_SUPER_PREFIX"};

bool points_at_a_repository(std::string_view name) {
  return std::find(kRepository.begin(), kRepository.end(), name) != kRepository.end();
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
    if (wanted && !points_at_a_repository(name)) kept.emplace(name, value);
  }
  return kept;
}

}  // namespace gf::proc
