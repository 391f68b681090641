// Which paths a step may write.
#include <fmt/format.h>

#include "base/glob.h"
#include "base/text.h"
#include "tool/tool.h"

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

}  // namespace

std::string refusal(const Scope& scope, const std::string& path) {
  if (is_protected(scope, path))
    return fmt::format("error: '{}' must not be changed in this step", path);
  if (glob_matches_any(scope.writable, path)) return {};
  return fmt::format("error: '{}' is outside of what this step may change: {}", path,
                     join(scope.writable, ", "));
}

}  // namespace gf::tool
