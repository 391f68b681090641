// A folder for a moment. For this room's .cc files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "base/result.h"

namespace gf::verify {

/// Gone, with all that is in it, when its owner goes.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::error_code failed;
    std::filesystem::path place = std::filesystem::temp_directory_path(failed);
    std::string pattern = (place / "git-factory-verify-XXXXXX").string();
    if (failed || mkdtemp(pattern.data()) == nullptr) {
      return Error{Fault::kEnvironment,
                   "cannot make a temporary folder",
                   {},
                   "set TMPDIR to a folder that can be written"};
    }
    return TemporaryFolder(pattern);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace gf::verify
