// Takes members out of a JSON object and remembers the first that was wrong. For this room's .cc
// files.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "record/json.h"

namespace gf::record {

/// Absent members give the default; a member of another type is an Error that names it. Look at
/// done() once, at the end.
class Reader {
 public:
  /// `what`: "spec", "run.json": for messages. `version`: the newest `v` that is understood.
  Reader(const Json& json, std::string what, int version) : json_(json), what_(std::move(what)) {
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

  std::string text(std::string_view key) {
    return take<std::string>(key, "a string", [](const Json& j) { return j.as_string(); });
  }
  int64_t integer(std::string_view key) {
    return take<int64_t>(key, "a whole number", [](const Json& j) { return j.as_int(); });
  }
  std::optional<int64_t> maybe_integer(std::string_view key) {
    if (!json_.has(key)) return std::nullopt;
    return integer(key);
  }
  double number(std::string_view key) {
    return take<double>(key, "a number", [](const Json& j) { return j.as_double(); });
  }
  bool flag(std::string_view key) {
    return take<bool>(key, "true or false", [](const Json& j) { return j.as_bool(); });
  }
  Milliseconds duration(std::string_view key) { return Milliseconds(integer(key)); }
  std::vector<std::string> strings(std::string_view key) {
    std::vector<std::string> all;
    for (const Json& item : list(key)) {
      auto value = item.as_string();
      if (!value) fail(fmt::format("'{}' holds something that is no string", key));
      all.push_back(value.value_or(""));
    }
    return all;
  }
  std::vector<Json> list(std::string_view key) {
    Json member = json_.get(key);
    if (!member.is_null() && !member.is_array()) fail(fmt::format("'{}' is not a list", key));
    return member.items();
  }
  Json object(std::string_view key) {
    Json member = json_.get(key);
    if (!member.is_null() && !member.is_object()) fail(fmt::format("'{}' is not an object", key));
    return member;
  }
  Oid oid(std::string_view key) {
    std::string hex = text(key);
    if (hex.empty()) return Oid();
    auto parsed = Oid::parse(hex);
    if (!parsed.ok()) fail(fmt::format("'{}' is no object id", key));
    return std::move(parsed).value_or(Oid());
  }
  Timestamp time(std::string_view key) {
    std::string written = text(key);
    if (written.empty()) return Timestamp{};
    auto parsed = parse_iso8601(written);
    if (!parsed.ok()) fail(fmt::format("'{}' is no UTC time", key));
    return std::move(parsed).value_or(Timestamp{});
  }
  /// Something inside was wrong.
  template <typename T>
  T inner(std::string_view key, Result<T> result, T fallback = {}) {
    if (!result.ok() && !error_)
      error_ = result.error().because_of(fmt::format("{}.{}", what_, key));
    return std::move(result).value_or(std::move(fallback));
  }
  void fail(const std::string& why) {
    if (!error_) error_ = Error{Fault::kBadData, fmt::format("{}: {}", what_, why), {}, {}};
  }
  [[nodiscard]] Result<void> done() const {
    if (error_) return *error_;
    return Done{};
  }

 private:
  template <typename T, typename Get>
  T take(std::string_view key, const char* type, Get get) {
    std::optional<Json> member = json_.find(key);
    if (!member || member->is_null()) return T{};
    std::optional<T> value = get(*member);
    if (!value) fail(fmt::format("'{}' is not {}", key, type));
    return value.value_or(T{});
  }

  const Json& json_;
  std::string what_;
  std::optional<Error> error_;
};

/// Writes an id as hex, the zero id as nothing.
inline void set_oid(Json& json, std::string_view key, const Oid& oid) {
  if (!oid.is_zero()) json.set(key, oid.hex());
}
inline int64_t ms(Milliseconds duration) { return static_cast<int64_t>(duration.count()); }

/// The name of an enumerator in a written-out list; the list's order is the enumeration's.
template <typename E, size_t N>
std::optional<E> enumerator(const std::string_view (&names)[N], std::string_view name) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace gf::record
