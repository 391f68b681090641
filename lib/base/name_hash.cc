#include "base/name_hash.h"

#include <fmt/format.h>

#include <cstdint>

namespace gf {

std::string name_hash(std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

}  // namespace gf
