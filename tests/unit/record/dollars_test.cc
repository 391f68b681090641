// Money that programs read is in dollars, beside the exact number that is stored.
#include "record/dollars.h"

#include <gtest/gtest.h>

namespace gf::record {
namespace {

TEST(DollarsTest, EveryPriceGetsItsDollarsHoweverDeepItStands) {
  struct Case {
    const char *stored, *expected;
  };
  const Case cases[] = {
      {R"({"pico_usd":1500000000000})", R"({"pico_usd":1500000000000,"usd":1.5})"},
      {R"([{"cost":{"basis":"provider","pico_usd":0}}])",
       R"([{"cost":{"basis":"provider","pico_usd":0,"usd":0.0}}])"},
      {R"({"basis":"none"})", R"({"basis":"none"})"},
      {R"({"pico_usd":"text"})", R"({"pico_usd":"text"})"},
      {R"({})", R"({})"},
      {R"([])", R"([])"},
      {R"("pico_usd")", R"("pico_usd")"},
      {R"(null)", R"(null)"},
  };
  for (const Case& one : cases) {
    auto stored = Json::parse(one.stored);
    ASSERT_TRUE(stored.ok()) << one.stored;
    EXPECT_EQ(in_dollars(*stored).dump(), one.expected) << one.stored;
  }
}

}  // namespace
}  // namespace gf::record
