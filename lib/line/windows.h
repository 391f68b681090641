// What is shown of a file to a stage that works on it: windows around what matters, and an outline
// of the rest. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_text.h"

namespace gf::line {

/// Why a file is shown.
struct Looked {
  std::vector<Span> places;        ///< that a brief names or a change touched; lines from 0
  std::vector<std::string> names;  ///< lines that hold one of them matter too
};

/// The file with line numbers: whole when it is short; else windows around `looked`, outlines of
/// the rest, and which lines those are. At most `most` bytes and a line that says what is left out.
std::string shown_file(std::string_view path, const std::string& content, const Looked& looked,
                       size_t most);

}  // namespace gf::line
