// What a change uses and stands in, as it is defined: what a reader looks up before he believes a
// line, found for him.
#pragma once

#include <string>
#include <vector>

#include "stage/uses.h"

namespace gf::stage {

/// Names that added lines of code call, raise, derive from or compare with, and constants, in their
/// order and once each; not those that the lines define themselves. What stands in texts and
/// comments is no name, and tests are no code here.
std::vector<std::string> names_used(const std::vector<ReviewHunk>& hunks,
                                    const std::vector<std::string>& test_paths);

/// What no hunk shows of the code that a change touches and uses, as windows of files with line
/// numbers, in the order in which it gets room: of the classes that hunks stand in what they say of
/// themselves and their members' headers; variables and constants at the level of files that the
/// changed functions use, also those that are imported; the definitions of names_used() and of what
/// else the changed functions use, long ones by their heads; the rest of those functions; the rest
/// of short files with such definitions and of changed ones that are not long; the rest of those
/// definitions. A name that several files define is not told, for nobody knows which is meant, but
/// where a changed file does. At most `most` bytes; empty: there is nothing.
std::string definitions_for(const Searched& tree, const std::vector<ReviewHunk>& hunks,
                            const std::vector<std::string>& test_paths, size_t most);
/// The same lines, by file: what need not be told once more.
ShownLines shown_in(const std::string& definitions);

}  // namespace gf::stage
