// Assertions over Result.
#pragma once

#include <gtest/gtest.h>

#include "base/result.h"

namespace gf::test {

template <typename T>
::testing::AssertionResult is_done(const Result<T>& result) {
  if (result.ok()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "error: " << result.error().message << "\nhint: " << result.error().hint << "\n"
         << result.error().detail;
}

}  // namespace gf::test

#define ASSERT_DONE(...) ASSERT_TRUE(::gf::test::is_done(__VA_ARGS__))
#define EXPECT_DONE(...) EXPECT_TRUE(::gf::test::is_done(__VA_ARGS__))
/// ASSERT_GIVES(auto x, f()): the test ends unless f() succeeded; x is its value.
#define ASSERT_GIVES(declaration, ...)                           \
  auto GF_CONCAT(given_, __LINE__) = (__VA_ARGS__);              \
  ASSERT_TRUE(::gf::test::is_done(GF_CONCAT(given_, __LINE__))); \
  declaration = std::move(GF_CONCAT(given_, __LINE__)).value()
