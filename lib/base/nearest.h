// The known word that somebody meant: for "did you mean".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf {

/// Levenshtein's: how many bytes are to be put in, taken out or changed to make `b` of `a`.
size_t edit_distance(std::string_view a, std::string_view b);

/// Of `known` the one that is nearest to `word`, whatever the case; empty when none is within two
/// changes, or within one of a word of up to four bytes. Of equals the first.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace gf
