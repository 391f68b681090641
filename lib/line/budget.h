// What may be spent, and what has been: dollars, tokens, calls and time, checked before each call.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace gf::session {
class Config;
}  // namespace gf::session

namespace gf::line {

/// Caps; what is absent has no limit.
struct Budget {
  std::optional<int64_t> pico_usd;
  std::optional<int64_t> tokens;
  std::optional<int64_t> calls;
  std::optional<Milliseconds> wall;
};

/// <prefix>budgetUsd, budgetTokens, budgetCalls and budgetSeconds; `prefix` is "factory.",
/// "factory.<stage>." or "factory.batch.". A wrong value is an Error that names it.
Result<Budget> budget_from(const session::Config& config, const std::string& prefix);

/// factory.unpricedUsd, for one token in 10^-12 dollars, rounded up; empty when it is not set.
Result<std::optional<int64_t>> unpriced_ceiling(const session::Config& config);

/// What a call may come to, or came to.
struct Expense {
  int64_t pico_usd = 0;
  int64_t tokens = 0;
  int64_t calls = 1;
  Milliseconds wall{0};
};

/// The money of a stage, a run or a batch. Threads may share one: what one has held back for a call
/// is not there for another. Sums do not overflow: they stay at their largest value.
class Purse {
 public:
  /// `whose` and `key` are for the message: "the run", "factory.budget". With `from`, the time that
  /// passes on this clock counts; without, the time that calls take.
  Purse(std::string whose, std::string key, Budget budget, const Clock* from = nullptr);

  /// Holds back the worst that a call can come to; an Error (kUser) when a cap could be passed.
  Result<void> hold(const Expense& worst);
  /// What was held back for one call, and what it came to.
  void settle(const Expense& worst, const Expense& spent);
  /// Spent before this purse was there.
  void add(const Expense& spent);
  /// What others who share the caps have spent by now, instead of what was said before.
  void set_others(const Expense& spent);

  [[nodiscard]] bool caps_dollars() const { return budget_.pico_usd.has_value(); }
  /// The cap itself, in 10^-12 dollars.
  [[nodiscard]] std::optional<int64_t> dollar_cap() const { return budget_.pico_usd; }
  [[nodiscard]] std::optional<Milliseconds> time_left() const;
  [[nodiscard]] Expense spent() const;

 private:
  // Both with lock_ held.
  [[nodiscard]] Milliseconds wall() const;
  void count(const Expense& spent);

  std::string whose_, key_;
  Budget budget_;
  const Clock* clock_;
  Milliseconds start_{0};
  mutable std::mutex lock_;
  Expense spent_{0, 0, 0, {}}, held_{0, 0, 0, {}}, others_{0, 0, 0, {}};
};

/// a + b, or the largest number there is.
int64_t capped_sum(int64_t a, int64_t b);

}  // namespace gf::line
