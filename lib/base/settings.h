// Settings as git has them: keys with values, in order, and what a value may be.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace gf {

/// "factory.provider.My.One.url": section "factory", subsection "provider.My.One", name "url". A
/// key without a dot is a section alone.
struct KeyParts {
  std::string_view section, subsection, name;  ///< views of the key that was given
};
KeyParts parts_of(std::string_view key);
/// As git compares: section and name in any case, a subsection exactly as it is written.
bool same_key(std::string_view a, std::string_view b);

/// git's booleans: true, yes, on and every number but 0; false, no, off, 0 and an empty value; in
/// any case. Nothing for any other word. A key without "=" has the value "true" from git_program.h
/// on.
std::optional<bool> git_flag(std::string_view value);
/// "30", "30s", "5m", "1.5m": from a millisecond to a day.
std::optional<std::chrono::milliseconds> duration_of(std::string_view value);
/// A value that a key cannot have. `hint` says what is allowed, as an imperative.
Error wrong_setting(std::string_view key, std::string_view value, std::string hint);

/// What is set, weakest first: the last value of a key counts. A reader gives its `fallback` (or
/// nothing) for a key that is not set, and an Error (kConfiguration) that names the key, the value
/// and what is allowed for one that it cannot take. A plain value; nothing else changes it.
class Settings {
 public:
  using Entry = std::pair<std::string, std::string>;  ///< key, value
  using value_type = Entry;
  using const_iterator = std::vector<Entry>::const_iterator;

  Settings() = default;
  Settings(std::initializer_list<Entry> entries) : entries_(entries) {}

  /// Stronger than all that is there.
  void add(std::string key, std::string value);
  void add(const Settings& stronger);
  /// Forgets the settings whose key `unwanted` names.
  void drop(const std::function<bool(const std::string& key)>& unwanted);
  [[nodiscard]] const_iterator begin() const { return entries_.begin(); }
  [[nodiscard]] const_iterator end() const { return entries_.end(); }
  [[nodiscard]] size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  /// Every value, for keys that are lists.
  [[nodiscard]] std::vector<std::string> all(std::string_view key) const;
  [[nodiscard]] Result<bool> flag(std::string_view key, bool fallback) const;
  /// A whole number from `low` to `high`.
  [[nodiscard]] Result<int64_t> number(std::string_view key, int64_t fallback, int64_t low,
                                       int64_t high) const;
  /// A number that is not negative, such as 0.2.
  [[nodiscard]] Result<std::optional<double>> decimal(std::string_view key) const;
  /// One of `allowed`, which are lower case; the value may be in any case.
  [[nodiscard]] Result<std::string> choice(std::string_view key, std::string_view fallback,
                                           std::initializer_list<std::string_view> allowed) const;
  /// A whole number of seconds.
  [[nodiscard]] Result<std::chrono::milliseconds> seconds(std::string_view key, int64_t fallback,
                                                          int64_t low, int64_t high) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace gf
