// JSON from a described record and back. One overload a kind of member; a member of a kind that is
// not here does not compile. For this room's .cc files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/described.h"
#include "record/reader.h"

namespace gf::record {

/// The record as the object that is kept. One that has a to_json() of its own is written by it
/// wherever it is a part. The member named `except` is left out.
template <Described Record>
Json written(const Record& record, std::string_view except = {});
/// Reads what written() wrote. An absent member keeps the value that a new record has; an
/// enumerator and a run id may not be absent. A member of a wrong type is an Error that names it.
template <Described Record>
Result<Record> read_record(const Json& json);
/// The part of it that needs no more than the list.
template <Described Record>
void read_fields(Reader& in, Record& record);

// --- Writing ---

inline Json json_of(const Json& value) { return value; }
inline Json json_of(const std::string& value) { return value; }
inline Json json_of(bool value) { return value; }
inline Json json_of(int value) { return value; }
inline Json json_of(int64_t value) { return value; }
inline Json json_of(double value) { return value; }
inline Json json_of(const Oid& id) { return id.is_zero() ? std::string() : id.hex(); }
inline Json json_of(const RunId& id) { return id.str(); }
inline Json json_of(Timestamp time) { return iso8601(time); }
inline Json json_of(Milliseconds duration) { return static_cast<int64_t>(duration.count()); }
inline Json json_of(const std::vector<std::string>& values) { return Json::strings(values); }

template <typename Enum>
requires std::is_enum_v<Enum> Json json_of(Enum value) { return name_in_list(value); }

template <Described Record>
Json json_of(const Record& record) {
  if constexpr (requires { to_json(record); }) {
    return to_json(record);
  } else {
    return written(record);
  }
}

template <typename T>
Json json_of(const std::vector<T>& values) {
  std::vector<Json> items;
  items.reserve(values.size());
  for (const T& value : values) items.push_back(json_of(value));
  return Json::array(std::move(items));
}

template <typename T>
Json json_of(const std::map<std::string, T>& values) {
  Json json = Json::object();
  for (const auto& [key, value] : values) json.set(key, json_of(value));
  return json;
}

template <Described Record>
Json written(const Record& record, std::string_view except) {
  const Record fresh{};
  Json json = Json::object();
  each_field(record, [&]<typename Member, Keep kKeep>(const Field<Record, Member, kKeep>&,
                                                      [[maybe_unused]] const Member& value) {
    if constexpr (kKeep == Keep::kRest) {
      if (value.is_object()) json = value;
    }
  });
  if constexpr (Description<Record>::kWritesVersion) json.set("v", Description<Record>::kVersion);
  each_field(record, [&]<typename Member, Keep kKeep>(
                         [[maybe_unused]] const Field<Record, Member, kKeep>& field,
                         [[maybe_unused]] const Member& value) {
    if (field.key == except) return;
    if constexpr (kKeep == Keep::kAlways) {
      json.set(field.key, json_of(value));
    } else if constexpr (kKeep == Keep::kIfSet && counting::kIsOptional<Member>) {
      if (value) json.set(field.key, json_of(*value));
    } else if constexpr (kKeep == Keep::kIfSet) {
      if (!(value == fresh.*field.member)) json.set(field.key, json_of(value));
    }
  });
  return json;
}

// --- Reading ---

inline void read(Reader&, std::string_view, const Json& from, Json& into) { into = from; }
inline void read(Reader& in, std::string_view key, const Json& from, std::string& into) {
  in.set(into, key, from.as_string(), "not a string");
}
inline void read(Reader& in, std::string_view key, const Json& from, bool& into) {
  in.set(into, key, from.as_bool(), "not true or false");
}
inline void read(Reader& in, std::string_view key, const Json& from, int64_t& into) {
  in.set(into, key, from.as_int(), "not a whole number");
}
inline void read(Reader& in, std::string_view key, const Json& from, int& into) {
  int64_t number = into;
  read(in, key, from, number);
  into = static_cast<int>(number);
}
inline void read(Reader& in, std::string_view key, const Json& from, double& into) {
  in.set(into, key, from.as_double(), "not a number");
}
inline void read(Reader& in, std::string_view key, const Json& from, Milliseconds& into) {
  int64_t number = 0;
  read(in, key, from, number);
  into = Milliseconds(number);
}

/// Text that stands for something; an empty one is what a new record has.
template <typename T, typename Parse>
void read_word(Reader& in, std::string_view key, const Json& from, T& into, const char* type,
               Parse parse) {
  std::string text;
  read(in, key, from, text);
  if (text.empty()) return;
  Result<T> parsed = parse(text);
  in.set(into, key, parsed.ok() ? std::optional<T>(*parsed) : std::nullopt, type);
}
inline void read(Reader& in, std::string_view key, const Json& from, Oid& into) {
  read_word(in, key, from, into, "no object id", Oid::parse);
}
inline void read(Reader& in, std::string_view key, const Json& from, Timestamp& into) {
  read_word(in, key, from, into, "no UTC time", parse_iso8601);
}
inline void read(Reader& in, std::string_view key, const Json& from, RunId& into) {
  in.set(into, key, RunId::parse(from.as_string().value_or("")));
}

template <typename Enum>
requires std::is_enum_v<Enum>
void read(Reader& in, std::string_view key, const Json& from, Enum& into) {
  std::string name = from.as_string().value_or("");
  if constexpr (std::is_same_v<Enum, ModelFailure>) {
    into = model_failure_of(name);  // a service may fail in ways that we have no word for yet
  } else {
    in.set(into, key, value_in_list<Enum>(name), "unknown");
  }
}

template <Described Record>
void read(Reader& in, std::string_view key, const Json& from, Record& into) {
  in.set(into, key, read_record<Record>(from));
}

template <typename T>
void read(Reader& in, std::string_view key, const Json& from, std::optional<T>& into) {
  T value{};
  read(in, key, from, value);
  into = std::move(value);
}

template <typename T>
void read(Reader& in, std::string_view key, const Json& from, std::vector<T>& into) {
  if (!from.is_array()) return in.fail(fmt::format("'{}' is not a list", key));
  for (const Json& item : from.items()) {
    into.emplace_back();
    if constexpr (std::is_same_v<T, std::string>) {
      in.set(into.back(), key, item.as_string(), "a list that holds something that is no string");
    } else if constexpr (std::is_same_v<T, int>) {
      into.back() = static_cast<int>(item.as_int().value_or(0));
    } else {
      read(in, key, item, into.back());
    }
  }
}

/// Named values. One that is none of ours is nothing: a later version may have other kinds.
template <typename T>
void read(Reader& in, std::string_view key, const Json& from, std::map<std::string, T>& into) {
  if (!from.is_object()) return in.fail(fmt::format("'{}' is not an object", key));
  for (const auto& [name, value] : from.members()) {
    if constexpr (std::is_same_v<T, std::string>) {
      into[name] = value.as_string().value_or("");
    } else if constexpr (std::is_same_v<T, double>) {
      into[name] = value.as_double().value_or(0);
    } else {
      read(in, key, value, into[name]);
    }
  }
}

template <typename Member>
inline constexpr bool kMayNotBeAbsent = (std::is_enum_v<Member> &&
                                         !std::is_same_v<Member, ModelFailure>) ||
                                        std::is_same_v<Member, RunId>;

template <Described Record>
void read_fields(Reader& in, Record& record) {
  each_field(record, [&]<typename Member, Keep kKeep>(
                         [[maybe_unused]] const Field<Record, Member, kKeep>& field,
                         [[maybe_unused]] Member& value) {
    if constexpr (kKeep == Keep::kAlways || kKeep == Keep::kIfSet) {
      std::optional<Json> from = in.member(field.key);
      if (from || kMayNotBeAbsent<Member>) read(in, field.key, from.value_or(Json()), value);
    }
  });
}

template <Described Record>
Result<Record> read_record(const Json& json) {
  Reader in(json, Description<Record>::kWhat, Description<Record>::kVersion);
  GF_TRY(in.done());
  Record record;
  read_fields(in, record);
  GF_TRY(in.done());
  each_field(
      record, [&]<typename Member, Keep kKeep>(const Field<Record, Member, kKeep>&, Member& value) {
        if constexpr (kKeep == Keep::kRest) {
          value = json;
          value.erase("v");
          Description<Record>::fields([&](const auto&... known) { (value.erase(known.key), ...); });
        }
      });
  return record;
}

// Read by rules of their own where they are a part.
template <>
Result<Message> read_record(const Json& json);

}  // namespace gf::record
