#include "git/settings.h"

#include <filesystem>

#include "base/git_variables.h"
#include "git/handle.h"

namespace gf::git {
namespace {

/// Sources that libgit2 does not know.
bool names_sources(const Environment& environment) {
  for (const auto& [variable, value] : environment) {
    if (carries_settings(variable)) return true;
    bool names_file = variable == "GIT_CONFIG_GLOBAL" || variable == "GIT_CONFIG_SYSTEM";
    if (names_file && value != "/dev/null") return true;
  }
  return false;
}

/// A git that was put below a prefix of its own reads <prefix>/etc/gitconfig, and libgit2 /etc's.
/// It is <prefix>/bin/git, or <prefix>/libexec/git-core/git where git itself started us.
bool lies_beside(const std::filesystem::path& program) {
  std::error_code none;
  auto folder = program.parent_path();
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "etc/gitconfig", none)) return true;
  }
  return false;
}

}  // namespace

std::optional<bool> has_setting(git_repository* repo,
                                const std::function<bool(std::string_view name)>& like) {
  ConfigHandle config;
  if (git_repository_config_snapshot(Out(config), repo) < 0) return std::nullopt;
  git_config_iterator* iterator = nullptr;
  // Not the one with a pattern: libgit2 1.5 loses 20 KB at each name that it compares.
  if (git_config_iterator_new(&iterator, config.get()) < 0) return std::nullopt;
  git_config_entry* entry = nullptr;
  bool found = false;
  while (!found && git_config_next(&entry, iterator) == 0) found = like(entry->name);
  git_config_iterator_free(iterator);
  return found;
}

bool may_have_settings(const Repo& repo, std::string_view section, const std::string& program) {
  std::error_code none;
  if (names_sources(repo.environment()) || lies_beside(program) ||
      lies_beside(std::filesystem::canonical(program, none)))
    return true;
  auto found = has_setting(repo.impl().repo.get(), [&](std::string_view name) {
    // What stands behind a condition that libgit2 does not know is left out by it, and before 1.8
    // what a worktree has for itself.
    return name.starts_with(std::string(section) + ".") || name.starts_with("includeif.") ||
           name == "extensions.worktreeconfig";
  });
  return found.value_or(true);
}

}  // namespace gf::git
