// How long something took, as people read it.
#pragma once

#include <string>

namespace gf {

/// "12.0 s", "2:05", "1:02:05".
std::string clock_text(double seconds);

}  // namespace gf
