// The spec as JSON, and its cases.
#include "record/spec.h"

#include "base/text.h"
#include "record/described_json.h"

namespace gf::record {
namespace {

/// "<name>" stands for the member `name` of a case.
std::string filled(std::string text, const Json& row) {
  for (const auto& [name, value] : row.members())
    text = replace_all(text, "<" + name + ">", value.as_string().value_or(value.dump()));
  return text;
}

Json filled(const Json& value, const Json& row) {
  if (auto text = value.as_string()) {
    for (const auto& [name, member] : row.members()) {
      if (*text == "<" + name + ">") return member;
    }
    return filled(*text, row);
  }
  if (value.is_array()) {
    Json items = Json::array();
    for (const Json& item : value.items()) items.push(filled(item, row));
    return items;
  }
  if (!value.is_object()) return value;
  Json object = Json::object();
  for (const auto& [key, member] : value.members()) object.set(key, filled(member, row));
  return object;
}

}  // namespace

std::vector<Criterion> each_case(const Criterion& criterion) {
  if (criterion.cases.empty()) return {criterion};
  std::vector<Criterion> all;
  for (const Json& row : criterion.cases) {
    Criterion one = criterion;
    one.cases.clear();
    one.given = filled(one.given, row);
    one.when = filled(one.when, row);
    for (Observation& seen : one.then) {
      seen.observable = filled(seen.observable, row);
      seen.expected = filled(seen.expected, row);
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string id_of(Listed list, size_t index) {
  return std::string(1, static_cast<char>(list)) + std::to_string(index + 1);
}

Json to_json(const Spec& spec) { return written(spec); }
Result<Spec> spec_from_json(const Json& json) { return read_record<Spec>(json); }

}  // namespace gf::record
