// The one dialect of patterns, and what is told of one that does not compile.
#include "record/pattern.h"

#include <gmock/gmock.h>

namespace gf::record {
namespace {

using testing::HasSubstr;

TEST(Pattern, WhatPeopleKnowCompiles) {
  for (const char* pattern :
       {"^T.a$", "(?s)a.*b", "(?i)not found", R"(\d+\.\d+)", "(?P<year>[0-9]{4})", "a(?=b)",
        R"(^[0-9a-f-]{36}$)", "\xc3\xa4+", R"(\bword\b)", "(?m)^x$"}) {
    EXPECT_EQ(pattern_error(pattern), std::nullopt) << pattern;
  }
}

TEST(Pattern, ARefusalHasTheCompilersReasonAndPlace) {
  EXPECT_THAT(pattern_error("ab(cd").value(), HasSubstr("missing closing parenthesis at offset 5"));
  EXPECT_THAT(pattern_error("a{2}{").value_or("compiles"), HasSubstr("compiles"));
  EXPECT_THAT(pattern_error("x[z-a]y").value(), HasSubstr("range out of order"));
  EXPECT_THAT(pattern_error("x[z-a]y").value(), HasSubstr("before '"));
  EXPECT_THAT(pattern_error("(?<n").value(), HasSubstr("offset 4"));
}

TEST(Pattern, HostileOnesAreRefusedAndEnd) {
  EXPECT_TRUE(pattern_error(std::string(100'000, '(')).has_value());
  EXPECT_TRUE(pattern_error(std::string(1'999, '(')).has_value());
  EXPECT_TRUE(pattern_error("a\xff(").has_value());
}

}  // namespace
}  // namespace gf::record
