#include "base/environment.h"

namespace gf {

std::string Environment::get(const std::string& name) const {
  auto found = Map::find(name);
  return found == end() ? std::string() : found->second;
}

Result<std::string> Environment::cache_folder() const {
  std::string root = get("XDG_CACHE_HOME"), home = get("HOME");
  if (!root.starts_with('/')) root = home.empty() ? std::string() : home + "/.cache";
  if (!root.empty()) return root + "/git-factory";
  return Error{Fault::kEnvironment,
               "there is no place for what can be made again: no home folder is known",
               {},
               "set HOME or XDG_CACHE_HOME"};
}

}  // namespace gf
