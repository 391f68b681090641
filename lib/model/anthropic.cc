// Anthropic's messages: SSE (INTEGRATIONS A.3).
#include "base/text.h"
#include "model/dialect.h"

namespace gf::model {
namespace {

using record::Json;
using record::Message;

Json text_block(const std::string& text) {
  return Json::object({{"type", "text"}, {"text", text}});
}

Json mark() { return Json::object({{"type", "ephemeral"}}); }

/// The blocks of one turn. None may be empty text, and a turn needs one.
std::vector<Json> blocks_of(const Message& message) {
  std::vector<Json> blocks;
  if (message.role == Message::Role::kTool) {
    std::string text = trim(message.content).empty() ? "(nothing)" : message.content;
    return {Json::object(
        {{"type", "tool_result"}, {"tool_use_id", message.tool_call_id}, {"content", text}})};
  }
  if (!trim(message.content).empty()) blocks.push_back(text_block(message.content));
  for (const record::ToolCall& call : message.tool_calls) {
    blocks.push_back(Json::object(
        {{"type", "tool_use"}, {"id", call.id}, {"name", call.name}, {"input", call.arguments}}));
  }
  if (blocks.empty()) blocks.push_back(text_block("(nothing)"));
  return blocks;
}

/// There is no role "tool" here, and results of one turn's calls belong in one turn of the user's.
Json turns_of(const std::vector<Message>& messages, bool cache) {
  std::vector<std::pair<std::string, std::vector<Json>>> turns;
  for (const Message& message : messages) {
    if (message.role == Message::Role::kSystem) continue;
    std::string role = message.role == Message::Role::kAssistant ? "assistant" : "user";
    if (turns.empty() || turns.back().first != role) turns.push_back({role, {}});
    for (Json& block : blocks_of(message)) turns.back().second.push_back(std::move(block));
  }
  // What the next turn reads again is marked on the newest block: the one before it was marked when
  // it was the newest, and is found by its content.
  if (cache && !turns.empty()) turns.back().second.back().set("cache_control", mark());
  Json all = Json::array();
  for (auto& [role, blocks] : turns)
    all.push(Json::object({{"role", role}, {"content", Json::array(std::move(blocks))}}));
  return all;
}

Json anthropic_body_of(const record::ModelRequest& request, const Shape& shape) {
  bool enforced = request.schema.is_object() && request.tools.empty() &&
                  !shape.refused.contains("output_config");
  std::vector<Message> messages =
      with_unique_ids(enforced ? request.messages : with_schema_in_prompt(request));
  // A prefix that is read once only costs more for being written to the cache: it pays where a
  // conversation with tools comes back to it.
  bool cache = shape.cache && !request.tools.empty() && !shape.refused.contains("cache_control");
  Json json = Json::object({{"model", shape.model},
                            {"max_tokens", shape.max_output},
                            {"messages", turns_of(messages, cache)},
                            {"stream", true}});
  Json system = Json::array();
  for (const Message& message : messages) {
    if (message.role == Message::Role::kSystem && !trim(message.content).empty())
      system.push(text_block(message.content));
  }
  if (system.size() > 0) {
    std::vector<Json> blocks = system.items();
    if (cache) blocks.back().set("cache_control", mark());
    json.set("system", Json::array(std::move(blocks)));
  }
  if (request.temperature && !shape.refused.contains("temperature"))
    json.set("temperature", *request.temperature);
  if (enforced) {
    Json format = Json::object({{"type", "json_schema"}, {"schema", plain_schema(request.schema)}});
    json.set("output_config", Json::object({{"format", format}}));
  }
  if (!request.tools.empty()) {
    Json tools = Json::array();
    for (const record::ToolSpec& tool : request.tools) {
      tools.push(Json::object({{"name", tool.name},
                               {"description", tool.description},
                               {"input_schema", tool.parameters}}));
    }
    json.set("tools", tools);
  }
  return json;
}

/// Here input_tokens leaves out what a cache read or wrote; we count it in.
void anthropic_take_usage(const Json& usage, Collected& got) {
  if (!usage.is_object()) return;
  if (auto input = tokens(usage, "input_tokens")) {
    int64_t read = tokens(usage, "cache_read_input_tokens").value_or(0);
    int64_t written = tokens(usage, "cache_creation_input_tokens").value_or(0);
    got.usage.input_total = *input + read + written;
    got.usage.cache_read = read;
    got.usage.cache_write = written;
    got.usage.source = "reported";
  }
  if (auto output = tokens(usage, "output_tokens")) got.usage.output_total = output;
}

std::string anthropic_finish_of(const std::string& reason) {
  if (reason == "max_tokens") return "length";
  if (reason == "tool_use") return "tool_calls";
  if (reason == "refusal") return "refused";
  if (reason == "model_context_window_exceeded") return "overflow";
  if (reason == "pause_turn") return "broken";
  return "stop";
}

void take_block(const Json& block, int64_t index, Collected& got) {
  std::string type = block.get_string("type");
  if (type == "text") got.text += block.get_string("text");
  if (type != "tool_use" || got.calls.size() > kMaxCalls) return;
  Json input = block.get("input");
  // In a stream the input is an empty object first and follows in pieces.
  std::string arguments = input.is_object() && input.size() > 0 ? input.dump() : "";
  got.calls.push_back({block.get_string("id"), block.get_string("name"), arguments, index});
}

void take_message(const Json& message, Collected& got) {
  if (got.model.empty()) got.model = message.get_string("model");
  if (got.id.empty()) got.id = message.get_string("id");
  anthropic_take_usage(message.get("usage"), got);
  int64_t index = 0;
  for (const Json& block : message.get("content").items()) take_block(block, index++, got);
  std::string reason = message.get_string("stop_reason");
  if (!reason.empty()) got.finish = anthropic_finish_of(reason);
}

void anthropic_take(const Json& piece, Collected& got) {
  std::string type = piece.get_string("type");
  if (type == "error" || piece.has("error")) {
    Envelope envelope = envelope_from(piece).value_or(Envelope{"an error without words", "", ""});
    got.failure = failure_of(0, envelope.code, envelope.type, envelope.text);
    got.failure_text = envelope.text;
  } else if (type == "message") {
    take_message(piece, got);
    got.complete = true;
  } else if (type == "message_start") {
    take_message(piece.get("message"), got);
  } else if (type == "content_block_start") {
    take_block(piece.get("content_block"), piece.get_int("index", -1), got);
  } else if (type == "content_block_delta") {
    Json delta = piece.get("delta");
    got.text += delta.get_string("text");
    int64_t index = piece.get_int("index", -1);
    for (Collected::Call& call : got.calls) {
      if (call.index == index) call.arguments += delta.get_string("partial_json");
    }
  } else if (type == "message_delta") {
    std::string reason = piece.get("delta").get_string("stop_reason");
    if (!reason.empty()) got.finish = anthropic_finish_of(reason);
    anthropic_take_usage(piece.get("usage"), got);
  } else if (type == "message_stop") {
    got.complete = true;
  }
}

}  // namespace

const Dialect kAnthropic = {"anthropic", "/v1/messages", Frames::Kind::kEvents, anthropic_body_of,
                            anthropic_take};

}  // namespace gf::model
