// What tokens cost: exact arithmetic over price tables (INTEGRATIONS C).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/exchange.h"

namespace gf::model {

/// Dollars as decimal text ("0.0132", "1.5e-07") to an integer of 10^-12 dollars, without binary
/// fractions. Digits beyond the twelfth are dropped. Empty: no amount, negative, or absurd.
std::optional<int64_t> pico_dollars(std::string_view text);

/// Prices of one token, in 10^-12 dollars. A missing cache price is that of plain input.
struct Rates {
  int64_t input = 0, output = 0;
  std::optional<int64_t> cache_read, cache_write;
};

struct Price {
  Rates rates;
  /// From this many input tokens on (exclusive), the whole request is priced so.
  std::map<int64_t, Rates> above;
  std::optional<int64_t> max_input, max_output;  ///< tokens that the model takes and gives
  std::string basis;                             ///< user-file, table:<date>
};

/// Exact, or unpriced: also when the usage is not known or the sum does not fit.
record::Cost cost_of(const Price& price, const record::Usage& usage);
/// The most that these tokens can cost, whatever part of them is cached.
std::optional<int64_t> most_pico(const Price& price, int64_t input_tokens, int64_t output_tokens);

/// The user's table before ours. Both are in LiteLLM's format
/// (model_prices_and_context_window.json); what is not understood in them is left out.
class PriceBook {
 public:
  PriceBook() = default;
  /// `user_file` may be empty. A file that cannot be read, or is no JSON object, is an Error.
  static Result<PriceBook> load(const std::string& user_file, const std::string& shipped_file);
  /// Reads one table from its text; `basis` names it in costs.
  Result<void> add(std::string_view text, const std::string& basis);

  /// By the exact name; then with the provider before it; then without a -YYYYMMDD or -YYYY-MM-DD
  /// at its end. Nothing else is guessed.
  [[nodiscard]] std::optional<Price> find(const std::string& provider,
                                          const std::string& model) const;

 private:
  std::vector<std::map<std::string, Price>> tables_;  ///< the first that knows a name wins
};

}  // namespace gf::model
