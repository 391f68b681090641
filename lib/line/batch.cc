#include "line/batch.h"

#include <fmt/format.h>

namespace gf::line {
namespace {

constexpr std::chrono::hours kWindow{31 * 24};
/// Between a run's end and its place in the ledger, and between clocks.
constexpr std::chrono::minutes kSlack{10};

Expense expense_of(const record::RunMetrics& metrics, std::optional<int64_t> unpriced) {
  Expense spent{0, 0, metrics.exchanges, metrics.wall};
  spent.tokens =
      capped_sum(metrics.usage.input_total.value_or(0), metrics.usage.output_total.value_or(0));
  if (metrics.cost.pico_usd) {
    spent.pico_usd = *metrics.cost.pico_usd;
  } else if (unpriced && __builtin_mul_overflow(*unpriced, spent.tokens, &spent.pico_usd)) {
    spent.pico_usd = INT64_MAX;
  }
  return spent;
}

Expense sum(const Expense& a, const Expense& b) {
  return {capped_sum(a.pico_usd, b.pico_usd), capped_sum(a.tokens, b.tokens), a.calls + b.calls,
          a.wall + b.wall};
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
  // First those that go on: what ends in between is found twice, and counted as ended.
  std::map<RunId, Expense> active;
  GF_ASSIGN(auto going_on, context_.store->active_runs());
  for (const store::Summary& run : going_on) {
    if (run.batch != name_ || run.id == own_) continue;
    auto whole = context_.store->load(run.id);
    if (!whole.ok()) continue;  // it ended just now
    record::RunMetrics metrics = run.metrics;
    metrics.exchanges = static_cast<int>(whole->exchanges.size());
    metrics.usage = {};
    metrics.cost = record::Cost{0, "none"};
    for (const record::Exchange& exchange : whole->exchanges) {
      if (exchange.answer) metrics.usage = metrics.usage + exchange.answer->usage;
      if (exchange.answer) metrics.cost = metrics.cost + exchange.answer->cost;
      if (exchange.paid) metrics.usage = metrics.usage + exchange.paid->usage;
      if (exchange.paid) metrics.cost = metrics.cost + exchange.paid->cost;
    }
    active[run.id] = expense_of(metrics, unpriced_);
  }
  Timestamp now = context_.clock().now();
  GF_TRY(context_.store->walk([&](const store::Summary& run) {
    if (run.ended < seen_to_) return false;
    if (run.batch == name_ && run.id != own_) ended_[run.id] = expense_of(run.metrics, unpriced_);
    return true;
  }));
  seen_to_ = std::max(seen_to_, now - kSlack);
  Expense others{0, 0, 0, {}};
  for (const auto& [id, spent] : ended_) others = sum(others, spent);
  for (const auto& [id, spent] : active) {
    if (!ended_.contains(id)) others = sum(others, spent);
  }
  purse_.set_others(others);
  return Done{};
}

}  // namespace gf::line
