// Ollama's own dialect: POST /api/chat, NDJSON (INTEGRATIONS A.1).
#include "model/dialect.h"

namespace gf::model {
namespace {

using record::Json;

Json ollama_message_of(const record::Message& message) {
  Json json = Json::object({{"role", record::name_of(message.role)}, {"content", message.content}});
  Json calls = Json::array();
  for (const record::ToolCall& call : message.tool_calls) {
    // Here arguments are an object; OpenAI's are text.
    calls.push(Json::object(
        {{"id", call.id},
         {"function", Json::object({{"name", call.name}, {"arguments", call.arguments}})}}));
  }
  if (calls.size() > 0) json.set("tool_calls", calls);
  if (message.role == record::Message::Role::kTool) {
    json.set("tool_name", message.tool_name);
    json.set("tool_call_id", message.tool_call_id);
  }
  return json;
}

Json ollama_body_of(const record::ModelRequest& request, const Shape& shape) {
  Json messages = Json::array();
  // Its own guide advises to tell the schema too, and its cloud enforces none.
  for (const record::Message& message : with_unique_ids(with_schema_in_prompt(request)))
    messages.push(ollama_message_of(message));
  Json options = Json::object({{"num_ctx", shape.num_ctx}});
  if (shape.max_output > 0) options.set("num_predict", shape.max_output);
  if (request.temperature && !shape.refused.contains("temperature"))
    options.set("temperature", *request.temperature);
  // Without these two it drops the oldest messages and says nothing.
  Json json = Json::object({{"model", shape.model},
                            {"messages", messages},
                            {"options", options},
                            {"stream", true},
                            {"truncate", false},
                            {"shift", false}});
  if (!request.tools.empty()) {
    Json tools = Json::array();
    for (const record::ToolSpec& tool : request.tools)
      tools.push(Json::object({{"type", "function"}, {"function", record::to_json(tool)}}));
    json.set("tools", tools);
  } else if (request.schema.is_object() && !shape.refused.contains("json_schema")) {
    // A grammar would keep it from calling tools, so it is for requests without them.
    json.set("format", plain_schema(request.schema));
  }
  return json;
}

void ollama_take(const Json& piece, Collected& got) {
  if (auto error = envelope_from(piece)) {
    got.failure = failure_of(0, error->code, error->type, error->text);
    got.failure_text = error->text;
    return;
  }
  if (got.model.empty()) got.model = piece.get_string("model");
  // A cloud model runs elsewhere; its name there is who answered.
  if (piece.has("remote_host") && !piece.get_string("remote_host").empty()) got.remote = true;
  Json message = piece.get("message");
  got.text += message.get_string("content");
  for (const Json& item : message.get("tool_calls").items()) {
    Json function = item.get("function");
    Json arguments = function.get("arguments");
    got.calls.push_back(
        {item.get_string("id", function.get_string("id")), function.get_string("name"),
         arguments.as_string().value_or(arguments.is_null() ? "" : arguments.dump()), -1});
  }
  if (!piece.get_bool("done")) return;
  got.complete = true;
  std::string reason = piece.get_string("done_reason");
  got.finish = reason == "length" ? "length" : "stop";
  // A zero is left out, so what is missing is unknown.
  got.usage.input_total = tokens(piece, "prompt_eval_count");
  got.usage.output_total = tokens(piece, "eval_count");
  if (got.usage.input_total || got.usage.output_total) got.usage.source = "reported";
}

}  // namespace

const Dialect kOllama = {"ollama", "/api/chat", Frames::Kind::kLines, ollama_body_of, ollama_take};

}  // namespace gf::model
