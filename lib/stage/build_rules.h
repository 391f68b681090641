// The rules that BUILD is told and that VALIDATE judges by: one text each.
#pragma once

#include <string_view>

namespace gf::stage::build_rule {

inline constexpr std::string_view kNotSilenced =
    "What a checker finds is mended where it comes from and not silenced: no '# type: ignore', "
    "'# noqa', 'as any', '#[allow]', '//nolint' or their like in new lines.";

}  // namespace gf::stage::build_rule
