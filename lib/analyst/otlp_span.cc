#include "analyst/otlp_span.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyst/otlp_names.h"
#include "base/text.h"

namespace gf::analyst::otel {
namespace {

using record::Json;

/// Digits of a hash: never all zero, which the protocol forbids.
std::string id_of(const std::string& text, int digits) {
  return record::content_id(text).short_hex(static_cast<size_t>(digits));
}

/// 64-bit numbers are decimal strings in OTLP/JSON.
std::string nanos(Timestamp time) {
  return fmt::format("{}000000", time.time_since_epoch().count());
}

/// Exact: a cost is a whole number of 10^-12 dollars.
std::string dollars(int64_t pico) {
  constexpr int64_t unit = 1'000'000'000'000;
  std::string text = fmt::format("{}.{:012}", pico / unit, pico % unit);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

Json text_part(const std::string& text) {
  return Json::object({{"type", "text"}, {"content", text}});
}

Json message_of(const record::Message& message) {
  Json parts = Json::array();
  if (message.role == record::Message::Role::kTool) {
    parts.push(Json::object({{"type", "tool_call_response"},
                             {"id", message.tool_call_id},
                             {"response", message.content}}));
  } else if (!message.content.empty()) {
    parts.push(text_part(message.content));
  }
  for (const record::ToolCall& call : message.tool_calls) {
    parts.push(Json::object(
        {{"type", "tool_call"},
         {"id", call.id},
         {"name", call.name},
         {"arguments", call.malformed.empty() ? call.arguments : Json(call.malformed)}}));
  }
  return Json::object({{"role", record::name_of(message.role)}, {"parts", parts}});
}

}  // namespace

Json text_value(const std::string& text) { return Json::object({{"stringValue", text}}); }

Json attribute(const char* name, Json value) {
  return Json::object({{"key", name}, {"value", std::move(value)}});
}

Span::Span(const std::string& run, const std::string& key, const std::string& parent_key,
           std::string name, SpanKind kind)
    : attributes_(Json::array()) {
  json_ = Json::object({{"traceId", id_of("trace of " + run, 32)},
                        {"spanId", id_of("span " + key + " of " + run, 16)},
                        {"name", std::move(name)},
                        {"kind", static_cast<int>(kind)}});
  if (!parent_key.empty())
    json_.set("parentSpanId", id_of("span " + parent_key + " of " + run, 16));
}

Span& Span::time(Timestamp start, Timestamp end) {
  json_.set("startTimeUnixNano", nanos(start));
  json_.set("endTimeUnixNano", nanos(std::max(start, end)));
  return *this;
}

Span& Span::add(const char* name, Json value) {
  attributes_.push(attribute(name, std::move(value)));
  return *this;
}

Span& Span::set(const char* name, const std::string& value) {
  return value.empty() ? *this : add(name, text_value(value));
}

Span& Span::set(const char* name, std::optional<int64_t> value) {
  return value ? add(name, Json::object({{"intValue", std::to_string(*value)}})) : *this;
}

Span& Span::set_double(const char* name, std::optional<double> value) {
  return value ? add(name, Json::object({{"doubleValue", *value}})) : *this;
}

Span& Span::set_flag(const char* name, bool value) {
  return add(name, Json::object({{"boolValue", value}}));
}

Span& Span::set_list(const char* name, const std::vector<std::string>& values) {
  Json all = Json::array();
  for (const std::string& value : values) all.push(text_value(value));
  return add(name, Json::object({{"arrayValue", Json::object({{"values", all}})}}));
}

Span& Span::set(const record::Cost& cost) {
  if (cost.pico_usd) set(kCost, dollars(*cost.pico_usd));
  return set(kCostBasis, cost.basis);
}

Span& Span::ok() {
  json_.set("status", Json::object({{"code", 1}}));
  return *this;
}

Span& Span::failed(const std::string& type, const std::string& why) {
  json_.set("status", Json::object({{"code", 2}, {"message", clipped(why, 500)}}));
  return set(kErrorType, type.empty() ? "_OTHER" : type);
}

Json Span::json() const {
  Json whole = json_;
  whole.set("attributes", attributes_);
  return whole;
}

void set_messages(Span& span, const record::Exchange& exchange) {
  Json system = Json::array(), input = Json::array(), tools = Json::array();
  for (const record::Message& message : exchange.request.messages) {
    if (message.role == record::Message::Role::kSystem) {
      system.push(text_part(message.content));
    } else {
      input.push(message_of(message));
    }
  }
  for (const record::ToolSpec& tool : exchange.request.tools) {
    tools.push(Json::object({{"type", "function"},
                             {"name", tool.name},
                             {"description", tool.description},
                             {"parameters", tool.parameters}}));
  }
  if (system.size() > 0) span.set(kSystem, system.dump());
  span.set(kInput, input.dump());
  if (tools.size() > 0) span.set(kTools, tools.dump());
  if (!exchange.answer) return;
  Json answer = message_of(exchange.answer->message);
  answer.set("finish_reason", exchange.answer->finish);
  span.set(kOutput, Json::array({answer}).dump());
}

}  // namespace gf::analyst::otel
