#include "record/schema_places.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"

namespace gf::record {
namespace {

constexpr size_t kShownBytes = 80;

std::string shown(const Json& value) { return printable(clipped(value.dump(), kShownBytes)); }

std::string below(const std::string& pointer, std::string_view part) {
  return pointer + "/" + replace_all(replace_all(part, "~", "~0"), "/", "~1");
}

std::string type_of(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::kNull:
      return "null";
    case Json::Kind::kBool:
      return "boolean";
    case Json::Kind::kInteger:
      return "integer";
    case Json::Kind::kNumber:
      return "number";
    case Json::Kind::kString:
      return "string";
    case Json::Kind::kArray:
      return "array";
    case Json::Kind::kObject:
      return "object";
  }
  return "value";
}

/// "type" is one name or a list of them.
std::vector<std::string> types_in(const Json& schema) {
  Json type = schema.get("type");
  return type.is_string() ? std::vector<std::string>{type.as_string().value_or("")}
                          : schema.get_strings("type");
}

bool has_type(const Json& value, const std::string& type) {
  std::string own = type_of(value);
  return own == type || (type == "number" && own == "integer");
}

std::vector<std::string> names_in(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.members()) names.push_back(name);
  return names;
}

std::string choices_of(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& choice : list.items()) texts.push_back(shown(choice));
  return join(texts, ", ");
}

class Walk {
 public:
  void at(const std::string& pointer, const Json& schema, const Json& value) {
    if (!schema.is_object()) return;
    if (!right_type(pointer, schema, value)) return;
    look_at_choices(pointer, schema, value);
    look_at_bounds(pointer, schema, value);
    if (value.is_object()) look_at_members(pointer, schema, value);
    if (value.is_array() && schema.get("items").is_object()) {
      std::vector<Json> items = value.items();
      for (size_t i = 0; i < items.size(); ++i)
        at(below(pointer, std::to_string(i)), schema.get("items"), items[i]);
    }
  }
  std::vector<std::string> lines;

 private:
  void add(const std::string& pointer, const std::string& what) {
    lines.push_back(fmt::format("{}: {}", pointer.empty() ? "/" : printable(pointer), what));
  }

  bool right_type(const std::string& pointer, const Json& schema, const Json& value) {
    std::vector<std::string> types = types_in(schema);
    bool right = types.empty() || std::any_of(types.begin(), types.end(), [&](const auto& type) {
                   return has_type(value, type);
                 });
    if (!right) {
      add(pointer, fmt::format("is the {} {}; allowed: {}", type_of(value), shown(value),
                               join(types, " or ")));
    }
    return right;
  }

  void look_at_choices(const std::string& pointer, const Json& schema, const Json& value) {
    if (schema.has("const") && !(schema.get("const") == value))
      add(pointer, fmt::format("is {}; allowed: {}", shown(value), shown(schema.get("const"))));
    std::vector<Json> choices = schema.get("enum").items();
    if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end())
      return;
    std::optional<std::string> near;
    if (value.is_string())
      near = nearest(value.as_string().value_or(""), schema.get_strings("enum"));
    add(pointer, fmt::format("is {}; {}allowed: {}", shown(value),
                             near ? "did you mean \"" + *near + "\"? " : "",
                             choices_of(schema.get("enum"))));
  }

  void look_at_bounds(const std::string& pointer, const Json& schema, const Json& value) {
    auto size = static_cast<int64_t>(value.size());
    if (value.is_array() && size < schema.get_int("minItems", 0))
      add(pointer, fmt::format("has {}; at least {}", counted(value.size(), "item"),
                               schema.get_int("minItems")));
    if (value.is_array() && schema.has("maxItems") && size > schema.get_int("maxItems"))
      add(pointer, fmt::format("has {}; at most {}", counted(value.size(), "item"),
                               schema.get_int("maxItems")));
    if (auto text = value.as_string();
        text && static_cast<int64_t>(text->size()) < schema.get_int("minLength", 0))
      add(pointer, "is the empty string or too short; at least " +
                       counted(static_cast<size_t>(schema.get_int("minLength")), "character"));
    auto number = value.as_double();
    auto least = schema.get("minimum").as_double(), most = schema.get("maximum").as_double();
    if (number && least && *number < *least)
      add(pointer, fmt::format("is {}; at least {}", shown(value), *least));
    if (number && most && *number > *most)
      add(pointer, fmt::format("is {}; at most {}", shown(value), *most));
  }

  /// Members that are there, that are missing, and that nobody knows. One that was misspelt is both
  /// of the latter and is told once.
  void look_at_members(const std::string& pointer, const Json& schema, const Json& value) {
    Json properties = schema.get("properties");
    std::vector<std::string> missing;
    for (const std::string& name : schema.get_strings("required")) {
      if (!value.has(name)) missing.push_back(name);
    }
    for (const auto& [name, member] : value.members()) {
      if (properties.has(name)) {
        at(below(pointer, name), properties.get(name), member);
      } else if (Json more = schema.get("additionalProperties"); more.is_object()) {
        at(below(pointer, name), more, member);
      } else if (more.as_bool() == std::optional<bool>(false)) {
        add_unknown(pointer, name, names_in(properties), missing);
      }
    }
    for (const std::string& name : missing) {
      Json wanted = properties.get(name);
      std::string about = join(types_in(wanted), " or ");
      if (wanted.has("description"))
        about += (about.empty() ? "" : ": ") + wanted.get_string("description");
      add(below(pointer, name), "is missing" + (about.empty() ? "" : " (" + about + ")"));
    }
  }

  void add_unknown(const std::string& pointer, const std::string& name,
                   const std::vector<std::string>& known, std::vector<std::string>& missing) {
    std::optional<std::string> near = nearest(name, missing);
    if (near) {
      missing.erase(std::find(missing.begin(), missing.end(), *near));
    } else {
      near = nearest(name, known);
    }
    add(below(pointer, name),
        fmt::format("no such member; {}", near            ? "did you mean '" + *near + "'?"
                                          : known.empty() ? "none is allowed"
                                                          : "allowed: " + join(known, ", ")));
  }
};

}  // namespace

std::vector<std::string> places_that_differ(const Json& schema, const Json& value) {
  Walk walk;
  walk.at("", schema, value);
  return std::move(walk.lines);
}

}  // namespace gf::record
