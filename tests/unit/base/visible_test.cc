// Characters that nobody sees, as models get them.
#include "base/visible.h"

#include <gtest/gtest.h>

#include <vector>

namespace gf {
namespace {

TEST(VisibleTest, WhatCannotBeSeenIsAnEscapeAndWhatCanStays) {
  struct Row {
    const char *text, *seen;
  };
  for (const Row& row :
       std::vector<Row>{{"plain \t text\n", "plain \t text\n"},
                        {"\u00e9\u00df \u4e2d\u6587 \u05d0 \u2192 \u2026 \u201c\u201d",
                         "\u00e9\u00df \u4e2d\u6587 \u05d0 \u2192 \u2026 \u201c\u201d"},
                        {"\U0001f600 \u2764\ufe0f", "\U0001f600 \u2764\ufe0f"},
                        {"1\u00a0000", "1\\u00a0000"},
                        {"a\u200bb\u200d\ufeff", "a\\u200bb\\u200d\\ufeff"},
                        {"\u202eabc\u2066\u200f", "\\u202eabc\\u2066\\u200f"},
                        {"soft\u00adhyphen \u3000 \u2009", "soft\\u00adhyphen \\u3000 \\u2009"},
                        {"\u2028", "\\u2028"},
                        {"\U000e0041", "\\U000e0041"},
                        {"cut \xc2", "cut \xc2"},
                        {"\xff\xa0", "\xff\xa0"}}) {
    EXPECT_EQ(visible(row.text), row.seen);
    EXPECT_EQ(has_unseen(row.text), std::string(row.text) != row.seen) << row.seen;
  }
}

TEST(VisibleTest, AnEscapeThatWasShownCanBeReadBack) {
  const char* raw = "a\u00a0b\u200b\U000e0041c\u3000";

  EXPECT_EQ(unseen_from_escapes(visible(raw)), raw);
  EXPECT_EQ(unseen_from_escapes("\\u0041 \\u00e9 \\u00 \\uZZZZ \\"),
            "\\u0041 \\u00e9 \\u00 \\uZZZZ \\")
      << "what is seen was never shown as an escape";
}

}  // namespace
}  // namespace gf
