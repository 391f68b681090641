// Characters that a reader can't see or can't tell from others: made visible for models, to whom a
// no-break space and a blank are two tokens that look the same. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gf {

/// `text` with blanks that are not the blank, marks without width, marks of direction, soft hyphens
/// and tag characters as escapes: `\u00a0`, `\U000e0041`. Letters with accents, other scripts and
/// what chooses a picture's form (U+FE0F) stay. The text is valid UTF-8, or what is not stays too.
std::string visible(std::string_view text);

/// Is there anything in it that visible() would write as an escape?
bool has_unseen(std::string_view text);

/// The way back, for what a model copied: escapes of the characters that visible() writes so, and
/// no others (`\u0041` stays), become these characters.
std::string unseen_from_escapes(std::string_view text);

}  // namespace gf
