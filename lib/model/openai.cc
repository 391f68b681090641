// Chat completions as OpenAI made them and many serve them: SSE or one object (INTEGRATIONS A.2).
#include "model/dialect.h"
#include "model/prices.h"

namespace gf::model {
namespace {

using record::Json;

Json openai_message_of(const record::Message& message) {
  Json json = Json::object({{"role", record::name_of(message.role)}, {"content", message.content}});
  Json calls = Json::array();
  for (const record::ToolCall& call : message.tool_calls) {
    // Here arguments are text; Ollama's are an object.
    Json function = Json::object({{"name", call.name}, {"arguments", call.arguments.dump()}});
    calls.push(Json::object({{"id", call.id}, {"type", "function"}, {"function", function}}));
  }
  if (calls.size() > 0) {
    json.set("tool_calls", calls);
    if (message.content.empty()) json.set("content", Json());
  }
  if (message.role == record::Message::Role::kTool) json.set("tool_call_id", message.tool_call_id);
  return json;
}

/// The form of the answer, as strictly as this server was found to take it; null: told in words.
Json format_of(const record::ModelRequest& request, const Shape& shape) {
  // A grammar would keep a model from calling tools, so it is for requests without them.
  if (!request.schema.is_object() || !request.tools.empty()) return {};
  if (!shape.refused.contains("json_schema")) {
    // Not "strict": that takes only schemas without optional members, and we validate anyway.
    Json named = Json::object(
        {{"name", "answer"}, {"strict", false}, {"schema", plain_schema(request.schema)}});
    return Json::object({{"type", "json_schema"}, {"json_schema", named}});
  }
  if (!shape.refused.contains("json_object")) return Json::object({{"type", "json_object"}});
  return {};
}

Json openai_body_of(const record::ModelRequest& request, const Shape& shape) {
  Json format = format_of(request, shape);
  bool enforced = format.get_string("type") == "json_schema";
  Json messages = Json::array();
  for (const record::Message& message :
       with_unique_ids(enforced ? request.messages : with_schema_in_prompt(request)))
    messages.push(openai_message_of(message));
  Json json = Json::object({{"model", shape.model}, {"messages", messages}, {"stream", true}});
  if (!shape.refused.contains("stream_options"))
    json.set("stream_options", Json::object({{"include_usage", true}}));
  if (!format.is_null()) json.set("response_format", format);
  if (request.temperature && !shape.refused.contains("temperature"))
    json.set("temperature", *request.temperature);
  if (shape.max_output > 0) {
    const char* newer = "max_completion_tokens";
    const char* older = "max_tokens";
    const char* first = shape.newer_limit ? newer : older;
    const char* second = shape.newer_limit ? older : newer;
    const char* name = !shape.refused.contains(first)    ? first
                       : !shape.refused.contains(second) ? second
                                                         : nullptr;
    if (name != nullptr) json.set(name, shape.max_output);
  }
  if (!request.tools.empty()) {
    Json tools = Json::array();
    for (const record::ToolSpec& tool : request.tools)
      tools.push(Json::object({{"type", "function"}, {"function", record::to_json(tool)}}));
    json.set("tools", tools);
  }
  return json;
}

/// Content is text, null, or a list of parts.
std::string text_of(const Json& content) {
  if (auto text = content.as_string()) return *text;
  std::string all;
  for (const Json& part : content.items()) all += part.get_string("text");
  return all;
}

void take_calls(const Json& calls, Collected& got) {
  for (const Json& item : calls.items()) {
    Json function = item.get("function");
    int64_t index = item.get_int("index", -1);
    std::string id = item.get_string("id");
    Collected::Call* call = nullptr;
    for (Collected::Call& known : got.calls) {
      if (index >= 0 && known.index == index) call = &known;
    }
    // Some servers number every call 0; a new id with a name is a new call all the same.
    bool another = call != nullptr && !id.empty() && !call->id.empty() && id != call->id;
    if (another) call->index = -1;
    if (call == nullptr || another) {
      if (got.calls.size() > kMaxCalls) return;
      got.calls.push_back({id, "", "", index});
      call = &got.calls.back();
    }
    if (call->id.empty()) call->id = id;
    call->name += function.get_string("name");
    Json arguments = function.get("arguments");
    call->arguments += arguments.as_string().value_or(arguments.is_null() ? "" : arguments.dump());
  }
}

std::string openai_finish_of(const std::string& reason) {
  if (reason == "length" || reason == "max_tokens") return "length";
  if (reason == "content_filter") return "refused";
  if (reason == "tool_calls" || reason == "function_call") return "tool_calls";
  if (reason == "error") return "broken";
  return "stop";
}

void openai_take_usage(const Json& usage, Collected& got) {
  if (!usage.is_object()) return;
  auto input = tokens(usage, "prompt_tokens"), output = tokens(usage, "completion_tokens");
  if (input) got.usage.input_total = input;
  if (output) got.usage.output_total = output;
  Json details = usage.get("prompt_tokens_details");
  if (auto read = tokens(details, "cached_tokens")) got.usage.cache_read = read;
  if (auto written = tokens(details, "cache_write_tokens")) got.usage.cache_write = written;
  if (auto thought = tokens(usage.get("completion_tokens_details"), "reasoning_tokens"))
    got.usage.reasoning = thought;
  if (input || output) got.usage.source = "reported";
  Json cost = usage.get("cost");
  if (cost.as_double()) got.cost = pico_dollars(cost.dump());
}

void openai_take(const Json& piece, Collected& got) {
  Json error = piece.get("error");
  if (!error.is_null()) {
    if (auto envelope = envelope_from(piece)) {
      got.failure = failure_of(0, envelope->code, envelope->type, envelope->text);
      got.failure_text = envelope->text;
      return;
    }
  }
  if (got.model.empty()) got.model = piece.get_string("model");
  if (got.id.empty()) got.id = piece.get_string("id");
  openai_take_usage(piece.get("usage"), got);
  std::vector<Json> choices = piece.get("choices").items();
  if (choices.empty()) return;
  const Json& choice = choices.front();
  Json whole = choice.get("message");
  Json part = whole.is_object() ? whole : choice.get("delta");
  got.text += text_of(part.get("content"));
  std::string refusal = part.get_string("refusal");
  if (!refusal.empty()) {
    got.text += refusal;
    got.refused = true;
  }
  take_calls(part.get("tool_calls"), got);
  std::string reason = choice.get_string("finish_reason");
  if (!reason.empty()) got.finish = openai_finish_of(reason);
  if (got.refused) got.finish = "refused";
  if (!reason.empty() || whole.is_object()) got.complete = true;
}

}  // namespace

const Dialect kOpenai = {"openai", "/chat/completions", Frames::Kind::kEvents, openai_body_of,
                         openai_take};

}  // namespace gf::model
