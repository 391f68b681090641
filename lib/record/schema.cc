// Without this, valijson ends the process where it should throw.
#define VALIJSON_USE_EXCEPTIONS 1

#include "record/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "record/schema_places.h"

namespace gf::record {
namespace {

constexpr size_t kMaxViolations = 20;

/// valijson names a place as "<root>[a][0]"; people and models read JSON pointers.
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {
    if (part == "<root>") continue;
    bool bracketed = part.size() >= 2 && part.front() == '[' && part.back() == ']';
    pointer += "/" + (bracketed ? part.substr(1, part.size() - 2) : part);
  }
  return pointer.empty() ? "/" : pointer;
}

/// What valijson says of keywords that we have no words for: at the deepest places alone, for each
/// of those above says no more than that something below is wrong.
std::vector<std::string> deepest(valijson::ValidationResults& results) {
  std::vector<std::pair<std::string, std::string>> all;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) all.emplace_back(pointer_of(error.context), error.description);
  std::vector<std::string> lines;
  for (const auto& [pointer, description] : all) {
    bool above = std::any_of(all.begin(), all.end(), [&, at = pointer](const auto& other) {
      return other.first != at && (at == "/" || other.first.starts_with(at + "/"));
    });
    if (!above) lines.push_back(fmt::format("{}: {}", pointer, description));
  }
  if (lines.empty()) lines.emplace_back("/: does not match the schema");
  return lines;
}

bool is_list_of_strings(const nlohmann::json& schema) {
  auto type = schema.find("type"), items = schema.find("items");
  return type != schema.end() && *type == "array" && items != schema.end() && items->is_object() &&
         items->value("type", nlohmann::json()) == "string";
}

void make_lists(const nlohmann::json& schema, nlohmann::json& value) {
  if (!schema.is_object()) return;
  if (value.is_string() && is_list_of_strings(schema)) {
    value = nlohmann::json::array({value});
    return;
  }
  auto properties = schema.find("properties"), items = schema.find("items");
  if (value.is_object() && properties != schema.end() && properties->is_object()) {
    for (const auto& [name, of_member] : properties->items()) {
      if (value.contains(name)) make_lists(of_member, value[name]);
    }
  }
  if (value.is_array() && items != schema.end()) {
    for (nlohmann::json& item : value) make_lists(*items, item);
  }
}

}  // namespace

Json with_lists(const Json& schema, const Json& value) {
  try {
    nlohmann::json made = nlohmann::json::parse(value.dump());
    make_lists(nlohmann::json::parse(schema.dump()), made);
    auto read = Json::parse(made.dump());
    return read.ok() ? *read : value;
  } catch (const std::exception&) {
    return value;
  }
}

Result<std::vector<std::string>> schema_violations(const Json& schema, const Json& value) {
  // Through text: nlohmann's type stays inside the .cc files of this room.
  try {
    nlohmann::json schema_value = nlohmann::json::parse(schema.dump());
    nlohmann::json target_value = nlohmann::json::parse(value.dump());
    valijson::Schema compiled;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_value), compiled);
    valijson::Validator validator;
    valijson::ValidationResults results;
    std::vector<std::string> violations;
    if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(target_value),
                           &results)) {
      return violations;
    }
    violations = places_that_differ(schema, value);
    if (violations.empty()) violations = deepest(results);
    if (violations.size() > kMaxViolations) {
      size_t left = violations.size() - kMaxViolations + 1;
      violations.resize(kMaxViolations - 1);
      violations.push_back(fmt::format("and {} more", left));
    }
    return violations;
  } catch (const std::exception& error) {
    return Error{
        Fault::kInternal, fmt::format("the schema cannot be used: {}", error.what()), {}, {}};
  }
}

}  // namespace gf::record
