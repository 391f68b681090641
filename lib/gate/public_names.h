// The names of a source file that others can use.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gf::gate {

/// "Class.method" -> its header on one line, as the file has it. What is public is the language's
/// custom: no underscore in front (Python), a capital (Go), `pub` (Rust), `export` or a member of
/// what is exported (JavaScript, TypeScript), `public` (Java and its like), all of a header file
/// (C, C++). Empty for a language that is not known here.
std::map<std::string, std::string> public_names(std::string_view path, std::string_view text);

}  // namespace gf::gate
