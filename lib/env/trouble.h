// What the words of a tool that installs mean. For this room's .cc files.
#pragma once

#include <string>
#include <string_view>

namespace gf::env {

/// The line that says what is wrong: the last one that speaks of an error, else the last one.
std::string telling_line(const std::string& output);

/// Why the package index could not be reached, in a few words ("name resolution failed"); empty:
/// what was told is about something else.
std::string network_trouble(std::string_view output);

}  // namespace gf::env
