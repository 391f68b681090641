// What the asker finds on record instead of asking: of this run, or of the one that is replayed.
#include <fmt/format.h>

#include <algorithm>

#include "line/asker.h"
#include "line/retry.h"

namespace gf::line {
namespace {

bool same_step(const record::ModelRequest& a, const record::ModelRequest& b) {
  return a.stage == b.stage && a.attempt == b.attempt && a.turn == b.turn;
}

}  // namespace

bool Asker::knows(const record::ModelRequest& request) const {
  return (past_.replays() ? past_.answer(request) : known_in_any_form(request)) != nullptr;
}

const record::Exchange* Asker::known(const record::ModelRequest& request) const {
  // A key is made of the whole conversation: only when there is something to compare it with.
  std::optional<Oid> key;
  for (const record::Exchange& exchange : active_.exchanges()) {
    if (!exchange.answer || !same_step(exchange.request, request) || !counts(exchange)) continue;
    if (!key) key = record::request_key(request);
    if (record::request_key(exchange.request) == *key) return &exchange;
  }
  return nullptr;
}

const record::Exchange* Asker::answered_since(const record::ModelRequest& request) const {
  const std::vector<record::Answer>& answers = active_.run().answers;
  const record::Exchange* found = nullptr;
  for (const record::StageRecord& stage : active_.stages()) {
    bool this_step = stage.stage == request.stage && stage.attempt == request.attempt;
    bool answered = std::any_of(answers.begin(), answers.end(), [&](const record::Answer& answer) {
      return answer.step == stage.seq;
    });
    if (!this_step || !answered) continue;
    for (const record::Exchange& exchange : active_.exchanges()) {
      bool fits = exchange.answer && same_step(exchange.request, request) && counts(exchange);
      if (fits) found = &exchange;
    }
  }
  return found;
}

const record::Exchange* Asker::known_in_any_form(const record::ModelRequest& request) const {
  const std::vector<record::Exchange>& all = active_.exchanges();
  bool any = std::any_of(all.begin(), all.end(), [&](const record::Exchange& exchange) {
    return exchange.answer && same_step(exchange.request, request);
  });
  if (!any) return nullptr;
  if (const record::Exchange* exchange = known(request)) return exchange;
  std::optional<record::ModelRequest> smaller = shrunk(request);
  const record::Exchange* exchange = smaller ? known(*smaller) : nullptr;
  return exchange != nullptr ? exchange : answered_since(request);
}

Result<record::ModelAnswer> Asker::recorded_answer(const record::ModelRequest& request) {
  const record::Exchange* found = past_.answer(request);
  if (found == nullptr) {
    past_.miss(request);
    return Error{Fault::kBadData,
                 fmt::format("no answer is recorded for {} {} turn {}", request.stage,
                             request.attempt, request.turn),
                 {},
                 {}};
  }
  if (!found->request.schema.is_null()) schema_ = found->request.schema;
  record::Exchange exchange = *found;
  exchange.request = request;
  // A conversation that had grown too long was sent with older tool answers cut.
  std::optional<record::ModelRequest> smaller = shrunk(request);
  if (smaller && record::request_key(found->request) == record::request_key(*smaller))
    exchange.request = *smaller;
  GF_TRY(active_.put_exchange(exchange));
  count(exchange);
  tell_("ask.end", fmt::format("{} answered (recorded)", exchange.answer->model),
        record::Json::object({{"seq", exchange.seq}, {"recorded", true}}));
  return *exchange.answer;
}

}  // namespace gf::line
