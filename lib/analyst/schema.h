// The tables of the index. For this room's .cc files.
#pragma once

#include <string>

namespace gf::analyst {

/// Goes into the file's name too, so that two versions of the program do not take turns.
inline constexpr int kIndexFormat = 5;
/// What stands before a month ("202611") in the column `day` of the sums: a letter sorts after all
/// days, so a range of days has no month in it.
inline constexpr const char* kMonthMark = "M";

/// The tables and views.
std::string schema();

}  // namespace gf::analyst
