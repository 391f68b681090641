// What a judgement may ask about a tree without knowing what a repository is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::record {

/// A read-only tree of files. Paths are relative with '/' between parts.
class TreeFacts {
 public:
  virtual ~TreeFacts() = default;
  virtual bool has_path(std::string_view path) const = 0;  ///< a file, or a folder
  /// Content of the file, or nothing if there is none (or it is binary, or over 1 MB).
  virtual std::optional<std::string> read(std::string_view path) const = 0;
  /// Does any text file of the tree contain `text` literally?
  virtual bool mentions(std::string_view text) const = 0;
  /// Does a test of this id exist ("tests/test_a.py::test_x", "tests/test_a.py")?
  virtual bool has_test(std::string_view id) const = 0;
  /// Paths below `folder` ("" for all), sorted, at most `limit`.
  virtual std::vector<std::string> paths(std::string_view folder, size_t limit) const = 0;
};

}  // namespace gf::record
