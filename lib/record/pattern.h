// The regular expressions that a spec may hold: PCRE2's, which is Perl's syntax and nearly
// Python's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gf::record {

/// What people look up: named wherever a pattern is asked for or refused.
inline constexpr std::string_view kPatternDialect = "PCRE2";

/// Why `pattern` does not compile, in the compiler's words with the place: "missing closing
/// parenthesis at offset 4, before 'x'"; empty when it compiles. Offsets are of bytes, from 0. A
/// pattern of more than 2000 bytes is refused unread.
std::optional<std::string> pattern_error(std::string_view pattern);

}  // namespace gf::record
