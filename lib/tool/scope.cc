// Which paths a step may write.
#include <fmt/format.h>

#include "base/glob.h"
#include "base/text.h"
#include "tool/inside.h"

namespace gf::tool {
namespace {

/// Some file systems take "PyProject.toml" for "pyproject.toml".
bool is_protected(const Scope& scope, const std::string& path) {
  std::string name = lower(path);
  for (const std::string& pattern : scope.protected_paths) {
    if (glob_matches(lower(pattern), name)) return true;
  }
  return false;
}

/// What may be written, in a list that a person would read.
std::string scope_text(const Scope& scope) {
  if (scope.writable.empty()) return "nothing";
  std::vector<std::string> named = scope.writable;
  if (named.size() <= kMaxNamedInScope) return join(named, ", ");
  named.resize(kMaxNamedInScope);
  return fmt::format("{} and {} more", join(named, ", "), scope.writable.size() - kMaxNamedInScope);
}

}  // namespace

std::string refusal(const Scope& scope, const std::string& path) {
  if (is_protected(scope, path)) {
    return fmt::format("error: '{}' must not be changed in this step, which may change: {}", path,
                       scope_text(scope));
  }
  if (glob_matches_any(scope.writable, path)) return {};
  return fmt::format("error: '{}' is outside of what this step may change: {}", path,
                     scope_text(scope));
}

}  // namespace gf::tool
