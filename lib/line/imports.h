// Which files of the repository a source file imports. Pure, and no parser: by the forms that
// import statements have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::line {

/// "a/b/" of "a/b/c.py"; empty at the top.
std::string folder_of(std::string_view path);

/// A file that another one imports, and the names that it takes from there.
struct Imported {
  std::string path;
  std::vector<std::string> names;
};
/// Files of `tree` that a Python, JavaScript or TypeScript file imports, in its order and once
/// each; of other languages none: their tests share what stands beside them.
std::vector<Imported> imported_by(std::string_view path, const std::string& content,
                                  const record::TreeFacts& tree);

}  // namespace gf::line
