// What a manifest says that a project needs of others.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gf::gate {

/// Packages by name (in lower case where its registry folds case), each with the words that a
/// manifest has for it: what it is called there, and in which versions. Known are pyproject.toml,
/// requirements files, package.json, go.mod and Cargo.toml; of another file, and of one that cannot
/// be read, nothing. Groups for development and optional ones count.
std::map<std::string, std::string> dependencies_in(std::string_view path, std::string_view text);

}  // namespace gf::gate
