// One entry put into the text of a changelog: the writer behind write_entry, without a tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/changelog_outline.h"

namespace gf::stage {

struct WrittenText {
  std::string content;  ///< only if `left` is empty
  std::string left;     ///< why it is not certain
  bool nobody = false;  ///< of `left`: by hand nothing is written into this file
};

/// Bytes: a larger file is left alone. The largest real ones are near one megabyte.
inline constexpr size_t kLargestChangelog = 4u << 20;

/// `words` in one line, code between single backticks. `path` decides the markup only.
WrittenText write_text(std::string_view path, std::string_view content,
                       const std::vector<std::string>& tags, std::string_view category,
                       std::string_view words);

/// Why this text can be neither read nor written line by line; empty when it can.
std::string unreadable(std::string_view content);

}  // namespace gf::stage
