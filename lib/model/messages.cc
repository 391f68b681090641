// A conversation made fit for services: ids that are unique, schemas told in words.
#include <fmt/format.h>

#include <unordered_set>

#include "model/dialect.h"

namespace gf::model {

std::vector<record::Message> with_unique_ids(std::vector<record::Message> messages) {
  std::unordered_set<std::string> taken;
  std::map<std::string, std::string> now;  // of the newest assistant's turn
  for (record::Message& message : messages) {
    if (message.role == record::Message::Role::kAssistant) now.clear();
    for (record::ToolCall& call : message.tool_calls) {
      std::string id;
      for (char c : call.id.substr(0, 60)) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '-';
        id += plain ? c : '_';
      }
      if (id.empty()) id = "call";
      std::string unique = id;
      for (int n = 2; taken.contains(unique); ++n) unique = fmt::format("{}_{}", id, n);
      taken.insert(unique);
      now[call.id] = unique;
      call.id = unique;
    }
    if (message.role == record::Message::Role::kTool) {
      auto found = now.find(message.tool_call_id);
      if (found != now.end()) message.tool_call_id = found->second;
    }
  }
  return messages;
}

record::Json plain_schema(record::Json schema) {
  schema.erase("$schema");
  return schema;
}

std::vector<record::Message> with_schema_in_prompt(const record::ModelRequest& request) {
  std::vector<record::Message> messages = request.messages;
  if (!request.schema.is_object()) return messages;
  std::string form = fmt::format(
      "Your final answer is one JSON object, without any text around it, that this JSON Schema "
      "accepts:\n{}",
      plain_schema(request.schema).dump());
  if (!messages.empty() && messages.front().role == record::Message::Role::kSystem) {
    messages.front().content += "\n\n" + form;
  } else {
    messages.insert(messages.begin(), {record::Message::Role::kSystem, form, {}, {}, {}});
  }
  return messages;
}

}  // namespace gf::model
