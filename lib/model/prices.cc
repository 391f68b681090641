#include "model/prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/files.h"
#include "base/text.h"

namespace gf::model {
namespace {

using record::Json;

constexpr size_t kMaxFileBytes = 64u << 20;

/// A price is a number, or the same as text. A number's shortest decimal text is what was written,
/// or equal to it.
std::optional<int64_t> amount(const Json& entry, std::string_view key) {
  Json value = entry.get(key);
  if (auto text = value.as_string()) return pico_dollars(trim(*text));
  return value.as_double() ? pico_dollars(value.dump()) : std::nullopt;
}

std::optional<int64_t> count(const Json& entry, std::string_view key) {
  auto value = entry.get(key).as_int();
  return value && *value > 0 ? value : std::nullopt;
}

/// `suffix`: "" or "_above_200k_tokens". Empty when input or output has no price of its own.
std::optional<Rates> rates_from(const Json& entry, const std::string& suffix) {
  auto input = amount(entry, "input_cost_per_token" + suffix);
  auto output = amount(entry, "output_cost_per_token" + suffix);
  if (!input || !output) return std::nullopt;
  return Rates{*input, *output, amount(entry, "cache_read_input_token_cost" + suffix),
               amount(entry, "cache_creation_input_token_cost" + suffix)};
}

/// "input_cost_per_token_above_200k_tokens" -> 200000.
std::optional<int64_t> threshold(std::string_view key) {
  constexpr std::string_view kHead = "input_cost_per_token_above_", kTail = "k_tokens";
  if (!key.starts_with(kHead) || !key.ends_with(kTail)) return std::nullopt;
  std::string digits(key.substr(kHead.size(), key.size() - kHead.size() - kTail.size()));
  bool good = !digits.empty() && digits.size() < 7 &&
              digits.find_first_not_of("0123456789") == std::string::npos;
  if (!good) return std::nullopt;
  return std::atoll(digits.c_str()) * 1000;
}

/// `tiered_pricing`: [{"range": [from, to], "input_cost_per_token": ..}]: all or nothing by input.
void add_tiers(const Json& entry, Price& price) {
  for (const Json& tier : entry.get("tiered_pricing").items()) {
    std::vector<Json> range = tier.get("range").items();
    auto rates = rates_from(tier, "");
    if (range.empty() || !rates) continue;
    auto from = static_cast<int64_t>(std::clamp(range[0].as_double().value_or(0), 0.0, 1e15));
    if (from <= 0) {
      price.rates = *rates;
    } else {
      price.above[from] = *rates;
    }
  }
}

std::optional<Price> price_from(const Json& entry, const std::string& basis) {
  Price price;
  price.basis = basis;
  auto rates = rates_from(entry, "");
  if (rates) price.rates = *rates;
  for (const auto& [key, value] : entry.members()) {
    auto from = threshold(key);
    if (!from) continue;
    if (auto higher = rates_from(entry, fmt::format("_above_{}k_tokens", *from / 1000)))
      price.above[*from] = *higher;
  }
  size_t tiers = entry.get("tiered_pricing").size();
  add_tiers(entry, price);
  if (!rates && tiers == 0) return std::nullopt;
  price.max_input = count(entry, "max_input_tokens");
  price.max_output = count(entry, "max_output_tokens");
  return price;
}

/// Without "-20250514" or "-2025-05-14" at its end; empty when there is none.
std::string without_date(const std::string& model) {
  for (std::string_view form : {"-dddddddd", "-dddd-dd-dd"}) {
    if (model.size() <= form.size()) continue;
    std::string_view tail = std::string_view(model).substr(model.size() - form.size());
    bool same = std::equal(form.begin(), form.end(), tail.begin(),
                           [](char f, char c) { return f == 'd' ? c >= '0' && c <= '9' : f == c; });
    if (same) return model.substr(0, model.size() - form.size());
  }
  return {};
}

/// Adds `tokens` times `rate`; false when the sum does not fit.
bool add_product(int64_t& sum, int64_t tokens, int64_t rate) {
  int64_t product = 0;
  return !__builtin_mul_overflow(tokens, rate, &product) &&
         !__builtin_add_overflow(sum, product, &sum);
}

Result<std::string> text_of(const std::string& path) {
  auto text = read_file(path);
  if (!text || text->size() > kMaxFileBytes) {
    return Error{Fault::kConfiguration,
                 fmt::format("cannot read the prices in '{}'", path),
                 {},
                 "set factory.prices to a file in LiteLLM's format"};
  }
  return *text;
}

}  // namespace

std::optional<int64_t> pico_dollars(std::string_view text) {
  int exponent = 0;
  if (size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits_of_e = text.substr(e + 1);
    if (digits_of_e.empty() || digits_of_e.size() > 4) return std::nullopt;
    exponent = std::atoi(std::string(digits_of_e).c_str());
    text = text.substr(0, e);
  }
  std::string digits;
  int point = 0;
  bool fraction = false;
  for (char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      point += fraction ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  int shift = 12 - point + exponent;
  if (digits.empty() || shift > 18) return std::nullopt;
  for (; shift > 0; --shift) digits += '0';
  if (shift < 0) digits.erase(digits.size() - std::min(digits.size(), static_cast<size_t>(-shift)));
  size_t start = digits.find_first_not_of('0');
  if (start == std::string::npos) return 0;
  if (digits.size() - start > 18) return std::nullopt;
  return std::strtoll(digits.c_str() + start, nullptr, 10);
}

record::Cost cost_of(const Price& price, const record::Usage& usage) {
  record::Cost unpriced;
  if (!usage.input_total || !usage.output_total) return unpriced;
  Rates rates = price.rates;
  for (const auto& [from, higher] : price.above) {
    if (*usage.input_total > from) rates = higher;
  }
  int64_t read = usage.cache_read.value_or(0), written = usage.cache_write.value_or(0);
  int64_t plain = *usage.input_total - read - written;
  bool sane = read >= 0 && written >= 0 && plain >= 0 && *usage.output_total >= 0;
  int64_t sum = 0;
  bool fits = sane && add_product(sum, plain, rates.input) &&
              add_product(sum, read, rates.cache_read.value_or(rates.input)) &&
              add_product(sum, written, rates.cache_write.value_or(rates.input)) &&
              add_product(sum, *usage.output_total, rates.output);
  if (!fits) return unpriced;
  return record::Cost{sum, price.basis};
}

std::optional<int64_t> most_pico(const Price& price, int64_t input_tokens, int64_t output_tokens) {
  auto dearest = [&](const Rates& rates) -> std::optional<int64_t> {
    int64_t input =
        std::max({rates.input, rates.cache_read.value_or(0), rates.cache_write.value_or(0)});
    int64_t sum = 0;
    bool fits =
        add_product(sum, input_tokens, input) && add_product(sum, output_tokens, rates.output);
    return fits ? std::optional<int64_t>(sum) : std::nullopt;
  };
  std::optional<int64_t> most = dearest(price.rates);
  for (const auto& [from, rates] : price.above) {
    if (input_tokens <= from) continue;
    std::optional<int64_t> here = dearest(rates);
    if (!here || !most) return std::nullopt;
    most = std::max(*most, *here);
  }
  return most;
}

Result<void> PriceBook::add(std::string_view text, const std::string& basis) {
  GF_ASSIGN(auto json, Json::parse(text));
  if (!json.is_object()) return Error{Fault::kBadData, "the prices are no JSON object", {}, {}};
  std::string date = json.get("_about").get_string("date");
  std::map<std::string, Price> table;
  for (const auto& [name, entry] : json.members()) {
    if (name == "sample_spec" || name == "fallback_generalizations" || name == "_about") continue;
    auto price = price_from(entry, date.empty() ? basis : fmt::format("{}:{}", basis, date));
    if (price) table.emplace(name, std::move(*price));
  }
  tables_.push_back(std::move(table));
  return Done{};
}

Result<PriceBook> PriceBook::load(const std::string& user_file, const std::string& shipped_file) {
  PriceBook book;
  if (!user_file.empty()) {
    GF_ASSIGN(auto text, text_of(user_file));
    if (Result<void> added = book.add(text, "user-file"); !added.ok()) {
      Error error = added.error().because_of(fmt::format("factory.prices '{}'", user_file));
      error.fault = Fault::kConfiguration;
      return error;
    }
  }
  // Without our own table everything that the user's file does not know is unpriced, and said so.
  if (auto text = text_of(shipped_file); text.ok()) {
    GF_TRY(book.add(*text, "table"));
  }
  return book;
}

std::optional<Price> PriceBook::find(const std::string& provider, const std::string& model) const {
  std::string bare = without_date(model);
  std::vector<std::string> names = {model, provider + "/" + model};
  if (!bare.empty()) names.insert(names.end(), {bare, provider + "/" + bare});
  for (const auto& table : tables_) {
    for (const std::string& name : names) {
      if (auto found = table.find(name); found != table.end()) return found->second;
    }
  }
  return std::nullopt;
}

}  // namespace gf::model
