// An exchange: one request to a model and its answer, or the failure to get one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "record/json.h"

namespace gf::record {

/// A tool that the model wants called.
struct ToolCall {
  std::string id;         ///< the service's name for the call; the answer carries it
  std::string name;       ///< of the tool; may be one that was not offered
  Json arguments;         ///< an object; when the model sent something else, see `malformed`
  std::string malformed;  ///< the text of arguments that were not a JSON object; else empty

  bool operator==(const ToolCall&) const = default;
};

struct Canonical;

/// One turn of a conversation.
struct Message {
  enum class Role { kSystem, kUser, kAssistant, kTool };
  Role role = Role::kUser;
  std::string content;               ///< may be empty beside tool calls
  std::vector<ToolCall> tool_calls;  ///< of an assistant
  std::string tool_call_id;          ///< of a tool's answer: the call it answers
  std::string tool_name;             ///< of a tool's answer
  /// Made by seal(), shared by copies, and asked for with canonical() alone.
  std::shared_ptr<const Canonical> sealed = nullptr;
};

/// The text that a message is kept as, to_json(message).dump(), and its id.
struct Canonical {
  Message of;  ///< what it was made from
  std::string text;
  Oid id;
};
/// Of this very message: what seal() made when not a byte of the message has changed since, else
/// made now. So a text can never be an older message's; telling costs one comparison.
std::shared_ptr<const Canonical> canonical(const Message& message);
/// A conversation repeats itself with every turn: what is sealed goes to JSON and is hashed once.
void seal(Message& message);
/// The same role, content, calls and tool.
bool same(const Message& a, const Message& b);

/// A tool as it is offered to the model.
struct ToolSpec {
  std::string name;
  std::string description;  ///< for the model
  Json parameters;          ///< JSON Schema of the arguments
};

/// What is asked of a model: everything it gets to see, and nothing about who will answer.
struct ModelRequest {
  std::string stage;  ///< who asks: plan, build, ...
  int attempt = 1;    ///< of the stage, from 1
  int turn = 1;       ///< of the conversation, from 1
  std::vector<Message> messages;
  std::vector<ToolSpec> tools;  ///< those that may be called; none: just answer
  Json schema;                  ///< JSON Schema of the final answer; null when it is free text
  std::optional<double> temperature;  ///< absent: the provider's default
  int64_t max_output_tokens = 0;      ///< 0: the provider's default
};

/// Tokens. Absent: not told, which is not 0.
struct Usage {
  std::optional<int64_t> input_total;   ///< what came from a cache included (INTEGRATIONS A.5)
  std::optional<int64_t> cache_read;    ///< of the input: read from the service's cache
  std::optional<int64_t> cache_write;   ///< of the input: written to it
  std::optional<int64_t> output_total;  ///< reasoning included
  std::optional<int64_t> reasoning;     ///< of the output
  std::string source = "unknown";       ///< reported, estimated, unknown; of a sum mixed too
};

/// Money as an integer of 10^-12 dollars: sums are exact.
struct Cost {
  std::optional<int64_t> pico_usd;  ///< absent: unpriced, which is not 0
  /// Where the price is from: provider, user-file, table:<date>, local, scripted, unpriced; none
  /// when no model was asked; of a sum mixed too.
  std::string basis = "unpriced";
};

/// INTEGRATIONS A.6; kNone is success.
enum class ModelFailure {
  kNone,
  kAuth,         ///< no key, or one that is not taken
  kQuota,        ///< the account's money or allowance is used up
  kRateLimited,  ///< too fast; later it may be taken
  kOverflow,     ///< the request is too long for the model
  kTruncated,    ///< the answer reached its limit of tokens
  kRefused,      ///< the model or the service would not
  kBadOutput,    ///< an answer that cannot be used as it is
  kTransport,    ///< the network, or a service that is down
  kConfig,       ///< no such model, or an option that it does not take
  kCancelled,    ///< somebody stopped it
};

struct ModelAnswer {
  Message message;           ///< the assistant's turn
  std::string model;         ///< who says it answered; "scripted" for scripted answers
  std::string provider;      ///< as configured: the one of a fallback chain that gave it
  std::string finish;        ///< stop, tool_calls, length, refusal, ...
  std::string request_id;    ///< the service's own, when it told one
  Usage usage;               ///< of this call alone
  Cost cost;                 ///< the same
  Milliseconds duration{0};  ///< from the request's first byte to the answer's last
};

/// What a call cost that gave no answer we could use: it was cut, refused, or broke off.
struct Paid {
  std::string model;       ///< who says it answered; may be empty
  std::string request_id;  ///< the service's own, when it told one
  Usage usage;
  Cost cost;
};

/// What is kept of one call, failed ones too.
struct Exchange {
  static constexpr int kVersion = 1;
  int seq = 0;              ///< within the run, from 1
  std::string provider;     ///< as configured
  std::string model_asked;  ///< the same
  ModelRequest request;
  std::optional<ModelAnswer> answer;           ///< absent: the call failed
  ModelFailure failure = ModelFailure::kNone;  ///< why
  std::string failure_text;                    ///< what the service said; else empty
  std::optional<Paid> paid;                    ///< of a failed call that the service counted
  int attempt = 1;           ///< how often this provider was asked for this answer, from 1
  Timestamp started{};       ///< UTC, to the millisecond
  Milliseconds duration{0};  ///< of the call, waiting between tries left out
};

/// The id that git gives a blob of this text: the same text has the same name here and there.
Oid content_id(std::string_view text);

std::string_view name_of(ModelFailure failure);
ModelFailure model_failure_of(std::string_view name);  ///< an unknown name is kTransport
std::string_view name_of(Message::Role role);

Json to_json(const Message& message);
Result<Message> message_from_json(const Json& json);
Json to_json(const ToolSpec& tool);
Json to_json(const Usage& usage);
Json to_json(const Cost& cost);
Json to_json(const Paid& paid);
Result<Paid> paid_from_json(const Json& json);
Result<Usage> usage_from_json(const Json& json);
Result<Cost> cost_from_json(const Json& json);
/// All but the message, which is kept in a blob of its own.
Json to_json(const ModelAnswer& answer);
/// All but the request and the answer's message: the store puts them beside it.
Json to_json(const Exchange& exchange);
Result<Exchange> exchange_from_json(const Json& json);

/// The request as the record keeps it and as `command` programs get it: stable text for equal
/// requests, no provider, no time, no path of a machine.
Json to_json(const ModelRequest& request);
/// The same with an empty list of messages.
Json frame_of(const ModelRequest& request);
Result<ModelRequest> request_from_json(const Json& json);
/// Identifies a request in a replay: the git blob id of its canonical JSON.
Oid request_key(const ModelRequest& request);

/// "$0.0132", "unpriced".
std::string to_text(const Cost& cost);
/// The sum; unpriced as soon as one part is.
Cost operator+(const Cost& a, const Cost& b);
Usage operator+(const Usage& a, const Usage& b);

}  // namespace gf::record
