// Patterns of paths and names, read in one way by all who take them from people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gf {

/// Does `pattern` match `path` (from the top of a tree, '/' between parts)?
///
/// As a line of .gitattributes does, letter by letter and with its case:
///   `*`      anything within one part of the path; `?` one byte of it
///   `[a-z]`  one byte of a set, `[!a-z]` or `[^a-z]` of the others, `[[:digit:]]` of a class
///   `**`     as a whole part: any number of parts, also none; at the end: all that is below
///   `\*`     the character itself
/// A pattern without '/' is compared with the last part of the path: `*.py` is every Python file.
/// A '/' anywhere, also in front, holds it to the top.
///
/// Where patterns and plain paths stand in one list, .gitattributes is not enough:
///   1. A pattern without `*`, `?` and `[` is that very path: `README.md` is not `docs/README.md`.
///   2. With a '/' at the end it is all that is below: `tests/`, `src/*/tests/`.
///   3. Every path is matched by itself, so that `app/[id]/page.tsx` needs no escapes.
///
/// The cost is at most the pattern's length times the path's, whatever they are.
bool glob_matches(std::string_view pattern, std::string_view path);
/// False when there is no pattern.
bool glob_matches_any(const std::vector<std::string>& patterns, std::string_view path);
/// The pattern that matches `path` and nothing else.
std::string glob_literal(std::string_view path);

/// The same signs over any text: '/' is a character as any other, and all of the text is compared.
/// For names of branches and models.
bool wildcard_matches(std::string_view pattern, std::string_view text);

/// Does a path belong to `pathspec` as in `git log -- <pathspec>`: the file itself, a folder that
/// it is below, or a pattern of one of them, whose `*` goes over '/'? "" and "." are everything. A
/// '/' at the end changes nothing: a folder that has become a link is meant too.
bool pathspec_matches(std::string_view pathspec, std::string_view path);

}  // namespace gf
