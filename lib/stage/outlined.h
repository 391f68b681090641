// What a file of code defines, as people read it: a function with the comment above it, a method
// that no word announces, an `impl` as a part of its type. For this room's .cc files that show
// code; who judges goes by base/source_text.h alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_text.h"

namespace gf::stage {

struct Outlined {
  size_t at = 0;       ///< index of the line that names it
  std::string name;    ///< of an `impl` the type that it is for
  Span header, whole;  ///< as in DefinitionText
  size_t comment_from =
      0;              ///< index of the first line of the comment right above; else whole.first
  bool type = false;  ///< holds members: a class, a trait, an `impl`
  bool part = false;  ///< of a type that is defined elsewhere: an `impl`
};
/// In order; nothing of a language that is not known.
std::vector<Outlined> outlined_in(const std::vector<std::string>& source, std::string_view path);

/// Where the comment right above a line begins (indices): `first` itself without one.
size_t comment_from(const std::vector<std::string>& source, size_t first, const Syntax& syntax);

/// The spans of a file's own tests: what stands behind `#[cfg(test)]` in Rust. Of other languages
/// nothing.
std::vector<Span> own_tests_in(const std::vector<std::string>& source, std::string_view path);

}  // namespace gf::stage
