// Half of each wait is certain and half by the die, so that many who were refused do not come back
// together.
#include "line/retry.h"

#include <algorithm>

#include "base/text.h"

namespace gf::line {
namespace {

constexpr int kMostAtOnce = 12;  ///< more than a request has parts that can be left out
constexpr Milliseconds kFirstWait{500};
constexpr uint32_t kSpreadMs = 250;
constexpr size_t kToolAnswersKept = 2;
constexpr size_t kToolAnswerBytes = 400;
constexpr size_t kWorthCutting = 2 * kToolAnswerBytes;

}  // namespace

std::optional<Milliseconds> wait_before(const model::Reply& reply, const Tries& tries,
                                        const Patience& patience, uint32_t random) {
  using Again = model::Reply::Again;
  using record::ModelFailure;
  if (reply.again == Again::kAtOnce)
    return tries.at_once < kMostAtOnce ? std::optional(Milliseconds(0)) : std::nullopt;
  bool may_pass =
      reply.failure == ModelFailure::kRateLimited || reply.failure == ModelFailure::kTransport;
  if (reply.again == Again::kNo || !may_pass || tries.waited >= patience.retries)
    return std::nullopt;
  // Where nobody is, nobody will be in a second; the next one may be there now.
  if (reply.unreached && patience.another) return std::nullopt;
  Milliseconds spread(random % kSpreadMs);
  if (reply.retry_after) {
    if (*reply.retry_after > patience.longest_wait) return std::nullopt;
    return *reply.retry_after + spread;
  }
  Milliseconds full = kFirstWait * (int64_t{1} << std::min(tries.waited, 16));
  full = std::min(full, patience.longest_wait);
  // Half of it for sure, the other half by the die.
  int64_t half = full.count() / 2;
  return Milliseconds(half + (half > 0 ? static_cast<int64_t>(random) % (half + 1) : 0));
}

std::optional<record::ModelRequest> shrunk(const record::ModelRequest& request) {
  record::ModelRequest smaller = request;
  size_t seen = 0;
  bool cut = false;
  for (auto it = smaller.messages.rbegin(); it != smaller.messages.rend(); ++it) {
    if (it->role != record::Message::Role::kTool) continue;
    if (++seen <= kToolAnswersKept || it->content.size() <= kWorthCutting) continue;
    it->content = clipped_middle(it->content, kToolAnswerBytes);
    cut = true;
  }
  return cut ? std::optional(std::move(smaller)) : std::nullopt;
}

}  // namespace gf::line
