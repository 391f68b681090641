// Secrets that are known because this process was given them.
#include <algorithm>

#include "base/text.h"
#include "record/json.h"
#include "record/redact_parts.h"

namespace gf::record::redaction {
namespace {

constexpr size_t kShortest = 4;
constexpr size_t kLong = 8;  ///< shorter values are hidden only where they stand alone

bool is_letter_or_digit(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }

/// Ordinary words that are set beside such names, and whose loss would spoil every text.
bool is_ordinary(std::string_view value) {
  constexpr std::array<std::string_view, 14> kWords = {
      "disabled",  "required", "optional", "password", "passwords", "changeme",  "anonymous",
      "localhost", "username", "postgres", "internal", "external",  "undefined", "development"};
  std::string small = lower(value);
  return std::find(kWords.begin(), kWords.end(), small) != kWords.end();
}

/// A short value is a secret only when no word looks like it: "on", "test" and "2024" are none.
bool is_worth(std::string_view value) {
  if (value.size() < kShortest || value.front() == '/' || is_object_id(value)) return false;
  if (value.starts_with("[redacted:") || is_ordinary(value)) return false;
  if (value.starts_with("http://") || value.starts_with("https://")) return false;
  if (value.size() >= kLong) return true;
  bool digit = false, letter = false, sign = false;
  for (char c : value) {
    digit = digit || is_digit(c);
    letter = letter || is_lower(c) || is_upper(c);
    // Of a date, a version, a path or a list no password is made.
    sign = sign || (!is_letter_or_digit(c) &&
                    std::string_view("-_./:, ").find(c) == std::string_view::npos);
  }
  return sign && (digit || letter);
}

bool is_secret_name(std::string_view name) {
  if (name_kind(name) != Name::kOrdinary) return true;
  std::string small = lower(name);
  return small.ends_with("_pat") || small.ends_with("_auth") || small.ends_with("_cookie") ||
         small.ends_with("_pass");
}

/// As it stands in an address.
std::string percent_encoded(std::string_view value) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (char c : value) {
    if (is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      text += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      text += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return text;
}

uint16_t start_of(std::string_view text, size_t at) {
  return static_cast<uint16_t>(static_cast<unsigned char>(text[at]) << 8 |
                               static_cast<unsigned char>(text[at + 1]));
}

/// Is [at, at + size) a part of an object id?
bool within_object_id(std::string_view text, size_t at, size_t size) {
  size_t begin = at, end = at + size;
  while (begin > 0 && at - begin <= 64 && is_hex(text[begin - 1])) --begin;
  while (end < text.size() && end - at <= 128 && is_hex(text[end])) ++end;
  return is_object_id(text.substr(begin, end - begin));
}

/// No letter or digit on either side; the n of "\n" is none.
bool stands_alone(std::string_view text, size_t at, size_t size) {
  size_t end = at + size;
  if (end < text.size() && is_letter_or_digit(text[end]) && is_letter_or_digit(text[end - 1]))
    return false;
  if (at == 0 || !is_letter_or_digit(text[at - 1]) || !is_letter_or_digit(text[at])) return true;
  return at > 1 && text[at - 2] == '\\' &&
         std::string_view("nrt").find(text[at - 1]) != std::string_view::npos;
}

void add(const std::string& value, std::vector<std::string>& all) {
  if (!is_worth(value)) return;
  std::string quoted = Json(value).dump();
  for (const std::string& form :
       {value, percent_encoded(value), quoted.substr(1, quoted.size() - 2)}) {
    if (std::find(all.begin(), all.end(), form) == all.end()) all.push_back(form);
  }
}

/// The length of the long value that stands at `at`, 0 if none does.
size_t long_match(const std::vector<std::string>& values, std::string_view text, size_t at) {
  for (const std::string& value : values) {
    if (value.size() < kLong || text.compare(at, value.size(), value) != 0) continue;
    bool hex = std::all_of(value.begin(), value.end(), is_hex);
    if (hex && within_object_id(text, at, value.size())) continue;
    return value.size();
  }
  return 0;
}

/// The length of the value that stands at `at`; 0: none. `hidden`: what is right before it was
/// hidden, and is no letter any more; nor is a long value right behind it.
size_t match(const std::vector<std::string>& values, std::string_view text, size_t at,
             bool hidden) {
  if (size_t size = long_match(values, text, at); size > 0) return size;
  for (const std::string& value : values) {
    size_t size = value.size();
    if (size >= kLong || text.compare(at, size, value) != 0) continue;
    bool ends = at + size >= text.size() || long_match(values, text, at + size) > 0;
    size_t from = hidden ? at : 0;
    std::string_view seen = text.substr(from, ends ? at + size - from : std::string_view::npos);
    if (stands_alone(seen, at - from, size)) return size;
  }
  return 0;
}

}  // namespace

std::vector<std::string> known_values(const std::vector<std::string>& environment) {
  std::vector<std::string> all;
  for (const std::string& entry : environment) {
    size_t equals = entry.find('=');
    if (equals == std::string::npos) continue;
    std::string_view value = trim(std::string_view(entry).substr(equals + 1));
    if (is_secret_name(std::string_view(entry).substr(0, equals))) add(std::string(value), all);
    // DATABASE_URL and its like, whatever they are called.
    size_t scheme = value.find("://");
    if (scheme == std::string_view::npos) continue;
    auto info = userinfo(value, scheme);
    if (!info) continue;
    std::string_view both = value.substr(info->first, info->second - info->first);
    size_t colon = both.find(':');
    add(std::string(colon == std::string_view::npos ? both : both.substr(colon + 1)), all);
  }
  std::sort(all.begin(), all.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  return all;
}

std::string without(const std::vector<std::string>& values, std::string_view text) {
  // Which pairs of bytes a value begins with says where to look closer.
  std::array<uint64_t, 1024> starts{};
  for (const std::string& value : values) {
    uint16_t start = start_of(value, 0);
    starts[start >> 6] |= uint64_t{1} << (start & 63);
  }
  const uint64_t* bits = starts.data();
  std::string result;
  size_t kept = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  for (size_t at = 0; at + 1 < text.size();) {
    unsigned start = static_cast<unsigned>(bytes[at]) << 8 | bytes[at + 1];
    if (bytes[at] == '[') {  // nothing is sought in what a former pass has put
      if (size_t end = mark_end(text, at); end > 0) {
        at = end;
        continue;
      }
    }
    bool maybe = (bits[start >> 6] >> (start & 63) & 1) != 0;
    size_t size = maybe ? match(values, text, at, kept > 0 && kept == at) : 0;
    if (size == 0) {
      ++at;
      continue;
    }
    result.append(text.substr(kept, at - kept)).append(mark("environment"));
    kept = at = at + size;
  }
  return kept == 0 ? std::string(text) : result.append(text.substr(kept));
}

}  // namespace gf::record::redaction
