// Answers from the record: a replay asks nobody.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/provider.h"

namespace gf::model {
namespace {

std::string first_difference(const record::ModelRequest& asked, const record::ModelRequest& kept) {
  size_t common = std::min(asked.messages.size(), kept.messages.size());
  for (size_t i = 0; i < common; ++i) {
    const std::string& a = asked.messages[i].content;
    const std::string& b = kept.messages[i].content;
    if (record::to_json(asked.messages[i]) == record::to_json(kept.messages[i])) continue;
    size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
    return fmt::format("message {} ({}) differs at byte {}: '{}'", i + 1,
                       record::name_of(asked.messages[i].role), at,
                       printable(clipped(a.substr(at > 20 ? at - 20 : 0), 60)));
  }
  if (asked.messages.size() != kept.messages.size()) {
    return fmt::format("{} messages instead of {}", asked.messages.size(), kept.messages.size());
  }
  if (!(asked.schema == kept.schema)) return "the schema differs";
  if (asked.temperature != kept.temperature) return "the temperature differs";
  return "the tools differ";
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
    if (exchange.answer) by_key_[record::request_key(exchange.request).hex()].push_back(exchange);
  }
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
  reply.failure = record::ModelFailure::kConfig;
  reply.text = fmt::format("nothing is recorded for {} {} turn {}", request.stage, request.attempt,
                           request.turn);
  if (const record::Exchange* kept = nearest(all_, request)) {
    reply.text += ": " + first_difference(request, kept->request);
  }
  return reply;
}

}  // namespace gf::model
