// What a file is to somebody who reads a repository, by its path alone. Pure.
#pragma once

#include <string>
#include <vector>

namespace gf {

enum class FileKind {
  kSource,     ///< written and read by people
  kTest,       ///< by `test_paths`, and what tests read
  kPicture,    ///< and whatever else is no text to read
  kVendored,   ///< somebody else's, and an editor's own
  kGenerated,  ///< by a program: lock files, what is minified or compiled
};
FileKind kind_of_file(const std::string& path, const std::vector<std::string>& test_paths);

}  // namespace gf
