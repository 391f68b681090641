// The tools: their table, the check of a call, and what each of them does.
#include "tool/tool.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "base/visible.h"
#include "tool/inside.h"

namespace gf::tool {
namespace {

using record::Json;

/// `type`: string, integer, boolean, or strings (a list of them) or edits (of {old, new}).
struct Parameter {
  std::string_view name, type, description;
  bool required;
};
struct Row {
  std::string_view name, description;
  std::vector<Parameter> parameters;
};

/// Every tool there is; a stage names the ones it gets.
const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"read_file",
       "Read a text file, or the lines from start_line to end_line of it. Each line comes with its "
       "number and a tab in front, which are no part of the file.",
       {{"path", "string", "Path from the top of the repository.", true},
        {"start_line", "integer", "First line, from 1.", false},
        {"end_line", "integer", "Last line.", false}}},
      {"list_dir", "List a folder.", {{"path", "string", "Folder, '.' for the top.", true}}},
      {"grep",
       "Search text files with an extended regular expression.",
       {{"pattern", "string", "POSIX extended regular expression.", true},
        {"path", "string", "Folder or file to search; default: everything.", false},
        {"include", "strings", "Only files that one of these matches: '*.py', 'src/**'.", false},
        {"exclude", "strings", "No files that one of these matches: 'tests/**'.", false},
        {"ignore_case", "boolean", "Ignore the case of letters.", false}}},
      {"outline",
       "List the definitions of a source file with their lines, decorators and signatures.",
       {{"path", "string", "Path of a source file.", true}}},
      {"write_file",
       "Write a whole file, new or instead of the old one.",
       {{"path", "string", "Path from the top of the repository.", true},
        {"content", "string", "The whole text.", true}}},
      {"edit_file",
       "Replace text that occurs exactly once in a file; several places of it at once by `edits`, "
       "each looked for in what the ones before it left: all of them are done or none.",
       {{"path", "string", "Path of a file that exists.", true},
        {"old", "string", "The text to replace, with enough around it to be unique.", false},
        {"new", "string", "What takes its place.", false},
        {"edits", "edits", "Instead of old and new: one after the other.", false}}},
      {"delete_file", "Delete a file.", {{"path", "string", "Path of the file.", true}}},
  };
  return all;
}

const Row* find_row(std::string_view name) {
  for (const Row& row : rows()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

/// What a type is called where people read it.
std::string called(std::string_view type) {
  if (type == "strings") return "list of strings";
  if (type == "edits") return "list of {old: string, new: string}";
  return std::string(type);
}

std::string form_of(const Row& row) {
  std::vector<std::string> parts;
  for (const Parameter& p : row.parameters)
    parts.push_back(fmt::format("{}{}: {}", p.name, p.required ? "" : "?", called(p.type)));
  return fmt::format("{}({})", row.name, join(parts, ", "));
}

bool is_edit(const Json& value) {
  return value.is_object() && value.size() == 2 && value.get("old").is_string() &&
         value.get("new").is_string();
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.kind() == Json::Kind::kInteger;
  if (type == "boolean") return value.kind() == Json::Kind::kBool;
  if (type == "strings" && value.is_string()) return true;  // one alone is a list of one
  std::vector<Json> items = value.items();
  auto fits = [&](const Json& item) { return type == "edits" ? is_edit(item) : item.is_string(); };
  return value.is_array() && std::all_of(items.begin(), items.end(), fits);
}

Json schema_of(const Parameter& parameter) {
  Json schema = Json::object({{"type", parameter.type}, {"description", parameter.description}});
  if (parameter.type != "strings" && parameter.type != "edits") return schema;
  Json text = Json::object({{"type", "string"}});
  schema.set("type", "array");
  schema.set("items",
             parameter.type == "strings"
                 ? text
                 : Json::object({{"type", "object"},
                                 {"properties", Json::object({{"old", text}, {"new", text}})},
                                 {"required", Json::strings({"old", "new"})},
                                 {"additionalProperties", false}}));
  return schema;
}

/// What is wrong with the arguments; empty when nothing is.
std::string complaint(const Row& row, const record::ToolCall& call) {
  if (!call.malformed.empty()) return "the arguments are not a JSON object";
  if (!call.arguments.is_object() && !call.arguments.is_null())
    return "the arguments are not a JSON object";
  for (const Parameter& p : row.parameters) {
    std::optional<Json> value = call.arguments.find(p.name);
    if (!value && p.required) return fmt::format("'{}' is missing", p.name);
    if (value && !has_type(*value, p.type))
      return fmt::format("'{}' is not a {}", p.name, called(p.type));
  }
  for (const auto& member : call.arguments.members()) {
    const std::string& name = member.first;  // C++20 as Clang 14 has it captures no binding
    bool known = std::any_of(row.parameters.begin(), row.parameters.end(),
                             [&](const Parameter& p) { return p.name == name; });
    if (!known) return fmt::format("there is no argument '{}'", printable(clipped(name, 60)));
  }
  return {};
}

}  // namespace

ToolAnswer no(const std::string& text) { return {clipped(to_utf8(text), kMaxAnswer), true, {}}; }
ToolAnswer yes(std::string text, std::vector<std::string> changed) {
  return {clipped(to_utf8(text), kMaxAnswer), false, std::move(changed)};
}

Toolbox::Toolbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Toolbox::Toolbox(Toolbox&&) noexcept = default;
Toolbox& Toolbox::operator=(Toolbox&&) noexcept = default;
Toolbox::~Toolbox() = default;

Result<Toolbox> Toolbox::open(const std::string& worktree, std::vector<std::string> names,
                              Scope scope, proc::Environment environment, Parses parses) {
  GF_ASSIGN(auto jail, proc::Jail::open(worktree));
  return Toolbox(
      std::unique_ptr<Impl>(new Impl{std::move(jail), worktree, std::move(names), std::move(scope),
                                     proc::clean_environment(environment), std::move(parses)}));
}

std::vector<record::ToolSpec> Toolbox::specs() const {
  std::vector<record::ToolSpec> all;
  for (const std::string& name : impl_->names) {
    const Row* row = find_row(name);
    if (row == nullptr) continue;
    Json properties = Json::object(), required = Json::array();
    for (const Parameter& p : row->parameters) {
      properties.set(p.name, schema_of(p));
      if (p.required) required.push(p.name);
    }
    all.push_back({name, std::string(row->description),
                   Json::object({{"type", "object"},
                                 {"properties", properties},
                                 {"required", required},
                                 {"additionalProperties", false}})});
  }
  return all;
}

Result<ToolAnswer> Toolbox::call(const record::ToolCall& call, const Cancel& cancel) {
  bool given = std::find(impl_->names.begin(), impl_->names.end(), call.name) != impl_->names.end();
  const Row* row = find_row(call.name);
  if (!given || row == nullptr) {
    return no(fmt::format("error: there is no tool '{}' here; there are: {}",
                          printable(clipped(call.name, 60)), join(impl_->names, ", ")));
  }
  if (std::string wrong = complaint(*row, call); !wrong.empty()) {
    return no(fmt::format("error: {}; call it as {}", wrong, form_of(*row)));
  }
  Result<ToolAnswer> answer = [&]() -> Result<ToolAnswer> {
    if (call.name == "read_file") return impl_->read_file(call.arguments);
    if (call.name == "list_dir") return impl_->list_dir(call.arguments);
    if (call.name == "grep") return impl_->grep(call.arguments, cancel);
    if (call.name == "outline") {
      GF_ASSIGN(auto all, outlines({call.arguments.get_string("path")}, cancel));
      return all.front();
    }
    if (call.name == "write_file") return impl_->write_file(call.arguments);
    if (call.name == "edit_file") return impl_->edit_file(call.arguments);
    return impl_->delete_file(call.arguments);
  }();
  // A refused path is the model's mistake and its to mend; a full disk is not.
  if (!answer.ok() && answer.error().fault == Fault::kUser)
    return no("error: " + answer.error().message);
  if (answer.ok() && has_unseen(answer->text)) answer->text = visible(answer->text);
  return answer;
}

}  // namespace gf::tool
