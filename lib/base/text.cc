#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace gf {
namespace {

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Length of the valid UTF-8 sequence at `at` (Unicode 15, table 3-7), or 0.
size_t sequence_length(std::string_view text, size_t at) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t first = byte(at);
  if (first < 0x80) return 1;
  size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                  : first >= 0xe0 && first <= 0xef ? 3
                  : first >= 0xf0 && first <= 0xf4 ? 4
                                                   : 0;
  if (length == 0 || at + length > text.size()) return 0;
  uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(at + 1) < low || byte(at + 1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  return length;
}

/// Where the bytes below 0x80 end that begin at `at`: of most texts they are all.
size_t end_of_ascii(std::string_view text, size_t at) {
  constexpr uint64_t kHigh = 0x8080808080808080;
  for (uint64_t eight = 0; at + sizeof(eight) <= text.size(); at += sizeof(eight)) {
    std::memcpy(&eight, text.data() + at, sizeof(eight));
    if ((eight & kHigh) != 0) break;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

/// The largest cut at or before `at` that does not split a character.
size_t cut_before(std::string_view text, size_t at) {
  at = std::min(at, text.size());
  while (at > 0 && at < text.size() && is_continuation(text[at])) --at;
  return at;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (true) {
    size_t end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::vector<std::string> lines(std::string_view text) {
  if (text.empty()) return {};
  std::vector<std::string> all = split(text, '\n');
  if (all.back().empty()) all.pop_back();
  for (std::string& line : all) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
  }
  return all;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower_ascii);
  return result;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return lower(text.substr(0, prefix.size())) == lower(prefix);
}

std::string replace_all(std::string_view text, std::string_view what, std::string_view with) {
  if (what.empty()) return std::string(text);
  std::string result;
  size_t start = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, start)) {
    result.append(text.substr(start, at - start)).append(with);
    start = at + what.size();
  }
  return result.append(text.substr(start));
}

bool is_utf8(std::string_view text) {
  for (size_t at = end_of_ascii(text, 0); at < text.size(); at = end_of_ascii(text, at)) {
    size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t plain = end_of_ascii(text, at);
    result.append(text.substr(at, plain - at));
    at = plain;
    if (at == text.size()) break;
    size_t length = sequence_length(text, at);
    if (length == 0) {
      result += "\xef\xbf\xbd";
      at += 1;
    } else {
      result.append(text.substr(at, length));
      at += length;
    }
  }
  return result;
}

std::string printable(std::string_view text) {
  std::string clean = to_utf8(text);
  std::string result;
  for (size_t at = 0; at < clean.size(); ++at) {
    auto byte = static_cast<unsigned char>(clean[at]);
    // C1 controls are U+0080..U+009F, in UTF-8 C2 80..C2 9F: terminals obey them too.
    bool c1 =
        byte == 0xc2 && at + 1 < clean.size() && static_cast<unsigned char>(clean[at + 1]) < 0xa0;
    if (c1) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(clean[++at]));
    } else if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += clean[at];
    }
  }
  return result;
}

namespace {

/// How long the sequence is that begins here with ESC.
size_t escape_at(std::string_view text) {
  if (text.size() < 2) return text.size();
  auto in = [](char c, char low, char high) { return c >= low && c <= high; };
  size_t at = 2;
  if (text[1] == '[') {  // CSI: parameters, then one final byte
    while (at < text.size() && in(text[at], 0x20, 0x3f)) ++at;
    bool ended = at < text.size() && in(text[at], 0x40, 0x7e);
    return ended ? at + 1 : at;
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == '_' || text[1] == '^') {  // to BEL or ESC "\"
    for (; at < text.size() && text[at] != '\n'; ++at) {
      if (text[at] == '\a') return at + 1;
      if (text[at] == '\x1b') return at + 1 < text.size() && text[at + 1] == '\\' ? at + 2 : at;
    }
    return at;
  }
  if (!in(text[1], 0x20, 0x7e)) return 1;
  while (at <= text.size() && in(text[at - 1], 0x20, 0x2f)) ++at;
  return std::min(at, text.size());
}

}  // namespace

std::string without_escapes(std::string_view text) {
  if (text.find('\x1b') == std::string_view::npos) return std::string(text);
  std::string clean;
  clean.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '\x1b') {
      i += escape_at(text.substr(i));
    } else {
      clean += text[i++];
    }
  }
  return clean;
}

std::string clipped(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  size_t cut = cut_before(text, max_bytes);
  return fmt::format("{}[... {} bytes cut]", text.substr(0, cut), text.size() - cut);
}

std::string clipped_middle(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  size_t head = cut_before(text, max_bytes / 2);
  size_t tail = text.size() - (max_bytes - max_bytes / 2);
  while (tail < text.size() && is_continuation(text[tail])) ++tail;
  return fmt::format("{}\n[... {} bytes cut]\n{}", text.substr(0, head), tail - head,
                     text.substr(tail));
}

std::string slug_from(std::string_view text, size_t max_length) {
  std::string slug;
  for (char c : text) {
    char small = lower_ascii(c);
    bool kept = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
    if (kept) {
      slug += small;
    } else if (!is_continuation(c) && !slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  if (slug.size() > max_length) {
    size_t dash = slug.rfind('-', max_length);
    slug.resize(dash == std::string::npos || dash < max_length / 2 ? max_length : dash);
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? "feature" : slug;
}

std::string counted(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace gf
