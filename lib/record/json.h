// JSON as a value, with nlohmann/json kept out of sight.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace gf::record {

/// One JSON value. Copies are cheap (shared until changed). Not for use by two threads at once.
class Json {
 public:
  enum class Kind { kNull, kBool, kInteger, kNumber, kString, kArray, kObject };

  Json();                        ///< null
  Json(bool value);              // NOLINT(runtime/explicit)
  Json(int value);               // NOLINT(runtime/explicit)
  Json(int64_t value);           // NOLINT(runtime/explicit)
  Json(uint64_t value);          // NOLINT(runtime/explicit)
  Json(double value);            // NOLINT(runtime/explicit)
  Json(const char* value);       // NOLINT(runtime/explicit)
  Json(std::string value);       // NOLINT(runtime/explicit)
  Json(std::string_view value);  // NOLINT(runtime/explicit)
  /// Text that is not UTF-8 is repaired with U+FFFD, so that dump() cannot fail.
  static Json object(std::initializer_list<std::pair<std::string_view, Json>> members = {});
  static Json array(std::vector<Json> items = {});
  static Json strings(const std::vector<std::string>& items);

  /// Strict JSON (RFC 8259), one value, nesting at most 100 deep. The error names line and column.
  static Result<Json> parse(std::string_view text);

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_null() const { return kind() == Kind::kNull; }
  [[nodiscard]] bool is_object() const { return kind() == Kind::kObject; }
  [[nodiscard]] bool is_array() const { return kind() == Kind::kArray; }
  [[nodiscard]] bool is_string() const { return kind() == Kind::kString; }
  [[nodiscard]] size_t size() const;  ///< members or items; 0 for scalars

  // Each is empty when the value is of another kind.
  [[nodiscard]] std::optional<bool> as_bool() const;
  [[nodiscard]] std::optional<int64_t> as_int() const;
  [[nodiscard]] std::optional<double> as_double() const;  ///< integers too
  [[nodiscard]] std::optional<std::string> as_string() const;

  /// The member `key`; empty when absent or when this is no object.
  [[nodiscard]] std::optional<Json> find(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return find(key).has_value(); }
  /// The member `key`, or null.
  [[nodiscard]] Json get(std::string_view key) const;
  [[nodiscard]] std::string get_string(std::string_view key, std::string_view fallback = "") const;
  [[nodiscard]] int64_t get_int(std::string_view key, int64_t fallback = 0) const;
  [[nodiscard]] bool get_bool(std::string_view key, bool fallback = false) const;
  /// The strings of the array `key`; items of another kind are left out.
  [[nodiscard]] std::vector<std::string> get_strings(std::string_view key) const;

  [[nodiscard]] std::vector<Json> items() const;                            ///< of an array
  [[nodiscard]] std::vector<std::pair<std::string, Json>> members() const;  ///< sorted by key

  Json& set(std::string_view key, Json value);  ///< null becomes an object first
  Json& push(Json value);                       ///< null becomes an array first
  void erase(std::string_view key);

  /// One line, keys sorted, no blanks, UTF-8 as it is: equal values give equal text.
  [[nodiscard]] std::string dump() const;
  /// Two-space indent, keys sorted, with a newline at the end.
  [[nodiscard]] std::string pretty() const;

  bool operator==(const Json& other) const;

  struct Node;  ///< the library's value; defined in json.cc only

 private:
  explicit Json(std::shared_ptr<Node> root);
  std::shared_ptr<Node> root_;
};

/// The first JSON object in `text`: all of it, or the content of a fenced block, or the first
/// balanced {...} among prose. Empty when there is none that parses. For answers of models.
std::optional<Json> json_in_prose(std::string_view text);

}  // namespace gf::record
