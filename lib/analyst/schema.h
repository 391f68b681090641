// The tables of the index. For this room's .cc files.
#pragma once

#include <string>

namespace gf::analyst {

/// Goes into the file's name too, so that two versions of the program do not take turns.
inline constexpr int kIndexFormat = 2;

/// The tables and views.
std::string schema();

}  // namespace gf::analyst
