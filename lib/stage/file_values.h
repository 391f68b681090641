// Variables and constants that a file defines at its own level, in any known language: what a
// change depends on as it does on functions. By lines: nothing is parsed. For this room's .cc
// files.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_text.h"

namespace gf::stage {

struct FileValue {
  std::string name;
  size_t at = 0;  ///< index of the line that names it
  Span span;      ///< with the comment right above it, to where its brackets close
};
/// In order. What a function or a class defines is none, and nothing of a language without such.
std::vector<FileValue> file_values_in(const std::vector<std::string>& source,
                                      std::string_view path);

/// Words of code that may name such a value: none behind a dot, called or given a type's place in
/// one word with others. Texts and comments hold none.
std::set<std::string> words_of_code(const std::vector<std::string>& code, const Syntax& syntax);

/// Names that a file takes from others: of its `import`, `from`, `use` and `require` lines.
std::set<std::string> imported_in(const std::vector<std::string>& source, const Syntax& syntax);

/// How many lines at the top of a file are its licence and the blank ones below; 0: it has none
/// there.
size_t licence_lines(const std::vector<std::string>& source, const Syntax& syntax);

}  // namespace gf::stage
