#include "base/line_diff.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace gf {
namespace {

/// "2-3>2-2": lines from and to before of the one, and of the other.
std::string hunks_text(const std::string& before, const std::string& now) {
  std::string all;
  for (const LineHunk& hunk : line_hunks(split(before, ' '), split(now, ' '))) {
    all += std::to_string(hunk.old_first) + "-" + std::to_string(hunk.old_last) + ">" +
           std::to_string(hunk.new_first) + "-" + std::to_string(hunk.new_last) + " ";
  }
  return all;
}

TEST(LineDiffTest, PlacesAreThoseThatDiffer) {
  EXPECT_EQ(hunks_text("a b c", "a b c"), "");
  EXPECT_EQ(hunks_text("a b c", "a x b c"), "1-1>1-2 ");
  EXPECT_EQ(hunks_text("a b c", "a c"), "1-2>1-1 ");
  EXPECT_EQ(hunks_text("a b c", "a x c"), "1-2>1-2 ");
  EXPECT_EQ(hunks_text("a b c d e", "x b c e y"), "0-1>0-1 3-4>3-3 5-5>4-5 ");
  EXPECT_EQ(hunks_text("a", "a b"), "1-1>1-2 ");
}

TEST(LineDiffTest, WhatIsTooLargeIsOnePlace) {
  std::vector<std::string> before(9000), now(9000);
  for (size_t i = 0; i < 9000; ++i) before[i] = "a" + std::to_string(i), now[i] = "b";
  now[4000] = before[4000];

  EXPECT_EQ(line_hunks(before, now).size(), 1U);
}

}  // namespace
}  // namespace gf
