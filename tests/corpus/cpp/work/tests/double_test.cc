#include "twice.h"

#include <gtest/gtest.h>

TEST(Double, AC1Doubles) {
  int two = 2;
  EXPECT_EQ(twice(two), 4);
}

TEST(Double, Halves) { EXPECT_EQ(half(4), 2); }
