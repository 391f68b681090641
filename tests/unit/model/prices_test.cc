// Exact money: decimal text, tables, thresholds, sums that do not fit.
#include "model/prices.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "support/assertions.h"
#include "support/folder.h"

namespace gf::model {
namespace {

using ::testing::HasSubstr;

TEST(PicoDollars, ReadsDecimalsWithoutBinaryFractions) {
  EXPECT_EQ(pico_dollars("1"), 1'000'000'000'000);
  EXPECT_EQ(pico_dollars("0.1"), 100'000'000'000);
  EXPECT_EQ(pico_dollars("3e-06"), 3'000'000);
  EXPECT_EQ(pico_dollars("1.5e-07"), 150'000);
  EXPECT_EQ(pico_dollars("2.5E-6"), 2'500'000);
  EXPECT_EQ(pico_dollars("0"), 0);
  EXPECT_EQ(pico_dollars("1e-13"), 0);
  for (const char* bad : {"", ".", "-1", "1e", "e5", "1e99", "0x1", "nan", "inf", "1,5", "1 ",
                          "99999999999999999999"}) {
    EXPECT_FALSE(pico_dollars(bad)) << bad;
  }
}

record::Usage used(int64_t input, int64_t read, int64_t written, int64_t output) {
  record::Usage usage;
  usage.input_total = input;
  usage.cache_read = read;
  usage.cache_write = written;
  usage.output_total = output;
  return usage;
}

class ShippedPrices : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GIVES(book_, PriceBook::load("", std::string(GF_SOURCE_DIR) + "/templates/prices.json"));
  }
  std::optional<int64_t> cost(const char* model, const record::Usage& usage) const {
    auto price = book_.find("x", model);
    return price ? cost_of(*price, usage).pico_usd : std::nullopt;
  }
  PriceBook book_;
};

TEST_F(ShippedPrices, AgreeWithTheSecondCalculatorsFigures) {
  // What @pydantic/genai-prices printed (INTEGRATIONS C.3).
  EXPECT_EQ(cost("claude-sonnet-4", used(10000, 8000, 1000, 500)), 9'150'000'000 + 7'500'000'000);
  EXPECT_EQ(cost("gpt-4o", used(10000, 8000, 0, 500)), 15'000'000'000 + 5'000'000'000);
  EXPECT_EQ(cost("gemini-2.5-pro", used(300000, 0, 0, 1000)), 750'000'000'000 + 15'000'000'000);
}

TEST_F(ShippedPrices, AreDatedAndGuessNothing) {
  EXPECT_THAT(book_.find("x", "gpt-4o")->basis, HasSubstr("table:20"));
  EXPECT_TRUE(book_.find("x", "claude-sonnet-4-20250514"));
  EXPECT_TRUE(book_.find("x", "gpt-4o-2024-08-06"));
  for (const char* unknown : {"gpt-4", "gpt-4o-large", "claude", "sample_spec", "_about", "",
                              "GPT-4O", "gpt-4o-2024-8-6"}) {
    EXPECT_FALSE(book_.find("x", unknown)) << unknown;
  }
}

TEST(PriceBook, TheUsersTableGoesFirstInLitellmsFormat) {
  test::TempFolder folder;
  std::string own = folder.write("own.json", R"({
    "sample_spec": {"input_cost_per_token": 9, "output_cost_per_token": 9},
    "m": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "unknown_field": {"a": [1]}},
    "prov/n": {"input_cost_per_token": "3e-06", "output_cost_per_token": 0},
    "no-price": {"mode": "embedding"}, "not-an-object": 5,
    "tiers": {"tiered_pricing": [
      {"range": [0, 1000], "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
      {"range": [1000, 2000], "input_cost_per_token": 2e-06, "output_cost_per_token": 2e-06}]}})");
  std::string ours = folder.write("ours.json", R"({"_about": {"date": "2026-02-03"},
    "m": {"input_cost_per_token": 5e-06, "output_cost_per_token": 5e-06},
    "o": {"input_cost_per_token": 5e-06, "output_cost_per_token": 5e-06}})");
  ASSERT_GIVES(auto book, PriceBook::load(own, ours));
  EXPECT_EQ(book.find("p", "m")->rates.input, 1'000'000);
  EXPECT_EQ(book.find("p", "m")->basis, "user-file");
  EXPECT_EQ(book.find("p", "o")->basis, "table:2026-02-03");
  EXPECT_EQ(book.find("prov", "n")->rates.input, 3'000'000);
  EXPECT_FALSE(book.find("other", "n"));
  EXPECT_FALSE(book.find("p", "no-price"));
  EXPECT_FALSE(book.find("p", "sample_spec"));
  // All or nothing by the size of the input.
  EXPECT_EQ(cost_of(*book.find("p", "tiers"), used(1000, 0, 0, 0)).pico_usd, 1000 * 1'000'000);
  EXPECT_EQ(cost_of(*book.find("p", "tiers"), used(1001, 0, 0, 0)).pico_usd, 1001 * 2'000'000);
}

TEST(PriceBook, ABrokenTableIsNamed) {
  test::TempFolder folder;
  std::string bad = folder.write("bad.json", "[1]");
  auto book = PriceBook::load(bad, "");
  ASSERT_FALSE(book.ok());
  EXPECT_THAT(book.error().message, HasSubstr("bad.json"));
  EXPECT_FALSE(PriceBook::load(folder / "none.json", "").ok());
  EXPECT_TRUE(PriceBook::load("", folder / "none.json").ok());
}

TEST(CostOf, WhatIsUnknownOrDoesNotFitIsUnpriced) {
  Price price;
  price.rates = {1'000'000'000'000'000, 1, {}, {}};
  EXPECT_FALSE(cost_of(price, used(std::numeric_limits<int64_t>::max(), 0, 0, 0)).pico_usd);
  EXPECT_FALSE(cost_of(price, used(10, 11, 0, 0)).pico_usd) << "more cached than there was";
  EXPECT_FALSE(cost_of(price, used(10, -1, 0, 0)).pico_usd);
  EXPECT_FALSE(cost_of(price, record::Usage{}).pico_usd);
  EXPECT_FALSE(most_pico(price, std::numeric_limits<int64_t>::max(), 0));
}

TEST(CostOf, MissingCachePricesAreThoseOfPlainInput) {
  Price price;
  price.rates = {10, 1, {}, {}};
  EXPECT_EQ(cost_of(price, used(100, 50, 20, 0)).pico_usd, 1000);
  price.rates.cache_write = 20;
  EXPECT_EQ(most_pico(price, 100, 5), 2005);
}

TEST(Sums, OfCostsDoNotOverflow) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  record::Cost a{kMost, "provider"}, b{1, "provider"};
  EXPECT_EQ((a + b).basis, "unpriced");
  EXPECT_FALSE((a + b).pico_usd);
  EXPECT_EQ((used(kMost, 0, 0, 1) + used(1, 0, 0, 1)).input_total, kMost);
}

}  // namespace
}  // namespace gf::model
