// A look costs what is new: active runs whose tip has moved, and the ledger down to where it was
// seen before.
#include "line/batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "session/context.h"
#include "store/store.h"

namespace gf::line {
namespace {

constexpr std::chrono::hours kWindow{31 * 24};
/// Between a run's end and its place in the ledger, and between clocks.
constexpr std::chrono::minutes kSlack{10};

/// `sums` is a store::Spending or a record::RunMetrics: both tell it by the same names.
template <class Sums>
Expense spent_of(const Sums& sums, std::optional<int64_t> unpriced) {
  Expense spent{0, 0, sums.exchanges, sums.wall};
  spent.tokens =
      capped_sum(sums.usage.input_total.value_or(0), sums.usage.output_total.value_or(0));
  if (sums.cost.pico_usd) {
    spent.pico_usd = *sums.cost.pico_usd;
  } else if (unpriced && __builtin_mul_overflow(*unpriced, spent.tokens, &spent.pico_usd)) {
    spent.pico_usd = INT64_MAX;
  }
  return spent;
}

Expense sum(const Expense& a, const Expense& b) {
  return {capped_sum(a.pico_usd, b.pico_usd), capped_sum(a.tokens, b.tokens), a.calls + b.calls,
          a.wall + b.wall};
}

/// What `all` has more than `part`, in each of its numbers.
Expense beyond(const Expense& all, const Expense& part) {
  return {std::max<int64_t>(all.pico_usd - part.pico_usd, 0),
          std::max<int64_t>(all.tokens - part.tokens, 0),
          std::max<int64_t>(all.calls - part.calls, 0),
          std::max(all.wall - part.wall, Milliseconds(0))};
}

}  // namespace

Batch::Batch(const session::Context& context, std::string name, RunId own, Budget budget,
             std::optional<int64_t> unpriced)
    : context_(context),
      name_(std::move(name)),
      own_(std::move(own)),
      unpriced_(unpriced),
      purse_(fmt::format("the batch '{}'", name_), "factory.batch.budget", budget),
      seen_to_(context.clock().now() - kWindow) {}

Result<std::unique_ptr<Batch>> Batch::of(const session::Context& context,
                                         const session::Config& config,
                                         const record::RunRecord& run) {
  GF_ASSIGN(auto budget, budget_from(config, "factory.batch."));
  GF_ASSIGN(auto unpriced, unpriced_ceiling(config));
  auto name = run.policy.find("batch");
  bool capped = budget.pico_usd || budget.tokens || budget.calls || budget.wall;
  if (name == run.policy.end() || !capped) return std::unique_ptr<Batch>();
  return std::unique_ptr<Batch>(new Batch(context, name->second, run.id, budget, unpriced));
}

Result<void> Batch::refresh() {
  // First those that go on: what ends in between is found twice, and counted as ended. A tip tells
  // of one moment whoever writes meanwhile.
  std::map<RunId, GoingOn> going_on;
  GF_ASSIGN(auto tips, context_.store->active_tips());
  for (const auto& [id, tip] : tips) {
    if (id == own_) continue;
    auto before = going_on_.find(id);
    if (before != going_on_.end() && before->second.tip == tip) {
      going_on.insert(*before);
    } else if (auto spent = context_.store->spent_at(tip)) {
      going_on[id] = {tip, spent->batch == name_, spent_of(*spent, unpriced_)};
    }
  }
  going_on_ = std::move(going_on);
  Timestamp now = context_.clock().now();
  GF_TRY(context_.store->walk([&](const store::Summary& run) {
    if (run.ended < seen_to_) return false;
    if (run.batch == name_ && run.id != own_) ended_[run.id] = spent_of(run.metrics, unpriced_);
    return true;
  }));
  seen_to_ = std::max(seen_to_, now - kSlack);
  Expense others{0, 0, 0, {}};
  for (const auto& [id, spent] : ended_) others = sum(others, spent);
  for (const auto& [id, run] : going_on_) {
    if (!run.ours) continue;
    auto ended = ended_.find(id);
    // One whose questions were answered goes on, and has spent what it had when it ended before.
    others = sum(others, ended == ended_.end() ? run.spent : beyond(run.spent, ended->second));
  }
  purse_.set_others(others);
  return Done{};
}

}  // namespace gf::line
