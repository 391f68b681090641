// Names in code of any known language: which are used, and what a definition of one looks like. By
// single lines: nothing is parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_text.h"

namespace gf::stage {

/// A line of code without its texts and its comment.
std::string bare_code(std::string_view line, const Syntax& syntax);
/// The names that bare code uses as functions, types or constants, behind those in `names`, each
/// once.
void add_used(const std::string& code, std::vector<std::string>& names);
/// Is a function of this file defined by no word of its own: `int name(`, `String name(`? Of a
/// known language only.
bool defines_bare(std::string_view path);
/// What lines that define one of `names` hold, in any language that is known here; others may hold
/// it too (defines_name). `bare`: functions without a word as well, which is how they are called.
std::vector<std::string> searched_for(const std::vector<std::string>& names, bool bare);
/// Does this line define a function, a type or a constant of that name?
bool defines_name(std::string_view line, const std::string& name, const Syntax& syntax);

}  // namespace gf::stage
