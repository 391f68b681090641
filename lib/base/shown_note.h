// How much is shown of what was too long to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gf {

/// "[3 lines of 13 are shown; read_file has the others]", with its line break. `besides`
/// is said behind the count (", no room for lines 4-9"). Empty where all are shown: there are no
/// others then.
std::string shown_note(size_t shown, size_t all, std::string_view besides = {});

}  // namespace gf
