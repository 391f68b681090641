// Text as it comes from people, files and tools: cutting, cleaning, counting. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gf {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
/// Lines without their ends ("\n" or "\r\n"); a last line without an end counts, an empty one does
/// not.
std::vector<std::string> lines(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string lower(std::string_view text);  ///< ASCII only: what is compared here is ASCII
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
std::string replace_all(std::string_view text, std::string_view what, std::string_view with);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }  ///< ASCII, in every locale

bool is_utf8(std::string_view text);
/// `text` with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string to_utf8(std::string_view text);
/// Safe for a terminal: control characters but tab and newline become visible (`\x1b`).
std::string printable(std::string_view text);
/// `text` without the sequences that move a terminal's cursor or colour what it shows (ECMA-48):
/// what a reader would have seen. A sequence that is cut off at the end goes too.
std::string without_escapes(std::string_view text);
/// At most `max_bytes` of `text`, cut between characters, the cut marked "[... N bytes cut]".
std::string clipped(std::string_view text, size_t max_bytes);
/// The first and last part of `text`, together at most `max_bytes`, the cut in the middle marked.
std::string clipped_middle(std::string_view text, size_t max_bytes);

/// "GET /products by id" -> "get-products-by-id": lower-case ASCII letters, digits and single
/// dashes, at most `max_length`; non-ASCII letters are dropped; "feature" if nothing is left.
std::string slug_from(std::string_view text, size_t max_length = 40);

/// "1 test", "2 tests".
std::string counted(size_t count, std::string_view noun);

}  // namespace gf
