// Names of files and folders for texts that are none themselves.
#pragma once

#include <string>
#include <string_view>

namespace gf {

/// 16 hexadecimal digits, the same for the same text on every machine (FNV-1a, 64 bit: Fowler, Noll,
/// Vo). A name, not a secret: who wants two texts of one name can make them.
std::string name_hash(std::string_view text);

}  // namespace gf
