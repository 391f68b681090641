// The text and the id of a message, made once, and of a request that is made of such messages.
#include <algorithm>
#include <string>

#include "record/exchange.h"

namespace gf::record {
namespace {

bool same_call(const ToolCall& a, const ToolCall& b) {
  return a.id == b.id && a.name == b.name && a.malformed == b.malformed &&
         a.arguments == b.arguments;
}

std::shared_ptr<const Canonical> made_from(const Message& message) {
  auto made = std::make_shared<Canonical>();
  made->of = message;
  made->of.sealed = nullptr;
  made->text = to_json(message).dump();
  made->id = content_id(made->text);
  return made;
}

}  // namespace

bool same(const Message& a, const Message& b) {
  return a.role == b.role && a.content == b.content && a.tool_call_id == b.tool_call_id &&
         a.tool_name == b.tool_name &&
         std::equal(a.tool_calls.begin(), a.tool_calls.end(), b.tool_calls.begin(),
                    b.tool_calls.end(), same_call);
}

std::shared_ptr<const Canonical> canonical(const Message& message) {
  bool holds = message.sealed != nullptr && same(message.sealed->of, message);
  return holds ? message.sealed : made_from(message);
}

void seal(Message& message) { message.sealed = canonical(message); }

Oid request_key(const ModelRequest& request) {
  // Keys are sorted, and what comes before the messages are numbers: the first place is theirs.
  constexpr std::string_view kPlace = "\"messages\":[";
  std::string frame = frame_of(request).dump();
  size_t place = frame.find(kPlace) + kPlace.size();
  std::string text = frame.substr(0, place);
  for (size_t i = 0; i < request.messages.size(); ++i) {
    if (i > 0) text += ',';
    text += canonical(request.messages[i])->text;
  }
  return content_id(text.append(frame, place));
}

}  // namespace gf::record
