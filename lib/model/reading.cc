// An answer as it comes in: collected, then judged.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/dialect.h"
#include "model/kinds.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

Reply failed(ModelFailure failure, std::string text) {
  Reply reply;
  reply.failure = failure;
  reply.text = std::move(text);
  return reply;
}

record::ModelAnswer answer_from(const Collected& got) {
  record::ModelAnswer answer;
  answer.message.role = record::Message::Role::kAssistant;
  answer.message.content = got.text;
  Json calls = Json::array();
  for (const Collected::Call& call : got.calls) {
    Json item = Json::object({{"name", call.name}});
    if (!call.id.empty()) item.set("id", call.id);
    // No arguments at all is what a tool without parameters gets.
    item.set("arguments", trim(call.arguments).empty() ? "{}" : call.arguments);
    calls.push(item);
  }
  answer.message.tool_calls = tool_calls_from(calls);
  answer.model = got.model;
  answer.request_id = got.id;
  answer.finish = answer.message.tool_calls.empty() ? got.finish : "tool_calls";
  answer.usage = got.usage;
  return answer;
}

/// Why what came is no answer; empty when it is one.
std::optional<Reply> objection(const Reading& reading) {
  const Collected& got = reading.got;
  if (reading.frames.is_page()) {
    Reply page = failed(ModelFailure::kConfig, "a web page came instead of an answer");
    page.again = Reply::Again::kNo;
    return page;
  }
  if (got.failure != ModelFailure::kNone) return failed(got.failure, got.failure_text);
  if (reading.broken)
    return failed(ModelFailure::kTransport, "the answer's stream holds something that is no JSON");
  if (!got.complete) {
    return failed(ModelFailure::kTransport, reading.bytes == 0
                                                ? "the answer is empty"
                                                : "the answer broke off before its end");
  }
  if (got.calls.size() > kMaxCalls)
    return failed(ModelFailure::kBadOutput,
                  fmt::format("the answer has {} tool calls", got.calls.size()));
  if (got.finish == "length")
    return failed(ModelFailure::kTruncated, "the answer was cut at its limit of tokens");
  if (got.finish == "broken")
    return failed(ModelFailure::kTransport, "the service paused before the answer's end");
  if (got.finish == "overflow")
    return failed(ModelFailure::kOverflow, "the conversation does not fit the model's context");
  if (got.finish == "refused") {
    std::string why = printable(clipped(std::string(trim(got.text)), 200));
    return failed(
        ModelFailure::kRefused,
        why.empty() ? "the model refused" : "the model refused: " + replace_all(why, "\n", " "));
  }
  for (const Collected::Call& call : got.calls) {
    if (call.name.empty()) return failed(ModelFailure::kBadOutput, "a tool call has no name");
  }
  return std::nullopt;
}

}  // namespace

bool Reading::feed(std::string_view more) {
  bytes += more.size();
  return frames.feed(more, [this](std::string_view text) {
    if (trim(text) == "[DONE]") {
      got.complete = got.complete || !got.finish.empty() || !got.text.empty() || !got.calls.empty();
      return false;
    }
    auto json = Json::parse(text);
    if (!json.ok() || !json->is_object()) {
      broken = true;
      return false;
    }
    dialect.take(*json, got);
    return got.failure == ModelFailure::kNone;
  });
}

Reply Reading::end() {
  if (!broken && got.failure == ModelFailure::kNone) {
    (void)frames.end([this](std::string_view text) {
      if (trim(text) == "[DONE]") {
        got.complete = got.complete || !got.finish.empty();
        return false;
      }
      auto json = Json::parse(text);
      // A last line without its end may be cut: that is a broken stream only if nothing ended it.
      if (json.ok() && json->is_object()) {
        dialect.take(*json, got);
      } else if (!got.complete) {
        broken = bytes > 0 && !text.starts_with("{");
      }
      return true;
    });
  }
  if (std::optional<Reply> no = objection(*this)) {
    bool counted = got.usage.input_total || got.usage.output_total;
    if (counted) no->paid = record::Paid{got.model, got.id, got.usage, {}};
    return *no;
  }
  Reply reply;
  reply.answer = answer_from(got);
  return reply;
}

std::optional<int64_t> tokens(const Json& json, std::string_view key) {
  auto value = json.get(key).as_int();
  constexpr int64_t kMost = 1'000'000'000'000;
  return value && *value >= 0 && *value < kMost ? value : std::nullopt;
}

}  // namespace gf::model
