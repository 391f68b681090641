// Names for things that must not be mixed up: object ids, run ids, ref names.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace gf {

/// A git object id (SHA-1, 20 bytes). Default-constructed it is the zero id: "no object".
class Oid {
 public:
  static constexpr size_t kBytes = 20;
  Oid() = default;
  explicit Oid(const std::array<uint8_t, kBytes>& bytes) : bytes_(bytes) {}

  /// From exactly 40 hexadecimal digits, either case.
  static Result<Oid> parse(std::string_view hex);

  [[nodiscard]] std::string hex() const;  ///< 40 lower-case digits
  [[nodiscard]] std::string short_hex(size_t digits = 10) const;
  [[nodiscard]] bool is_zero() const;
  [[nodiscard]] const std::array<uint8_t, kBytes>& bytes() const { return bytes_; }

  auto operator<=>(const Oid&) const = default;

 private:
  std::array<uint8_t, kBytes> bytes_{};
};

/// A run: `YYYYMMDDTHHMMSSZ-<8 lower-case hex digits>`, its start in UTC. Sorts by time, is safe
/// in a file name and in a ref, and gives the month its records live under (GITMODEL 4.1).
class RunId {
 public:
  RunId() = default;
  /// Anything else than the exact form is refused, so an id can never act as a path or an option.
  static Result<RunId> parse(std::string_view text);
  static RunId make(Timestamp start, uint32_t random);

  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] std::string month() const;  ///< "2026-11"
  [[nodiscard]] std::string day() const;    ///< "21"
  [[nodiscard]] std::string id8() const;    ///< the random part
  [[nodiscard]] bool empty() const { return text_.empty(); }

  auto operator<=>(const RunId&) const = default;

 private:
  std::string text_;
};

/// A full ref name ("refs/..."), checked against git-check-ref-format's rules.
class RefName {
 public:
  RefName() = default;
  static Result<RefName> parse(std::string_view text);
  /// For names written in our own source, which are known to be well formed.
  static RefName known(std::string text);

  [[nodiscard]] const std::string& str() const { return text_; }
  /// A branch as people write it, without "refs/heads/"; any other ref is given whole.
  [[nodiscard]] std::string short_name() const;
  [[nodiscard]] bool empty() const { return text_.empty(); }
  auto operator<=>(const RefName&) const = default;

 private:
  std::string text_;
};

}  // namespace gf

template <>
struct std::hash<gf::Oid> {
  size_t operator()(const gf::Oid& oid) const noexcept {
    size_t value = 0;
    for (size_t i = 0; i < sizeof(value); ++i) value = (value << 8) | oid.bytes()[i];
    return value;
  }
};
