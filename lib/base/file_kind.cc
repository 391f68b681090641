#include "base/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/glob.h"
#include "base/text.h"

namespace gf {
namespace {

bool has_ending(const std::string& path, const std::vector<std::string_view>& endings) {
  std::string name = lower(path);
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool has_part(const std::string& path, const std::vector<std::string_view>& parts) {
  std::string name = "/" + lower(path);
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return name.find(fmt::format("/{}/", part)) != std::string::npos;
  });
}

}  // namespace

FileKind kind_of_file(const std::string& path, const std::vector<std::string>& test_paths) {
  if (has_part(path, {"node_modules", "vendor", "vendored", "_vendor", "third_party", "third-party",
                      "site-packages", ".yarn", "bower_components", ".idea", ".vscode"}))
    return FileKind::kVendored;
  if (has_ending(path, {".png", ".jpg", ".jpeg", ".gif",  ".svg",   ".ico", ".webp", ".bmp",
                        ".pdf", ".zip", ".gz",   ".woff", ".woff2", ".ttf", ".eot",  ".mp4",
                        ".mp3", ".bin", ".so",   ".dll",  ".exe",   ".jar", ".whl",  ".pyc"}))
    return FileKind::kPicture;
  if (has_ending(path, {".min.js", ".min.css", ".map", ".lock", "package-lock.json", "_pb2.py",
                        "_pb2.pyi", ".pb.go", ".po", ".mo", ".pot", ".snap"}) ||
      has_part(path, {"dist", "__generated__", "generated"}))
    return FileKind::kGenerated;
  if (glob_matches_any(test_paths, path) || has_part(path, {"fixtures", "testdata", "snapshots"}))
    return FileKind::kTest;
  return FileKind::kSource;
}

}  // namespace gf
