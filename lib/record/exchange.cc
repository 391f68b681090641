#include "record/exchange.h"

#include <fmt/format.h>

#include <limits>

#include "record/reader.h"

namespace gf::record {
namespace {

constexpr std::string_view kFailures[] = {"none",      "auth",      "quota",    "rate_limited",
                                          "overflow",  "truncated", "refused",  "bad_output",
                                          "transport", "config",    "cancelled"};
constexpr std::string_view kRoles[] = {"system", "user", "assistant", "tool"};

/// Counts stay at their largest value instead of overflowing.
std::optional<int64_t> sum(const std::optional<int64_t>& a, const std::optional<int64_t>& b) {
  if (!a) return b;
  if (!b) return a;
  int64_t both = 0;
  return __builtin_add_overflow(*a, *b, &both) ? std::numeric_limits<int64_t>::max() : both;
}

void set_known(Json& json, std::string_view key, const std::optional<int64_t>& value) {
  if (value) json.set(key, *value);
}

}  // namespace

std::string_view name_of(ModelFailure failure) { return kFailures[static_cast<size_t>(failure)]; }
std::string_view name_of(Message::Role role) { return kRoles[static_cast<size_t>(role)]; }

ModelFailure model_failure_of(std::string_view name) {
  return enumerator<ModelFailure>(kFailures, name).value_or(ModelFailure::kTransport);
}

Json to_json(const Message& message) {
  Json json = Json::object({{"role", name_of(message.role)}, {"content", message.content}});
  if (!message.tool_calls.empty()) {
    Json calls = Json::array();
    for (const ToolCall& call : message.tool_calls) {
      Json item =
          Json::object({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
      if (!call.malformed.empty()) item.set("malformed", call.malformed);
      calls.push(item);
    }
    json.set("tool_calls", calls);
  }
  if (message.role == Message::Role::kTool) {
    json.set("tool_call_id", message.tool_call_id);
    json.set("tool_name", message.tool_name);
  }
  return json;
}

Result<Message> message_from_json(const Json& json) {
  Reader in(json, "message", Exchange::kVersion);
  Message message;
  auto role = enumerator<Message::Role>(kRoles, in.text("role"));
  if (!role) in.fail("'role' is none of system, user, assistant, tool");
  message.role = role.value_or(Message::Role::kUser);
  message.content = in.text("content");
  for (const Json& item : in.list("tool_calls")) {
    Reader call(item, "tool call", Exchange::kVersion);
    message.tool_calls.push_back(
        {call.text("id"), call.text("name"), item.get("arguments"), call.text("malformed")});
    GF_TRY(call.done());
  }
  message.tool_call_id = in.text("tool_call_id");
  message.tool_name = in.text("tool_name");
  GF_TRY(in.done());
  return message;
}

Json to_json(const ToolSpec& tool) {
  return Json::object(
      {{"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}});
}

Json to_json(const Usage& usage) {
  Json json = Json::object({{"source", usage.source}});
  set_known(json, "input_total", usage.input_total);
  set_known(json, "cache_read", usage.cache_read);
  set_known(json, "cache_write", usage.cache_write);
  set_known(json, "output_total", usage.output_total);
  set_known(json, "reasoning", usage.reasoning);
  return json;
}

Result<Usage> usage_from_json(const Json& json) {
  if (json.is_null()) return Usage{};
  Reader in(json, "usage", Exchange::kVersion);
  Usage usage;
  usage.input_total = in.maybe_integer("input_total");
  usage.cache_read = in.maybe_integer("cache_read");
  usage.cache_write = in.maybe_integer("cache_write");
  usage.output_total = in.maybe_integer("output_total");
  usage.reasoning = in.maybe_integer("reasoning");
  if (json.has("source")) usage.source = in.text("source");
  GF_TRY(in.done());
  return usage;
}

Json to_json(const Cost& cost) {
  Json json = Json::object({{"basis", cost.basis}});
  set_known(json, "pico_usd", cost.pico_usd);
  return json;
}

Result<Cost> cost_from_json(const Json& json) {
  if (json.is_null()) return Cost{};
  Reader in(json, "cost", Exchange::kVersion);
  Cost cost;
  cost.pico_usd = in.maybe_integer("pico_usd");
  if (json.has("basis")) cost.basis = in.text("basis");
  GF_TRY(in.done());
  return cost;
}

Json to_json(const Paid& paid) {
  return Json::object({{"model", paid.model},
                       {"request_id", paid.request_id},
                       {"usage", to_json(paid.usage)},
                       {"cost", to_json(paid.cost)}});
}

Result<Paid> paid_from_json(const Json& json) {
  Reader in(json, "paid", Exchange::kVersion);
  Paid paid;
  paid.model = in.text("model");
  paid.request_id = in.text("request_id");
  paid.usage = in.inner("usage", usage_from_json(json.get("usage")));
  paid.cost = in.inner("cost", cost_from_json(json.get("cost")));
  GF_TRY(in.done());
  return paid;
}

Json to_json(const ModelRequest& request) {
  Json messages = Json::array(), tools = Json::array();
  for (const Message& message : request.messages) messages.push(to_json(message));
  for (const ToolSpec& tool : request.tools) tools.push(to_json(tool));
  Json json = Json::object({{"v", Exchange::kVersion},
                            {"stage", request.stage},
                            {"attempt", request.attempt},
                            {"turn", request.turn},
                            {"messages", messages},
                            {"tools", tools},
                            {"schema", request.schema}});
  if (request.temperature) json.set("temperature", *request.temperature);
  if (request.max_output_tokens > 0) json.set("max_output_tokens", request.max_output_tokens);
  return json;
}

Result<ModelRequest> request_from_json(const Json& json) {
  Reader in(json, "request", Exchange::kVersion);
  ModelRequest request;
  request.stage = in.text("stage");
  request.attempt = static_cast<int>(in.integer("attempt"));
  request.turn = static_cast<int>(in.integer("turn"));
  for (const Json& item : in.list("messages")) {
    GF_ASSIGN(auto message, message_from_json(item));
    request.messages.push_back(std::move(message));
  }
  for (const Json& item : in.list("tools")) {
    request.tools.push_back(
        {item.get_string("name"), item.get_string("description"), item.get("parameters")});
  }
  request.schema = json.get("schema");
  if (json.has("temperature")) request.temperature = in.number("temperature");
  request.max_output_tokens = in.integer("max_output_tokens");
  GF_TRY(in.done());
  return request;
}

Oid request_key(const ModelRequest& request) { return content_id(to_json(request).dump()); }

std::string to_text(const Cost& cost) {
  if (!cost.pico_usd) return "unpriced";
  constexpr int64_t kPico = 1'000'000'000'000;
  int64_t amount = *cost.pico_usd;
  // Four decimals, and more for a tiny amount until two digits that are not zero are shown.
  int decimals = 4;
  int64_t unit = kPico / 10000;
  while (amount > 0 && amount < unit * 10 && decimals < 12) {
    unit /= 10;
    ++decimals;
  }
  int64_t rounded = (amount + unit / 2) / unit;
  int64_t whole_units = kPico / unit;
  return fmt::format("${}.{:0{}}", rounded / whole_units, rounded % whole_units, decimals);
}

Cost operator+(const Cost& a, const Cost& b) {
  // What asked no model changes nothing.
  if (a.basis == "none") return b;
  if (b.basis == "none") return a;
  Cost result;
  int64_t sum = 0;
  // A sum that no longer fits was made by a hand; it is not known, which is what unpriced says.
  if (a.pico_usd && b.pico_usd && !__builtin_add_overflow(*a.pico_usd, *b.pico_usd, &sum))
    result.pico_usd = sum;
  result.basis = !result.pico_usd ? "unpriced" : a.basis == b.basis ? a.basis : "mixed";
  return result;
}

Usage operator+(const Usage& a, const Usage& b) {
  Usage result;
  result.input_total = sum(a.input_total, b.input_total);
  result.cache_read = sum(a.cache_read, b.cache_read);
  result.cache_write = sum(a.cache_write, b.cache_write);
  result.output_total = sum(a.output_total, b.output_total);
  result.reasoning = sum(a.reasoning, b.reasoning);
  result.source = a.source == "unknown"                           ? b.source
                  : b.source == "unknown" || a.source == b.source ? a.source
                                                                  : "mixed";
  return result;
}

}  // namespace gf::record
