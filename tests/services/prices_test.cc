// A table of usages with what we say they cost, for a second calculator (prices.py).
#include "model/prices.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/assertions.h"

namespace gf::model {
namespace {

using record::Json;

struct Row {
  int64_t input, read, written, output;
};
constexpr Row kRows[] = {{1, 0, 0, 1},
                         {10'000, 0, 0, 500},
                         {10'000, 8'000, 1'000, 500},
                         {123'457, 99'991, 0, 7'919},
                         {200'000, 0, 0, 1'000},
                         {200'001, 0, 0, 1'000},
                         {300'000, 100'000, 50'000, 1}};

TEST(Prices, EveryModelOfTheTablePricesEveryUsage) {
  std::string path = std::string(GF_SOURCE_DIR) + "/templates/prices.json";
  ASSERT_GIVES(auto book, PriceBook::load("", path));
  std::ifstream in(path);
  std::string text(std::istreambuf_iterator<char>(in), {});
  ASSERT_GIVES(auto table, Json::parse(text));
  const char* dump = std::getenv("GF_DUMP_PRICES");
  std::ofstream out(dump != nullptr ? dump : "/dev/null");
  size_t rows = 0;
  for (const auto& [model, entry] : table.members()) {
    std::string provider = entry.get_string("litellm_provider");
    if (provider.empty()) continue;
    auto price = book.find(provider, model);
    ASSERT_TRUE(price) << model;
    for (const Row& row : kRows) {
      // Who has no price for writing to a cache writes to none.
      if (row.written > 0 && !price->rates.cache_write) continue;
      record::Usage usage;
      usage.input_total = row.input;
      usage.cache_read = row.read;
      usage.cache_write = row.written;
      usage.output_total = row.output;
      record::Cost cost = cost_of(*price, usage);
      ASSERT_TRUE(cost.pico_usd) << model;
      out << Json::object({{"model", model},
                           {"provider", provider},
                           {"input", row.input},
                           {"read", row.read},
                           {"written", row.written},
                           {"output", row.output},
                           {"pico_usd", *cost.pico_usd}})
                 .dump()
          << "\n";
      ++rows;
    }
  }
  EXPECT_GT(rows, 80u);
}

}  // namespace
}  // namespace gf::model
