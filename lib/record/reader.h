// Takes members out of a JSON object and remembers the first that was wrong. For this room's .cc
// files.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/json.h"

namespace gf::record {

/// Look at done() once, at the end.
class Reader {
 public:
  /// `what`: "spec", "run record": for messages. `version`: the newest `v` that is understood.
  Reader(const Json& json, std::string_view what, int version) : json_(json), what_(what) {
    if (!json.is_object()) {
      fail("is not an object");
      return;
    }
    if (json.has("v") && !json.get("v").as_int()) fail("'v' is not a whole number");
    int64_t found = json.get_int("v", 1);
    if (found > version) {
      error_ = Error{
          Fault::kBadData,
          fmt::format("{} has version {}; this git-factory reads up to {}", what_, found, version),
          {},
          "upgrade git-factory"};
    }
  }

  /// The member, unless it is absent or null.
  [[nodiscard]] std::optional<Json> member(std::string_view key) const {
    std::optional<Json> found = json_.find(key);
    return found && found->is_null() ? std::nullopt : found;
  }
  /// `value`, or when there is none an error that names the member: "'title' is not a string".
  template <typename T>
  void set(T& into, std::string_view key, std::optional<T> value, std::string_view type) {
    if (value) {
      into = std::move(*value);
    } else {
      fail(fmt::format("'{}' is {}", key, type));
    }
  }
  /// The same of something that was read by rules of its own.
  template <typename T>
  void set(T& into, std::string_view key, Result<T> value) {
    if (value.ok()) {
      into = std::move(value).value();
    } else if (!error_) {
      error_ = value.error().because_of(fmt::format("{}.{}", what_, key));
    }
  }
  void fail(const std::string& why) {
    if (!error_) error_ = Error{Fault::kBadData, fmt::format("{}: {}", what_, why), {}, {}};
  }
  [[nodiscard]] Result<void> done() const {
    if (error_) return *error_;
    return Done{};
  }

 private:
  const Json& json_;
  std::string_view what_;
  std::optional<Error> error_;
};

}  // namespace gf::record
