// Answers from the record: a replay asks nobody.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/provider.h"

namespace gf::model {
namespace {

/// "differs at byte 3: 'hel' instead of 'hep'", with a little of what goes before.
std::string difference(const std::string& a, const std::string& b) {
  size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  size_t from = at > 20 ? at - 20 : 0;
  auto around = [&](const std::string& text) {
    return printable(to_utf8(clipped(text.substr(std::min(from, text.size())), 60)));
  };
  return fmt::format("differs at byte {}: '{}' instead of '{}'", at, around(a), around(b));
}

std::string first_difference(const record::ModelRequest& asked, const record::ModelRequest& kept) {
  size_t common = std::min(asked.messages.size(), kept.messages.size());
  for (size_t i = 0; i < common; ++i) {
    const std::string& a = asked.messages[i].content;
    const std::string& b = kept.messages[i].content;
    if (record::to_json(asked.messages[i]) == record::to_json(kept.messages[i])) continue;
    std::string role(record::name_of(asked.messages[i].role));
    if (asked.messages[i].role != kept.messages[i].role)
      return fmt::format("message {} is of {} instead of {}", i + 1, role,
                         record::name_of(kept.messages[i].role));
    if (a != b) return fmt::format("message {} ({}) {}", i + 1, role, difference(a, b));
    return fmt::format("message {} ({}) {} in its tool calls", i + 1, role,
                       difference(record::to_json(asked.messages[i]).dump(),
                                  record::to_json(kept.messages[i]).dump()));
  }
  if (asked.messages.size() != kept.messages.size()) {
    return fmt::format("{} messages instead of {}", asked.messages.size(), kept.messages.size());
  }
  if (!(asked.schema == kept.schema))
    return "the schema " + difference(asked.schema.dump(), kept.schema.dump());
  if (asked.temperature != kept.temperature) {
    auto told = [](const std::optional<double>& value) {
      return value ? fmt::format("{}", *value) : std::string("none");
    };
    return fmt::format("the temperature is {} instead of {}", told(asked.temperature),
                       told(kept.temperature));
  }
  if (asked.max_output_tokens != kept.max_output_tokens)
    return fmt::format("the limit is {} tokens instead of {}", asked.max_output_tokens,
                       kept.max_output_tokens);
  if (asked.tools.size() != kept.tools.size())
    return fmt::format("{} instead of {}", counted(asked.tools.size(), "tool"), kept.tools.size());
  for (size_t i = 0; i < asked.tools.size(); ++i) {
    std::string a = record::to_json(asked.tools[i]).dump();
    std::string b = record::to_json(kept.tools[i]).dump();
    if (a != b) return fmt::format("the tool '{}' {}", asked.tools[i].name, difference(a, b));
  }
  return fmt::format("it is attempt {} turn {} there", kept.attempt, kept.turn);
}

/// Of the same stage; better of the same attempt, best of the same turn of it. Null: none.
const record::Exchange* nearest(const std::vector<record::Exchange>& all,
                                const record::ModelRequest& request) {
  const record::Exchange* best = nullptr;
  int best_score = -1;
  for (const record::Exchange& exchange : all) {
    if (exchange.request.stage != request.stage) continue;
    int score = exchange.request.attempt != request.attempt ? 0
                : exchange.request.turn != request.turn     ? 1
                                                            : 2;
    if (score > best_score) best = &exchange;
    best_score = std::max(best_score, score);
  }
  return best;
}

}  // namespace

Recorded::Recorded(Reference reference, std::vector<record::Exchange> exchanges)
    : reference_(std::move(reference)), all_(std::move(exchanges)) {
  for (const record::Exchange& exchange : all_) {
    std::string key = record::request_key(exchange.request).hex();
    if (exchange.answer) {
      by_key_[key].push_back(exchange);
    } else {
      failed_[key] = exchange;
    }
  }
}

bool Recorded::knows(const record::ModelRequest& request) const {
  return by_key_.contains(record::request_key(request).hex());
}

Result<Reply> Recorded::ask(const record::ModelRequest& request, const Cancel& cancel) {
  GF_TRY(cancel.check());
  Reply reply;
  std::string key = record::request_key(request).hex();
  auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    // The same question asked twice got two answers, in their order; the last one stands for more.
    size_t turn = std::min(used_[key]++, found->second.size() - 1);
    reply.answer = found->second[turn].answer;
    return reply;
  }
  if (auto failed = failed_.find(key); failed != failed_.end()) {
    reply.failure = failed->second.failure;
    reply.text = failed->second.failure_text;
    reply.again = Reply::Again::kNo;
    return reply;
  }
  reply.failure = record::ModelFailure::kConfig;
  reply.text = fmt::format("nothing is recorded for {} {} turn {}", request.stage, request.attempt,
                           request.turn);
  if (const record::Exchange* kept = nearest(all_, request)) {
    reply.text += ": " + first_difference(request, kept->request);
  }
  return reply;
}

}  // namespace gf::model
