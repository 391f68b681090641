// What stands behind the name of a file in a prompt, and what a stage may do with the files shown.
#pragma once

#include <string>
#include <string_view>

#include "stage/stage.h"

namespace gf::stage {

inline constexpr std::string_view kToRead = " (to read; not yours to change)";
inline constexpr std::string_view kForItsForm = " (to read, for its form; not yours to change)";
inline constexpr std::string_view kToAddTo = " (to add to)";  ///< nothing may be taken away there

/// Above the files of a prompt: "Tests, as they are now; you may change those that are not
/// marked:". It speaks of marks where some are marked and some are not, and says what holds of all
/// where it does of all. `instead`: what to do where none may be changed, a sentence; may be empty.
std::string heading_of(std::string_view what, const Input::Files& files,
                       std::string_view instead = {});

}  // namespace gf::stage
