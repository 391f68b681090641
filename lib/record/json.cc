#include "record/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace gf::record {

namespace {

constexpr int kMaxDepth = 100;

using Value = nlohmann::json;
/// The place in a shared document that a Json stands for: a member costs no copy and nothing of its
/// own. As long as a member is held, its document is shared, and a change of either copies first.
using Shared = std::shared_ptr<Json::Node>;

// A Node is never looked into: it is the library's value under a name that the header may know.
Value& at(const Shared& value) { return *reinterpret_cast<Value*>(value.get()); }
Json::Node* named(Value& value) { return reinterpret_cast<Json::Node*>(&value); }

Shared own(Value value) {
  auto made = std::make_shared<Value>(std::move(value));
  return {made, named(*made)};
}
Shared part_of(const Shared& whole, const Value& part) {
  return {whole, named(const_cast<Value&>(part))};
}
/// What may be changed: a value of its own where others look at this one.
Value& changing(Shared& value) {
  if (value.use_count() > 1) value = own(at(value));
  return at(value);
}

/// The deepest nesting of brackets outside strings: looked at before the library builds anything.
int depth_of(std::string_view text) {
  int depth = 0, deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

std::string place_of(std::string_view text, size_t byte) {
  byte = std::min(byte, text.size());
  size_t line = 1, start = 0;
  for (size_t i = 0; i < byte; ++i) {
    if (text[i] == '\n') {
      ++line;
      start = i + 1;
    }
  }
  return fmt::format("line {}, column {}", line, byte - start + 1);
}

/// A member's value, or null; nothing is copied to look.
const Value* member(const Value& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::optional<int64_t> whole(const Value& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX))
    return std::nullopt;
  return value.get<int64_t>();
}

/// The value itself: moved out when nobody else holds it, so that what is built up from its parts
/// is not copied once a level.
Value taken(const Shared& value) {
  if (value.use_count() > 1) return at(value);
  return std::move(at(value));
}

}  // namespace

Json::Json(std::shared_ptr<Node> root) : root_(std::move(root)) {}
Json::Json() : root_(own(Value())) {}
Json::Json(bool value) : root_(own(Value(value))) {}
Json::Json(int value) : root_(own(Value(value))) {}
Json::Json(int64_t value) : root_(own(Value(value))) {}
Json::Json(uint64_t value) : root_(own(Value(value))) {}
Json::Json(double value) : root_(own(Value(value))) {}
Json::Json(const char* value) : Json(std::string_view(value)) {}
Json::Json(std::string value) : Json(std::string_view(value)) {}
Json::Json(std::string_view value)
    : root_(own(Value(is_utf8(value) ? std::string(value) : to_utf8(value)))) {}

Json Json::object(std::initializer_list<std::pair<std::string_view, Json>> members) {
  Value object = Value::object();
  for (const auto& [key, value] : members) object[std::string(key)] = taken(value.root_);
  return Json(own(std::move(object)));
}

Json Json::array(std::vector<Json> items) {
  Value array = Value::array();
  array.get_ref<Value::array_t&>().reserve(items.size());
  for (const Json& item : items) array.push_back(taken(item.root_));
  return Json(own(std::move(array)));
}

Json Json::strings(const std::vector<std::string>& items) {
  Value array = Value::array();
  for (const std::string& item : items) array.push_back(to_utf8(item));
  return Json(own(std::move(array)));
}

Result<Json> Json::parse(std::string_view text) {
  if (depth_of(text) > kMaxDepth) {
    return Error{
        Fault::kBadData, fmt::format("the JSON is nested deeper than {}", kMaxDepth), {}, {}};
  }
  try {
    return Json(own(Value::parse(text.begin(), text.end())));
  } catch (const Value::parse_error& error) {
    size_t byte = error.byte == 0 ? 0 : error.byte - 1;
    return Error{Fault::kBadData, fmt::format("no valid JSON at {}", place_of(text, byte)), {}, {}};
  } catch (const Value::exception&) {
    return Error{Fault::kBadData, "the JSON has a number that is out of range", {}, {}};
  }
}

Json::Kind Json::kind() const {
  switch (at(root_).type()) {
    case Value::value_t::boolean:
      return Kind::kBool;
    case Value::value_t::number_integer:
    case Value::value_t::number_unsigned:
      return Kind::kInteger;
    case Value::value_t::number_float:
      return Kind::kNumber;
    case Value::value_t::string:
      return Kind::kString;
    case Value::value_t::array:
      return Kind::kArray;
    case Value::value_t::object:
      return Kind::kObject;
    default:
      return Kind::kNull;
  }
}

size_t Json::size() const { return at(root_).is_structured() ? at(root_).size() : 0; }

std::optional<bool> Json::as_bool() const {
  if (!at(root_).is_boolean()) return std::nullopt;
  return at(root_).get<bool>();
}

std::optional<int64_t> Json::as_int() const { return whole(at(root_)); }

std::optional<double> Json::as_double() const {
  if (!at(root_).is_number()) return std::nullopt;
  return at(root_).get<double>();
}

std::optional<std::string> Json::as_string() const {
  if (!at(root_).is_string()) return std::nullopt;
  return at(root_).get<std::string>();
}

std::optional<Json> Json::find(std::string_view key) const {
  const Value* found = member(at(root_), key);
  if (found == nullptr) return std::nullopt;
  return Json(part_of(root_, *found));
}

Json Json::get(std::string_view key) const { return find(key).value_or(Json()); }

std::string Json::get_string(std::string_view key, std::string_view fallback) const {
  const Value* found = member(at(root_), key);
  if (found == nullptr || !found->is_string()) return std::string(fallback);
  return found->get_ref<const std::string&>();
}

int64_t Json::get_int(std::string_view key, int64_t fallback) const {
  const Value* found = member(at(root_), key);
  return (found != nullptr ? whole(*found) : std::nullopt).value_or(fallback);
}

bool Json::get_bool(std::string_view key, bool fallback) const {
  std::optional<Json> member = find(key);
  return (member ? member->as_bool() : std::nullopt).value_or(fallback);
}

std::vector<std::string> Json::get_strings(std::string_view key) const {
  std::vector<std::string> strings;
  for (const Json& item : get(key).items()) {
    if (auto text = item.as_string()) strings.push_back(*text);
  }
  return strings;
}

std::vector<Json> Json::items() const {
  std::vector<Json> all;
  if (!at(root_).is_array()) return all;
  for (const Value& item : at(root_)) all.push_back(Json(part_of(root_, item)));
  return all;
}

std::vector<std::pair<std::string, Json>> Json::members() const {
  std::vector<std::pair<std::string, Json>> all;
  if (!at(root_).is_object()) return all;
  for (const auto& [key, value] : at(root_).items()) {
    all.emplace_back(key, Json(part_of(root_, value)));
  }
  return all;
}

Json& Json::set(std::string_view key, Json value) {
  Value& object = changing(root_);
  if (!object.is_object()) object = Value::object();
  object[to_utf8(key)] = taken(value.root_);
  return *this;
}

Json& Json::push(Json value) {
  Value& array = changing(root_);
  if (!array.is_array()) array = Value::array();
  array.push_back(taken(value.root_));
  return *this;
}

void Json::erase(std::string_view key) {
  if (at(root_).is_object()) changing(root_).erase(std::string(key));
}

std::string Json::dump() const {
  return at(root_).dump(-1, ' ', false, Value::error_handler_t::replace);
}

std::string Json::pretty() const {
  return at(root_).dump(2, ' ', false, Value::error_handler_t::replace) + "\n";
}

bool Json::operator==(const Json& other) const { return at(root_) == at(other.root_); }

}  // namespace gf::record
