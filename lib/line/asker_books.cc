// What an Asker's calls cost: who has a say, the worst case before, what it came to after.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/asker.h"
#include "model/prices.h"

namespace gf::line {

Expense expense_of(const record::Exchange& exchange, const Expense& worst) {
  Expense spent{0, 0, 1, worst.wall};
  auto add = [&](const record::Usage& usage, const record::Cost& cost) {
    bool counted = usage.input_total || usage.output_total;
    int64_t tokens = capped_sum(usage.input_total.value_or(0), usage.output_total.value_or(0));
    spent.tokens = capped_sum(spent.tokens, counted ? tokens : worst.tokens);
    spent.pico_usd = capped_sum(spent.pico_usd, cost.pico_usd.value_or(worst.pico_usd));
  };
  if (exchange.answer) add(exchange.answer->usage, exchange.answer->cost);
  if (exchange.paid) add(exchange.paid->usage, exchange.paid->cost);
  return spent;
}

/// Whoever has a say in what is spent for a stage: itself, the run, the batches.
Result<std::vector<Purse*>> Asker::purses_of(const std::string& stage) {
  auto& own = stage_purses_[stage];
  if (own == nullptr) {
    std::string prefix = "factory." + stage + ".";
    GF_ASSIGN(auto budget, budget_from(config_, prefix));
    own = std::make_unique<Purse>(stage, prefix + "budget", budget);
    for (const record::Exchange& exchange : active_.exchanges()) {
      if (exchange.request.stage == stage)
        own->add(expense_of(exchange, Expense{0, 0, 1, exchange.duration}));
    }
  }
  std::vector<Purse*> all = {own.get(), &run_purse_};
  if (!batch_looked_up_) {
    GF_ASSIGN(batch_, Batch::of(context_, config_, active_.run()));
    batch_looked_up_ = true;
    if (batch_ != nullptr) batch_->purse().add(run_purse_.spent());
  }
  if (batch_ != nullptr) all.push_back(&batch_->purse());
  return all;
}

/// The worst that a call can come to. In dollars it has to be known somehow: by a price, by the
/// configured ceiling, or, of programs that tell what they cost, by what they cost before.
Result<Expense> Asker::worst_of(const model::Provider& provider,
                                const record::ModelRequest& request, bool in_dollars) const {
  model::WorstCase worst = provider.worst_case(request);
  Expense expense{
      worst.pico_usd.value_or(0), capped_sum(worst.input_tokens, worst.output_tokens), 1, {}};
  if (worst.pico_usd || !in_dollars) return expense;
  std::string name = provider.reference().str();
  GF_ASSIGN(auto ceiling, unpriced_ceiling(config_));
  if (ceiling) {
    if (__builtin_mul_overflow(*ceiling, expense.tokens, &expense.pico_usd))
      expense.pico_usd = INT64_MAX;
    return expense;
  }
  auto before = dearest_.find(name);
  if (before != dearest_.end() && before->second) {
    expense.pico_usd = *before->second;
    return expense;
  }
  if (before == dearest_.end() && provider.tells_cost()) return expense;
  return Error{Fault::kUser,
               fmt::format("there is a budget in dollars, and what '{}' costs is not known", name),
               {},
               "set factory.unpricedUsd to the dollars that a million tokens cost at most, or "
               "factory.prices to a table that knows it"};
}

Result<void> Asker::check_price(const model::Provider& provider, const std::string& stage) {
  GF_ASSIGN(auto purses, purses_of(stage));
  std::optional<int64_t> cap;
  for (const Purse* purse : purses) {
    if (auto own = purse->dollar_cap()) cap = std::min(cap.value_or(*own), *own);
  }
  // What has asked already is known by what it came to.
  if (!cap || !active_.exchanges().empty()) return Done{};
  record::ModelRequest nothing_yet;
  nothing_yet.stage = stage;
  GF_ASSIGN(auto worst, worst_of(provider, nothing_yet, true));
  std::string name = provider.reference().str();
  if (worst.pico_usd > *cap && dear_models_announced_.insert(name).second) {
    tell_(
        "warning",
        fmt::format("one call of '{}' can come to {}, and the budget is {}: nothing will be asked "
                    "that could pass it",
                    name, record::to_text(record::Cost{worst.pico_usd, ""}),
                    record::to_text(record::Cost{*cap, ""})),
        {});
  }
  return Done{};
}

void Asker::count(const record::Exchange& exchange) {
  taken_.exchanges.push_back(exchange.seq);
  taken_.provider = exchange.provider;
  auto add = [this](const record::Usage& usage, const record::Cost& cost) {
    bool first = taken_.cost.basis.empty();
    taken_.usage = taken_.usage + usage;
    taken_.cost = first ? cost : taken_.cost + cost;
  };
  if (exchange.paid) add(exchange.paid->usage, exchange.paid->cost);
  if (!exchange.answer) return;
  taken_.model = exchange.answer->model;
  add(exchange.answer->usage, exchange.answer->cost);
}

void Asker::remember_price(const record::Exchange& exchange) {
  if (!exchange.answer) return;
  std::optional<int64_t> pico = exchange.answer->cost.pico_usd;
  std::string name = exchange.provider + "/" + exchange.model_asked;
  auto [dearest, first] = dearest_.emplace(name, pico);
  if (first) return;
  // One call without a price is enough not to know any more.
  dearest->second =
      pico && dearest->second ? std::optional(std::max(*pico, *dearest->second)) : std::nullopt;
}

void Asker::keep_books(const record::Exchange& exchange, const Expense& worst,
                       const std::vector<Purse*>& purses) {
  Expense spent = expense_of(exchange, worst);
  spent.wall = exchange.duration;
  for (Purse* purse : purses) purse->settle(worst, spent);
  remember_price(exchange);
}

std::string Asker::answered() const {
  return taken_.model.empty() ? std::string() : taken_.provider + "/" + taken_.model;
}

Asker::Taken Asker::take() {
  Taken taken = std::move(taken_);
  if (taken.cost.basis.empty()) taken.cost = record::Cost{0, "none"};
  taken_ = Taken{};
  taken_.cost = record::Cost{0, ""};
  return taken;
}

}  // namespace gf::line
