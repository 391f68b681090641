#define PCRE2_CODE_UNIT_WIDTH 8

#include "record/pattern.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <memory>

#include "base/text.h"

namespace gf::record {
namespace {

constexpr size_t kLongest = 2000;

struct FreePattern {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};

std::string reason_of(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  if (pcre2_get_error_message(code, text.data(), text.size()) < 0) return "it does not compile";
  std::string reason;
  for (size_t i = 0; i < text.size() && text[i] != 0; ++i) reason += static_cast<char>(text[i]);
  return reason;
}

}  // namespace

std::optional<std::string> pattern_error(std::string_view pattern) {
  if (pattern.size() > kLongest) return fmt::format("it is longer than {} bytes", kLongest);
  std::string text = to_utf8(pattern);
  int code = 0;
  PCRE2_SIZE place = 0;
  std::unique_ptr<pcre2_code, FreePattern> compiled(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                    PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &place, nullptr));
  if (compiled) return std::nullopt;
  std::string rest = place < text.size() ? text.substr(place) : "";
  std::string where =
      rest.empty() ? ", at its end" : fmt::format(", before '{}'", printable(clipped(rest, 20)));
  return fmt::format("{} at offset {}{}", reason_of(code), place, where);
}

}  // namespace gf::record
