// What stands in quotes in text that people wrote: straight, typographic, escaped, in code.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::stage {

struct Quoted {
  std::string text;  ///< without the quotes, those around it again, and marks that escape them
  size_t end = 0;    ///< behind the closing quote
};
/// What the quote holds that opens at `at`; nothing where none does: an apostrophe, inches, a quote
/// that nothing closes or that is empty.
std::optional<Quoted> quoted_at(std::string_view text, size_t at);

/// The bytes of a mark beyond ASCII that belongs to no word: a typographic quote, a dash, an
/// ellipsis, a no-break space. 0 where there is none at `at`.
size_t mark_at(std::string_view text, size_t at);

/// Texts in code without a blank in them: "Content-Type" of `headers["Content-Type"]`.
std::vector<std::string> texts_in(std::string_view code);

}  // namespace gf::stage
