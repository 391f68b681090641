// The names of a source file that others can use.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gf::gate {

/// "Class.method" -> its header on one line, as the file has it. What is public is the language's
/// custom: no underscore in front (Python), a capital (Go, by receiver), `pub` (Rust), `export` or
/// a member of a class that is exported (JavaScript, TypeScript), `public` (Java, C#),
/// not private (Kotlin), what a header file defines (C, C++; what it only declares is not seen). Of
/// overloads the first counts. Empty for a file over 128 KB, and for a language that is not known
/// here.
std::map<std::string, std::string> public_names(std::string_view path, std::string_view text);

}  // namespace gf::gate
