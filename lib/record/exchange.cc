// Exchanges as JSON, and what they cost.
#include "record/exchange.h"

#include <fmt/format.h>

#include "record/described_json.h"
#include "record/sums.h"

namespace gf::record {

std::string_view name_of(ModelFailure failure) { return name_in_list(failure); }
std::string_view name_of(Message::Role role) { return name_in_list(role); }

ModelFailure model_failure_of(std::string_view name) {
  return value_in_list<ModelFailure>(name).value_or(ModelFailure::kTransport);
}

Json to_json(const Message& message) {
  Json json = written(message);
  if (message.role == Message::Role::kTool) {
    json.set("tool_call_id", message.tool_call_id);
    json.set("tool_name", message.tool_name);
  }
  return json;
}

template <>
Result<Message> read_record(const Json& json) {
  Reader in(json, Description<Message>::kWhat, Description<Message>::kVersion);
  Message message;
  read_fields(in, message);
  read(in, "tool_call_id", in.member("tool_call_id").value_or(""), message.tool_call_id);
  read(in, "tool_name", in.member("tool_name").value_or(""), message.tool_name);
  GF_TRY(in.done());
  return message;
}

Json to_json(const ToolSpec& tool) { return written(tool); }
Json to_json(const Usage& usage) { return written(usage); }
Json to_json(const Cost& cost) { return written(cost); }
Json to_json(const Paid& paid) { return written(paid); }
Json to_json(const ModelAnswer& answer) { return written(answer); }
Json to_json(const ModelRequest& request) { return written(request); }
Json frame_of(const ModelRequest& request) {
  Json json = written(request, "messages");
  json.set("messages", Json::array());
  return json;
}
Json to_json(const Exchange& exchange) { return written(exchange); }

Result<Message> message_from_json(const Json& json) { return read_record<Message>(json); }
Result<Usage> usage_from_json(const Json& json) {
  return json.is_null() ? Usage{} : read_record<Usage>(json);
}
Result<Cost> cost_from_json(const Json& json) {
  return json.is_null() ? Cost{} : read_record<Cost>(json);
}
Result<Paid> paid_from_json(const Json& json) { return read_record<Paid>(json); }
Result<ModelRequest> request_from_json(const Json& json) { return read_record<ModelRequest>(json); }
Result<Exchange> exchange_from_json(const Json& json) { return read_record<Exchange>(json); }

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
  result.input_total = capped_sum(a.input_total, b.input_total);
  result.cache_read = capped_sum(a.cache_read, b.cache_read);
  result.cache_write = capped_sum(a.cache_write, b.cache_write);
  result.output_total = capped_sum(a.output_total, b.output_total);
  result.reasoning = capped_sum(a.reasoning, b.reasoning);
  result.source = a.source == "unknown"                           ? b.source
                  : b.source == "unknown" || a.source == b.source ? a.source
                                                                  : "mixed";
  return result;
}

}  // namespace gf::record
