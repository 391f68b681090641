// File access beneath one folder: no path leads out, whatever it is called (DESIGN 8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace gf::proc {

/// A folder that paths given by a model are resolved beneath. Links are never followed:
/// each part is opened from its parent's descriptor with O_NOFOLLOW, on every system alike. A
/// refused path is an Error (kUser) that says why, for a link where it leads; nothing was read or
/// written.
class Jail {
 public:
  static Result<Jail> open(const std::string& root);

  /// "./a//b" -> "a/b". Refuses: absolute, "..", NUL, backslash, control characters, not UTF-8,
  /// over 4 KB, and every spelling of ".git" that git refuses (case, trailing dots and spaces,
  /// "git~1", ignorable Unicode, NTFS streams) and .gitmodules as a link. "" and "." are the root.
  static Result<std::string> normalise(std::string_view path);

  /// A regular file's bytes; empty when there is none. Over `max_bytes` is an Error.
  Result<std::optional<std::string>> read(std::string_view path, size_t max_bytes) const;
  /// Writes atomically (a temporary file in the same folder, then rename), making folders; keeps
  /// the executable bit of a file that exists. Refuses to replace anything that is not a regular
  /// file.
  Result<void> write(std::string_view path, std::string_view content) const;
  Result<bool> remove(std::string_view path) const;  ///< false: there was none
  enum class Kind { kNothing, kFile, kFolder };
  /// What stands at `path`; a link, or what is neither file nor folder, is refused.
  Result<Kind> look(std::string_view path) const;
  struct Entry {
    std::string name;
    bool folder = false;
    uint64_t size_bytes = 0;
  };
  /// Names in a folder, sorted, without ".git"; at most `limit` (then `*more` is set).
  Result<std::vector<Entry>> list(std::string_view path, size_t limit, bool* more) const;

 private:
  explicit Jail(Descriptor root) : root_(std::move(root)) {}
  Descriptor root_;
};

}  // namespace gf::proc
