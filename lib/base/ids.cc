#include "base/ids.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gf {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One '/'-separated part of a ref name, by git-check-ref-format(1).
bool legal_component(std::string_view part) {
  if (part.empty() || part.front() == '.' || part.ends_with(".lock")) return false;
  return std::none_of(part.begin(), part.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
           std::string_view(" ~^:?*[\\").find(c) != std::string_view::npos;
  });
}

bool legal_ref(std::string_view text) {
  if (!text.starts_with("refs/") || text.ends_with("/") || text.ends_with(".")) return false;
  if (text.find("..") != std::string_view::npos || text.find("@{") != std::string_view::npos) {
    return false;
  }
  while (true) {
    size_t slash = text.find('/');
    if (!legal_component(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<Oid> Oid::parse(std::string_view hex) {
  std::array<uint8_t, kBytes> bytes{};
  bool good = hex.size() == 2 * kBytes;
  for (size_t i = 0; good && i < kBytes; ++i) {
    int high = hex_digit(hex[2 * i]);
    int low = hex_digit(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  if (!good) {
    return Error{Fault::kBadData, fmt::format("'{}' is no object id", hex.substr(0, 60)), {}, {}};
  }
  return Oid(bytes);
}

std::string Oid::hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * kBytes);
  for (uint8_t byte : bytes_) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Oid::short_hex(size_t digits) const { return hex().substr(0, digits); }

bool Oid::is_zero() const { return *this == Oid(); }

Result<RunId> RunId::parse(std::string_view text) {
  bool good = text.size() == 25 && is_digits(text.substr(0, 8)) && text[8] == 'T' &&
              is_digits(text.substr(9, 6)) && text.substr(15, 2) == "Z-";
  for (size_t i = 17; good && i < 25; ++i) {
    good = hex_digit(text[i]) >= 0 && !(text[i] >= 'A' && text[i] <= 'F');
  }
  if (good) {
    std::string_view month = text.substr(4, 2);
    std::string_view day = text.substr(6, 2);
    good = month >= "01" && month <= "12" && day >= "01" && day <= "31";
  }
  if (!good) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is no run id", text.substr(0, 60)),
                 {},
                 "list the runs with 'git factory log'"};
  }
  RunId id;
  id.text_ = std::string(text);
  return id;
}

RunId RunId::make(Timestamp start, uint32_t random) {
  RunId id;
  auto seconds = std::chrono::floor<std::chrono::seconds>(start);
  id.text_ = fmt::format("{:%Y%m%dT%H%M%S}Z-{:08x}",
                         fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), random);
  return id;
}

std::string RunId::month() const { return text_.substr(0, 4) + "-" + text_.substr(4, 2); }
std::string RunId::day() const { return text_.substr(6, 2); }
std::string RunId::id8() const { return text_.substr(17); }

Result<RefName> RefName::parse(std::string_view text) {
  if (!legal_ref(text)) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is no valid ref name", text.substr(0, 200)),
                 {},
                 "see git-check-ref-format(1) for what is one"};
  }
  return known(std::string(text));
}

RefName RefName::known(std::string text) {
  RefName name;
  name.text_ = std::move(text);
  return name;
}

std::string RefName::short_name() const {
  constexpr std::string_view kBranches = "refs/heads/";
  return text_.starts_with(kBranches) ? text_.substr(kBranches.size()) : text_;
}

}  // namespace gf
