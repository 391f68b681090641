// One taxonomy for what services say when they do not answer (INTEGRATIONS A.6).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/dialect.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

bool any_of(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

bool is_overflow(const std::string& text) {
  return any_of(text, {"context_length_exceeded", "exceed_context_size", "context length",
                       "context window", "context size", "maximum context", "prompt is too long",
                       "input is too long", "too many tokens", "exceeds the available context",
                       "exceed context limit", "request_too_large", "model_context_window"});
}

bool is_quota(const std::string& text) {
  return any_of(text, {"insufficient_quota", "billing", "credit balance", "insufficient credit",
                       "out of credits", "spend limit", "spending limit", "usage limit",
                       "exceeded your current quota", "monthly limit", "payment required"});
}

/// What an error that comes inside a 200 says by its type alone.
ModelFailure by_type(const std::string& type) {
  if (any_of(type, {"authentication", "permission"})) return ModelFailure::kAuth;
  if (any_of(type, {"rate_limit", "overloaded", "too_many_requests"}))
    return ModelFailure::kRateLimited;
  if (any_of(type, {"not_found", "invalid_request"})) return ModelFailure::kConfig;
  return ModelFailure::kTransport;
}

std::string reason(long status) {
  constexpr std::array<std::pair<long, const char*>, 12> kWords = {{
      {400, "bad request"},
      {401, "not allowed in"},
      {402, "payment required"},
      {403, "forbidden"},
      {404, "not found"},
      {408, "timed out"},
      {413, "too large"},
      {429, "too many requests"},
      {500, "server error"},
      {502, "bad gateway"},
      {503, "unavailable"},
      {529, "overloaded"},
  }};
  for (const auto& [number, words] : kWords) {
    if (number == status) return fmt::format("{} {}", number, words);
  }
  return fmt::format("status {}", status);
}

std::string one_line(const std::string& text) {
  std::string line = printable(to_utf8(clipped(trim(text), 300)));
  return replace_all(replace_all(line, "\r", ""), "\n", " ");
}

}  // namespace

ModelFailure failure_of(long status, const std::string& code, const std::string& type,
                        const std::string& text) {
  std::string all = lower(code + " " + type + " " + text);
  if (is_quota(all) && status != 401 && status != 403) return ModelFailure::kQuota;
  switch (status) {
    case 0:
      return is_overflow(all) ? ModelFailure::kOverflow : by_type(lower(type + " " + code));
    case 401:
    case 403:
      return ModelFailure::kAuth;
    case 402:
      return ModelFailure::kQuota;
    case 413:
      return ModelFailure::kOverflow;
    case 429:
    case 503:
    case 529:
      return ModelFailure::kRateLimited;
    case 408:
    case 409:
    case 425:
      return ModelFailure::kTransport;
    default:
      break;
  }
  // llama-server and Ollama also tell an overflow with a 500.
  if (is_overflow(all)) return ModelFailure::kOverflow;
  if (status >= 500) return ModelFailure::kTransport;
  return ModelFailure::kConfig;
}

std::optional<Envelope> envelope_from(const Json& json) {
  Json error = json.get("error");
  if (auto text = error.as_string()) return Envelope{*text, "", ""};
  if (!error.is_object()) return std::nullopt;
  Envelope envelope{error.get_string("message"), error.get_string("type"), {}};
  Json code = error.get("code");
  envelope.code = code.as_string().value_or(code.as_int() ? code.dump() : "");
  if (envelope.text.empty()) envelope.text = error.dump();
  return envelope;
}

Reply refusal(const net::Answer& answer, Timestamp now) {
  Reply reply;
  Envelope envelope;
  auto json = Json::parse(answer.body);
  if (json.ok()) {
    // Some servers wrap the object in a list.
    Json first = json->is_array() && json->size() > 0 ? json->items().front() : *json;
    if (auto found = envelope_from(first)) envelope = *found;
    if (envelope.text.empty())
      envelope.text = first.get_string("message", first.get_string("detail"));
  } else if (!trim(answer.body).starts_with("<")) {
    envelope.text = answer.body;
  }
  reply.failure = failure_of(answer.status, envelope.code, envelope.type, envelope.text);
  std::string words = one_line(envelope.text);
  reply.text = words.empty() ? reason(answer.status) : reason(answer.status) + ": " + words;
  if (answer.status >= 300 && answer.status < 400) {
    reply.failure = ModelFailure::kConfig;
    reply.text = fmt::format("it has moved to '{}' (status {}), and keys go to no other place",
                             printable(net::shown(answer.header("location"))), answer.status);
  }
  reply.retry_after = net::retry_after(answer, now);
  std::string word = answer.header("x-should-retry");
  bool hopeless = reply.failure == ModelFailure::kQuota || reply.failure == ModelFailure::kAuth;
  if (word == "false") reply.again = Reply::Again::kNo;
  if (word == "true" && !hopeless && reply.failure == ModelFailure::kConfig)
    reply.failure = ModelFailure::kTransport;
  return reply;
}

std::string refused_part(const std::string& text, const Shape& shape, const Json& body) {
  std::string words = lower(text);
  Json format = body.get("response_format");
  auto fresh = [&](const char* part) { return !shape.refused.contains(part); };
  if (any_of(words, {"response_format", "json_schema", "json_object", "structured output",
                     "grammar", "schema"}) &&
      !format.is_null()) {
    return format.get_string("type");
  }
  if (any_of(words, {"output_config", "output_format", "schema", "structured output"}) &&
      body.has("output_config"))
    return "output_config";
  if (words.find("max_completion_tokens") != std::string::npos &&
      body.has("max_completion_tokens") && fresh("max_completion_tokens"))
    return "max_completion_tokens";
  if (words.find("max_tokens") != std::string::npos && body.has("max_tokens") &&
      !shape.must_limit && fresh("max_tokens"))
    return "max_tokens";
  if (words.find("stream_options") != std::string::npos && body.has("stream_options"))
    return "stream_options";
  if (words.find("temperature") != std::string::npos && body.has("temperature"))
    return "temperature";
  if (words.find("cache_control") != std::string::npos && shape.cache && fresh("cache_control"))
    return "cache_control";
  return {};
}

}  // namespace gf::model
