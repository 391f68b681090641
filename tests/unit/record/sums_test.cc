// One meaning of a sum that does not fit.
#include "record/sums.h"

#include <gtest/gtest.h>

#include "record/exchange.h"

namespace gf::record {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(Sums, ACountStaysAtTheLargestValue) {
  EXPECT_EQ(capped_sum(2, 3), 5);
  EXPECT_EQ(capped_sum(kMost, 1), kMost);
  EXPECT_EQ(capped_sum(-kMost, -kMost), std::numeric_limits<int64_t>::min());
}

TEST(Sums, WhatWasNotToldAddsNothing) {
  const std::optional<int64_t> absent;
  EXPECT_EQ(capped_sum(absent, std::optional<int64_t>(3)), 3);
  EXPECT_EQ(capped_sum(std::optional<int64_t>(kMost), std::optional<int64_t>(3)), kMost);
  EXPECT_FALSE(capped_sum(absent, absent).has_value());
}

TEST(Sums, APriceThatDoesNotFitIsUnknown) {
  EXPECT_FALSE((Cost{kMost, "local"} + Cost{1, "local"}).pico_usd.has_value());
}

}  // namespace
}  // namespace gf::record
