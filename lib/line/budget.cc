// The worst case is held before a call and what it came to is settled behind it, so that calls at
// the same time cannot go over a cap together.
#include "line/budget.h"

#include <fmt/format.h>

#include <limits>

#include "base/text.h"
#include "model/prices.h"
#include "record/sums.h"
#include "session/config.h"

namespace gf::line {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

std::string dollars(int64_t pico) { return record::to_text(record::Cost{pico, "sum"}); }

Error used_up(const std::string& whose, const std::string& spent, const std::string& more,
              const std::string& cap, const std::string& hint) {
  return Error{
      Fault::kUser,
      fmt::format(
          "the budget is used up ({} spent by {}, the next call may take {}, {} is the cap)", spent,
          whose, more, cap),
      {},
      hint};
}

Result<std::optional<int64_t>> whole(const session::Config& config, const std::string& key) {
  if (!config.find(key)) return std::optional<int64_t>();
  GF_ASSIGN(auto value, config.number(key, 0, 0, kMost / 1000));
  return std::optional<int64_t>(value);
}

}  // namespace

int64_t capped_sum(int64_t a, int64_t b) { return record::capped_sum(a, b); }

Result<Budget> budget_from(const session::Config& config, const std::string& prefix) {
  Budget budget;
  std::string key = prefix + "budgetUsd";
  if (auto text = config.find(key)) {
    budget.pico_usd = model::pico_dollars(trim(*text));
    if (!budget.pico_usd) {
      return Error{Fault::kConfiguration,
                   fmt::format("{} is '{}'", key, printable(*text)),
                   {},
                   "set it to dollars, such as 0.25"};
    }
  }
  GF_ASSIGN(budget.tokens, whole(config, prefix + "budgetTokens"));
  GF_ASSIGN(budget.calls, whole(config, prefix + "budgetCalls"));
  GF_ASSIGN(auto seconds, whole(config, prefix + "budgetSeconds"));
  if (seconds) budget.wall = Milliseconds(*seconds * 1000);
  return budget;
}

Result<std::optional<int64_t>> unpriced_ceiling(const session::Config& config) {
  auto text = config.find("factory.unpricedUsd");
  if (!text) return std::optional<int64_t>();
  auto million = model::pico_dollars(trim(*text));
  if (!million) {
    return Error{Fault::kConfiguration,
                 fmt::format("factory.unpricedUsd is '{}'", printable(*text)),
                 {},
                 "set it to the dollars that a million tokens cost at most"};
  }
  return std::optional<int64_t>(*million / 1'000'000 + (*million % 1'000'000 > 0 ? 1 : 0));
}

Purse::Purse(std::string whose, std::string key, Budget budget, const Clock* from)
    : whose_(std::move(whose)), key_(std::move(key)), budget_(budget), clock_(from) {
  if (clock_ != nullptr) start_ = clock_->steady();
}

Milliseconds Purse::wall() const {
  return spent_.wall + others_.wall +
         (clock_ != nullptr ? clock_->steady() - start_ : Milliseconds(0));
}

Result<void> Purse::hold(const Expense& worst) {
  std::lock_guard<std::mutex> locked(lock_);
  auto raise = [&](const char* name) {
    bool run = key_ == "factory.budget" && std::string_view(name) == "Usd";
    return run ? std::string("go on with 'git factory resume --budget <more>'")
               : fmt::format("raise {}{} and go on with 'git factory resume'", key_, name);
  };
  int64_t money = capped_sum(others_.pico_usd, capped_sum(spent_.pico_usd, held_.pico_usd));
  if (budget_.pico_usd && capped_sum(money, worst.pico_usd) > *budget_.pico_usd) {
    return used_up(whose_, dollars(money), dollars(worst.pico_usd), dollars(*budget_.pico_usd),
                   raise("Usd"));
  }
  int64_t tokens = capped_sum(others_.tokens, capped_sum(spent_.tokens, held_.tokens));
  if (budget_.tokens && capped_sum(tokens, worst.tokens) > *budget_.tokens) {
    return used_up(whose_, fmt::format("{} tokens", tokens), fmt::format("{}", worst.tokens),
                   fmt::format("{}", *budget_.tokens), raise("Tokens"));
  }
  int64_t calls = others_.calls + spent_.calls + held_.calls;
  if (budget_.calls && calls + worst.calls > *budget_.calls) {
    return used_up(whose_, fmt::format("{} calls", calls), "1", fmt::format("{}", *budget_.calls),
                   raise("Calls"));
  }
  if (budget_.wall && wall() >= *budget_.wall) {
    return used_up(whose_, fmt::format("{} s", wall().count() / 1000), "time",
                   fmt::format("{} s", budget_.wall->count() / 1000), raise("Seconds"));
  }
  held_.pico_usd = capped_sum(held_.pico_usd, worst.pico_usd);
  held_.tokens = capped_sum(held_.tokens, worst.tokens);
  held_.calls += worst.calls;
  return Done{};
}

void Purse::settle(const Expense& worst, const Expense& spent) {
  // Both at once: between the two a call of another thread would find room that is not there.
  std::lock_guard<std::mutex> locked(lock_);
  held_.pico_usd -= std::min(held_.pico_usd, worst.pico_usd);
  held_.tokens -= std::min(held_.tokens, worst.tokens);
  held_.calls -= std::min(held_.calls, worst.calls);
  Expense own = spent;
  if (clock_ != nullptr) own.wall = Milliseconds(0);  // the clock counts it already
  count(own);
}

void Purse::add(const Expense& spent) {
  std::lock_guard<std::mutex> locked(lock_);
  count(spent);
}

void Purse::count(const Expense& spent) {
  spent_.pico_usd = capped_sum(spent_.pico_usd, spent.pico_usd);
  spent_.tokens = capped_sum(spent_.tokens, spent.tokens);
  spent_.calls += spent.calls;
  spent_.wall += spent.wall;
}

void Purse::set_others(const Expense& spent) {
  std::lock_guard<std::mutex> locked(lock_);
  others_ = spent;
}

std::optional<Milliseconds> Purse::time_left() const {
  std::lock_guard<std::mutex> locked(lock_);
  if (!budget_.wall) return std::nullopt;
  return std::max(Milliseconds(0), *budget_.wall - wall());
}

Expense Purse::spent() const {
  std::lock_guard<std::mutex> locked(lock_);
  Expense all = spent_;
  all.wall = wall();
  return all;
}

}  // namespace gf::line
