#include "base/visible.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace gf {
namespace {

struct Range {
  uint32_t first, last;
};
/// Unicode's general categories Zs (but the blank), Zl, Zp and Cf, as far as they stand in text
/// that people write; and letters without a shape of their own.
constexpr std::array<Range, 15> kUnseen = {{{0x80, 0x9f},
                                            {0xa0, 0xa0},
                                            {0xad, 0xad},
                                            {0x34f, 0x34f},
                                            {0x61c, 0x61c},
                                            {0x115f, 0x1160},
                                            {0x1680, 0x1680},
                                            {0x180e, 0x180e},
                                            {0x2000, 0x200f},
                                            {0x2028, 0x202f},
                                            {0x205f, 0x206f},
                                            {0x3000, 0x3000},
                                            {0x3164, 0x3164},
                                            {0xfeff, 0xfeff},
                                            {0xe0000, 0xe007f}}};

bool is_unseen(uint32_t point) {
  return std::any_of(kUnseen.begin(), kUnseen.end(), [&](const Range& range) {
    return range.first <= point && point <= range.last;
  });
}

/// Bytes of the character that begins with `lead`; 1 for what begins none.
size_t length_of(unsigned char lead) {
  if (lead >= 0xf0 && lead < 0xf8) return 4;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xc0 && lead < 0xe0 ? 2 : 1;
}

/// The code point of the bytes of one character; 0 when they are none.
uint32_t point_of(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  auto lead = static_cast<unsigned char>(bytes[0]);
  uint32_t point = lead & (0xffu >> (bytes.size() + 1));
  for (char c : bytes.substr(1)) {
    auto next = static_cast<unsigned char>(c);
    if ((next & 0xc0u) != 0x80u) return 0;
    point = (point << 6u) | (next & 0x3fu);
  }
  return point;
}

std::string encoded(uint32_t point) {
  auto tail = [&](unsigned shift) { return static_cast<char>(0x80u | ((point >> shift) & 0x3fu)); };
  if (point < 0x800) return {static_cast<char>(0xc0u | (point >> 6u)), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xe0u | (point >> 12u)), tail(6), tail(0)};
  return {static_cast<char>(0xf0u | (point >> 18u)), tail(12), tail(6), tail(0)};
}

/// Calls `take` with each character and whether it is one that is not seen.
template <typename Take>
void each_character(std::string_view text, const Take& take) {
  for (size_t at = 0; at < text.size();) {
    std::string_view one = text.substr(at, length_of(static_cast<unsigned char>(text[at])));
    uint32_t point = one.size() < 2 ? 0 : point_of(one);
    take(one, is_unseen(point) ? point : 0);
    at += one.size();
  }
}

}  // namespace

std::string visible(std::string_view text) {
  std::string seen;
  seen.reserve(text.size());
  each_character(text, [&](std::string_view one, uint32_t unseen) {
    if (unseen == 0) {
      seen += one;
    } else {
      seen +=
          unseen < 0x10000 ? fmt::format("\\u{:04x}", unseen) : fmt::format("\\U{:08x}", unseen);
    }
  });
  return seen;
}

bool has_unseen(std::string_view text) {
  bool found = false;
  each_character(text, [&](std::string_view, uint32_t unseen) { found = found || unseen != 0; });
  return found;
}

std::string unseen_from_escapes(std::string_view text) {
  std::string made;
  for (size_t at = 0; at < text.size();) {
    std::string_view rest = text.substr(at);
    size_t digits = rest.starts_with("\\u") ? 4 : rest.starts_with("\\U") ? 8 : 0;
    uint32_t point = 0;
    if (digits > 0 && rest.size() >= 2 + digits) {
      const char* from = rest.data() + 2;
      auto read = std::from_chars(from, from + digits, point, 16);
      if (read.ec != std::errc() || read.ptr != from + digits) point = 0;
    }
    if (is_unseen(point)) {
      made += encoded(point);
      at += 2 + digits;
    } else {
      made += text[at++];
    }
  }
  return made;
}

}  // namespace gf
