// Files as a whole, and folders for a moment.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"

namespace gf {

/// The bytes of the file at `path`; nothing when there is none, or none that can be read.
std::optional<std::string> read_file(const std::string& path);

/// At most `most` bytes from the beginning of a file; empty when there is none.
std::string beginning_of(const std::string& path, size_t most);

/// Makes `path` hold `content`: a reader, and a crash of this process, finds the old file or the
/// new one and never a part. Makes the folders above. The Error (kEnvironment) leaves the old file
/// and nothing beside it. Of two writers the later one wins. Not flushed to disk: a machine that
/// loses its power may lose the file, so this is for what can be made again.
Result<void> write_file(const std::string& path, const std::string& content);

/// Removes `path` with all below it, also where a program took write access from its own folders.
/// What still cannot be removed stays.
void remove_folder(const std::string& path);

/// A new folder, open to this user alone; gone, with all that is in it, when its owner goes.
class TemporaryFolder {
 public:
  /// Owns none.
  TemporaryFolder() = default;
  /// In the system's place for such folders (TMPDIR); its name begins with `name`.
  static Result<TemporaryFolder> make(const std::string& name);
  /// The same in the folder `parent`, which is made where it is missing.
  static Result<TemporaryFolder> make_in(const std::string& parent, const std::string& name);

  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  ~TemporaryFolder();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace gf
