#include "paths.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"

namespace gf::cmd {

Result<std::string> from_root(const session::Context& context, const std::string& path) {
  std::optional<std::string> root = context.repo.workdir();
  if (!root) return path;
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path here = fs::weakly_canonical(fs::path(context.setup.directory), error);
  fs::path whole = (fs::path(path).is_absolute() ? fs::path(path) : here / path).lexically_normal();
  fs::path inside = whole.lexically_relative(fs::weakly_canonical(*root, error));
  if (inside == ".") return std::string();
  if (!inside.empty() && *inside.begin() != "..") return inside.string();
  return Error{Fault::kUser,
               fmt::format("'{}' is outside of the repository", printable(path)),
               {},
               "name a file of this one, or go to the other with -C"};
}

std::string stream_name(const std::string& path) {
  return path == "-" ? std::string("standard input") : fmt::format("'{}'", printable(path));
}

}  // namespace gf::cmd
