#include "record/json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace gf::record {

namespace {
constexpr int kMaxDepth = 100;
}

/// The place in a shared document that a Json stands for: a member costs no copy. As long as a
/// member is held, its document is shared, and a change of either copies first.
struct Json::Node {
  explicit Node(nlohmann::json own) : at(std::make_shared<nlohmann::json>(std::move(own))) {}
  Node(const Node& whole, const nlohmann::json& part)
      : at(whole.at, const_cast<nlohmann::json*>(&part)) {}
  Node(const Node& other) : Node(nlohmann::json(*other.at)) {}

  [[nodiscard]] bool is_shared() const { return at.use_count() > 1; }
  std::shared_ptr<nlohmann::json> at;
};

namespace {

using Value = nlohmann::json;

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

/// The value that `root` stands for: moved out when nobody else holds it, so that what is built up
/// from its parts is not copied once a level.
Value taken(const std::shared_ptr<Json::Node>& root) {
  if (root.use_count() > 1 || root->is_shared()) return *root->at;
  return std::move(*root->at);
}

}  // namespace

Json::Json(std::shared_ptr<Node> root) : root_(std::move(root)) {}
Json::Json() : root_(std::make_shared<Node>(Value(Value()))) {}
Json::Json(bool value) : root_(std::make_shared<Node>(Value(value))) {}
Json::Json(int value) : root_(std::make_shared<Node>(Value(value))) {}
Json::Json(int64_t value) : root_(std::make_shared<Node>(Value(value))) {}
Json::Json(uint64_t value) : root_(std::make_shared<Node>(Value(value))) {}
Json::Json(double value) : root_(std::make_shared<Node>(Value(value))) {}
Json::Json(const char* value) : Json(std::string_view(value)) {}
Json::Json(std::string value) : Json(std::string_view(value)) {}
Json::Json(std::string_view value)
    : root_(std::make_shared<Node>(Value(is_utf8(value) ? std::string(value) : to_utf8(value)))) {}

Json Json::object(std::initializer_list<std::pair<std::string_view, Json>> members) {
  auto node = std::make_shared<Node>(Value(Value::object()));
  for (const auto& [key, value] : members) (*node->at)[std::string(key)] = taken(value.root_);
  return Json(std::move(node));
}

Json Json::array(std::vector<Json> items) {
  auto node = std::make_shared<Node>(Value(Value::array()));
  node->at->get_ref<Value::array_t&>().reserve(items.size());
  for (const Json& item : items) node->at->push_back(taken(item.root_));
  return Json(std::move(node));
}

Json Json::strings(const std::vector<std::string>& items) {
  auto node = std::make_shared<Node>(Value(Value::array()));
  for (const std::string& item : items) node->at->push_back(to_utf8(item));
  return Json(std::move(node));
}

Result<Json> Json::parse(std::string_view text) {
  if (depth_of(text) > kMaxDepth) {
    return Error{
        Fault::kBadData, fmt::format("the JSON is nested deeper than {}", kMaxDepth), {}, {}};
  }
  try {
    return Json(std::make_shared<Node>(Value(Value::parse(text.begin(), text.end()))));
  } catch (const Value::parse_error& error) {
    size_t byte = error.byte == 0 ? 0 : error.byte - 1;
    return Error{Fault::kBadData, fmt::format("no valid JSON at {}", place_of(text, byte)), {}, {}};
  } catch (const Value::exception&) {
    return Error{Fault::kBadData, "the JSON has a number that is out of range", {}, {}};
  }
}

Json::Kind Json::kind() const {
  switch (root_->at->type()) {
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

size_t Json::size() const { return root_->at->is_structured() ? root_->at->size() : 0; }

std::optional<bool> Json::as_bool() const {
  if (!root_->at->is_boolean()) return std::nullopt;
  return root_->at->get<bool>();
}

std::optional<int64_t> Json::as_int() const { return whole(*root_->at); }

std::optional<double> Json::as_double() const {
  if (!root_->at->is_number()) return std::nullopt;
  return root_->at->get<double>();
}

std::optional<std::string> Json::as_string() const {
  if (!root_->at->is_string()) return std::nullopt;
  return root_->at->get<std::string>();
}

std::optional<Json> Json::find(std::string_view key) const {
  const Value* found = member(*root_->at, key);
  if (found == nullptr) return std::nullopt;
  return Json(std::make_shared<Node>(*root_, *found));
}

Json Json::get(std::string_view key) const { return find(key).value_or(Json()); }

std::string Json::get_string(std::string_view key, std::string_view fallback) const {
  const Value* found = member(*root_->at, key);
  if (found == nullptr || !found->is_string()) return std::string(fallback);
  return found->get_ref<const std::string&>();
}

int64_t Json::get_int(std::string_view key, int64_t fallback) const {
  const Value* found = member(*root_->at, key);
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
  if (!root_->at->is_array()) return all;
  for (const Value& item : (*root_->at)) all.push_back(Json(std::make_shared<Node>(*root_, item)));
  return all;
}

std::vector<std::pair<std::string, Json>> Json::members() const {
  std::vector<std::pair<std::string, Json>> all;
  if (!root_->at->is_object()) return all;
  for (const auto& [key, value] : root_->at->items()) {
    all.emplace_back(key, Json(std::make_shared<Node>(*root_, value)));
  }
  return all;
}

Json& Json::set(std::string_view key, Json value) {
  if (root_.use_count() > 1 || root_->is_shared()) root_ = std::make_shared<Node>(*root_);
  if (!root_->at->is_object()) (*root_->at) = Value::object();
  (*root_->at)[to_utf8(key)] = taken(value.root_);
  return *this;
}

Json& Json::push(Json value) {
  if (root_.use_count() > 1 || root_->is_shared()) root_ = std::make_shared<Node>(*root_);
  if (!root_->at->is_array()) (*root_->at) = Value::array();
  root_->at->push_back(taken(value.root_));
  return *this;
}

void Json::erase(std::string_view key) {
  if (!root_->at->is_object()) return;
  if (root_.use_count() > 1 || root_->is_shared()) root_ = std::make_shared<Node>(*root_);
  root_->at->erase(std::string(key));
}

std::string Json::dump() const {
  return root_->at->dump(-1, ' ', false, Value::error_handler_t::replace);
}

std::string Json::pretty() const {
  return root_->at->dump(2, ' ', false, Value::error_handler_t::replace) + "\n";
}

bool Json::operator==(const Json& other) const { return (*root_->at) == *other.root_->at; }

}  // namespace gf::record
