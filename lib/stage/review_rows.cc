// How REVIEW's table names things: constraints by number or id, tests by their ids or functions.
#include <algorithm>
#include <charconv>

#include "base/source_text.h"
#include "base/text.h"
#include "stage/review.h"

namespace gf::stage {
namespace {

using record::Json;

/// 2 of "C2"; 0 of what is no such id.
int64_t number_of(const std::string& id, char letter) {
  int64_t number = 0;
  bool named = id.size() > 1 && (id[0] == letter || id[0] == letter - 'A' + 'a');
  if (named) std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return number;
}

Json numbered(const Json& rows, char letter) {
  Json all = Json::array();
  for (Json row : rows.items()) {
    int64_t number = number_of(row.get_string("id"), letter);
    if (number > 0 && row.get_int("index") < 1) row.set("index", number);
    all.push(row);
  }
  return all;
}

}  // namespace

Json review_schema(Json schema, const record::Spec& spec) {
  std::string list = "assumptions";
  if (spec.assumptions.empty() || schema.get("properties").get(list).is_null()) return schema;
  std::vector<std::string> required = schema.get_strings("required");
  if (std::find(required.begin(), required.end(), list) != required.end()) return schema;
  required.push_back(std::move(list));
  schema.set("required", Json::strings(required));
  return schema;
}

Json with_numbers(const Json& table) {
  Json all = table;
  if (!table.is_object()) return all;
  for (auto [list, letter] : {std::pair("constraints", 'C'), std::pair("out_of_scope", 'O')}) {
    if (table.get(list).is_array()) all.set(list, numbered(table.get(list), letter));
  }
  return all;
}

std::set<std::string> test_functions_in(const std::vector<ReviewHunk>& hunks) {
  std::set<std::string> functions;
  for (const ReviewHunk& hunk : hunks) {
    auto syntax = syntax_of(hunk.path);
    if (!syntax) continue;
    for (const std::string& line : lines(hunk.text)) {
      if (line.empty() || line[0] == '-' || line[0] == '@') continue;
      std::string code = line.substr(1);
      if (definition_lines({code}, *syntax).empty()) continue;
      std::string name = defined_name(code);
      if (lower(name).starts_with("test")) functions.insert(std::move(name));
    }
  }
  return functions;
}

TestFunction function_of_id(const std::string& id, const std::set<std::string>& functions) {
  size_t file = id.find("::");
  std::string whole = file == std::string::npos ? id : id.substr(file + 2);
  size_t bracket = whole.find('[');
  TestFunction found{whole.substr(0, bracket), bracket != std::string::npos};
  size_t at = found.name.rfind("::");
  at = at == std::string::npos ? 0 : at + 2;
  std::string last = found.name.substr(at);
  if (functions.contains(last)) return found;
  // The longest name that it begins with, and goes on behind as generated names do.
  for (size_t end = last.rfind('_'); end != std::string::npos && end > 0;
       end = last.rfind('_', end - 1)) {
    if (functions.contains(last.substr(0, end))) return {found.name.substr(0, at + end), true};
  }
  return found;
}

}  // namespace gf::stage
