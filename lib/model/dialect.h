// How services are spoken to over HTTP: pure functions from a request to a body, and from what
// comes back, piece by piece, to a Reply. For this room and its tests.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/provider.h"
#include "net/http.h"

namespace gf::model {

/// What a request is made for, beside the request itself.
struct Shape {
  std::string model;
  int64_t num_ctx = 0;       ///< ollama's window
  int64_t max_output = 0;    ///< tokens of one answer; 0: the service's own limit
  bool cache = true;         ///< anthropic: mark what later turns read again
  bool newer_limit = false;  ///< openai: the limit is called max_completion_tokens
  bool must_limit = false;   ///< anthropic: a request without a limit is refused
  /// Parts of a request that this server refused before: json_schema, json_object, temperature,
  /// max_tokens, max_completion_tokens, stream_options, output_config, cache_control.
  std::set<std::string> refused;
};

/// Cuts a stream into JSON texts as the bytes arrive: lines of NDJSON, data of server-sent events,
/// or the whole when the server does not stream.
class Frames {
 public:
  enum class Kind { kLines, kEvents };
  explicit Frames(Kind kind) : kind_(kind) {}
  /// Gives each complete text to `take` until that says false; false then.
  bool feed(std::string_view bytes, const std::function<bool(std::string_view)>& take);
  /// The rest after the last byte.
  bool end(const std::function<bool(std::string_view)>& take);
  /// Did it begin like a web page?
  [[nodiscard]] bool is_page() const { return form_ == Form::kPage; }

 private:
  enum class Form { kUnknown, kStream, kWhole, kPage };
  bool line(std::string_view line, const std::function<bool(std::string_view)>& take);
  Kind kind_;
  Form form_ = Form::kUnknown;
  std::string rest_;   ///< bytes of a line that has no end yet
  size_t looked_ = 0;  ///< bytes of rest_ that hold no line's end
  std::string data_;   ///< of an event that has no end yet
};

/// More tool calls in one answer are a model gone astray.
constexpr size_t kMaxCalls = 128;

/// What came of an answer so far.
struct Collected {
  struct Call {
    std::string id, name, arguments;  ///< arguments: JSON text, maybe still cut
    int64_t index = -1;               ///< as the service counts them
  };
  std::string text;
  std::vector<Call> calls;
  std::string model, id;
  std::string finish;  ///< stop, tool_calls, length, refused, overflow, broken; empty: not told yet
  bool complete = false;
  bool refused = false;
  bool remote = false;  ///< ollama: it was answered elsewhere
  record::Usage usage;
  std::optional<int64_t> cost;  ///< told by the service
  /// Bytes of words and of calls' arguments so far.
  [[nodiscard]] size_t size() const {
    size_t all = text.size();
    for (const Call& call : calls) all += call.arguments.size();
    return all;
  }
  /// Set when the service reports an error inside the answer.
  record::ModelFailure failure = record::ModelFailure::kNone;
  std::string failure_text;
};

/// One way of speaking. All three functions are pure.
struct Dialect {
  std::string_view kind;  ///< ollama, openai, anthropic
  std::string_view path;  ///< after the base address
  Frames::Kind frames;
  record::Json (*body)(const record::ModelRequest& request, const Shape& shape);
  void (*take)(const record::Json& piece, Collected& so_far);
};
extern const Dialect kOllama, kOpenai, kAnthropic;

/// Reads a whole stream as far as it came: the same as what a provider does while it comes.
struct Reading {
  explicit Reading(const Dialect& spoken) : dialect(spoken), frames(spoken.frames) {}
  /// False: enough, what follows changes nothing.
  bool feed(std::string_view bytes);
  /// After the last byte: an answer, or why there is none. Usage of a failure is in Reply::paid.
  Reply end();

  const Dialect& dialect;
  Frames frames;
  Collected got;
  size_t bytes = 0;
  bool broken = false;  ///< a piece was no JSON
};

/// What kind of failure a service's own words are; `status` 0 inside a stream. `code` and `type`
/// as the service names them, `text` its message.
record::ModelFailure failure_of(long status, const std::string& code, const std::string& type,
                                const std::string& text);
/// Reads an error's envelope in any dialect: {"error": text | {message, type, code}}.
struct Envelope {
  std::string text, type, code;
};
std::optional<Envelope> envelope_from(const record::Json& json);
/// A status other than 2xx. `part`: what the request may leave out next time, named by the error;
/// empty when it is none of ours.
Reply refusal(const net::Answer& answer, Timestamp now);
std::string refused_part(const std::string& text, const Shape& shape, const record::Json& body);

/// The messages with ids of tool calls that no two share and that every service takes.
std::vector<record::Message> with_unique_ids(std::vector<record::Message> messages);
/// The messages with the request's schema in the system's words, for who does not enforce it.
std::vector<record::Message> with_schema_in_prompt(const record::ModelRequest& request);
/// Without "$schema", which some servers take for a constraint.
record::Json plain_schema(record::Json schema);
/// A count of tokens; empty for what is none.
std::optional<int64_t> tokens(const record::Json& json, std::string_view key);

}  // namespace gf::model
