// Names of a request come out of quotes of all kinds, whole and without them.
#include "stage/quotes.h"

#include <gmock/gmock.h>

#include "stage/digest.h"

namespace gf::stage {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  const char* request;
  std::vector<std::string> names;
};

TEST(QuotesTest, NamesComeOutOfThem) {
  const Case cases[] = {
      {"Send \"content-type\" too", {"content-type"}},
      {"Send 'content-type' too", {"content-type"}},
      {"Send `content-type` too", {"content-type"}},
      {"Send ``content-type`` too", {"content-type"}},
      {"Send \u201ccontent-type\u201d too", {"content-type"}},
      {"Send \u2018content-type\u2019 too", {"content-type"}},
      {"Sende \u201econtent-type\u201c mit", {"content-type"}},
      {"Sende \u201acontent-type\u2018 mit", {"content-type"}},
      {"Envoyer \u00abcontent-type\u00bb aussi", {"content-type"}},
      {"Envoyer \u00ab content-type \u00bb aussi", {"content-type"}},
      {"Envoyer \u00ab\u00a0content-type\u00a0\u00bb aussi", {"content-type"}},
      {"Send \u00bbcontent-type\u00ab too", {"content-type"}},
      {"Send \u2039content-type\u203a too", {"content-type"}},
      {"S\u00e4nd \u201dcontent-type\u201d med", {"content-type"}},
      {"\u300ccontent-type\u300d", {"content-type"}},
      // in each other
      {"Send `\"content-type\"` too", {"content-type"}},
      {"Send `'content-type'` too", {"content-type"}},
      {"Send \"`content-type`\" too", {"content-type"}},
      {"Send \u201c`content-type`\u201d too", {"content-type"}},
      {"Let `headers[\"content-type\"]` be", {"content-type"}},
      {"`{'content-type': 'text/plain'}`", {"content-type", "text/plain"}},
      // escaped
      {"Add \\\"alpha\\\" and \\\"beta\\\"", {"alpha", "beta"}},
      {"Add \"say \\\"alpha\\\" now\"", {"say \"alpha\" now"}},
      // beside other marks
      {"Add \"alpha\"\u2026", {"alpha"}},
      {"Add 'alpha'\u2026", {"alpha"}},
      {"Add \u2018alpha\u2019\u2026 and 'beta'.", {"alpha", "beta"}},
      {"Add (\"alpha\"), 'beta'; \"gamma\"", {"alpha", "beta", "gamma"}},
      {"name=\"alpha\", f\"beta\"", {"alpha", "beta"}},
      {"set\u2014'alpha'\u2014here", {"alpha"}},
      // none of them a quote
      {"A 5\" disk takes \"alpha\"", {"alpha"}},
      {"It doesn't take 'alpha' or 'beta'", {"alpha", "beta"}},
      {"It doesn\u2019t take \u2018alpha\u2019", {"alpha"}},
      {"The Parsers' flag and \u201calpha\u201d", {"alpha"}},
      {"FeedRow\u2019s header", {"FeedRow"}},
      {"feed_row\u2014which is slow\u2026 max_len\u2026", {"feed_row", "max_len"}},
  };
  for (const Case& one : cases) {
    std::vector<std::string> names = names_in(one.request);
    for (const std::string& name : one.names) EXPECT_THAT(names, Contains(name)) << one.request;
    for (const std::string& name : names) {
      for (const char* mark : {"\u201c", "\u201d", "\u2018", "\u2019", "\u2026", "\u2014", "\\"})
        EXPECT_THAT(name, Not(HasSubstr(mark))) << one.request;
      EXPECT_NE(name.front(), '"') << one.request;
    }
  }
}

TEST(QuotesTest, WhatOpensNothingIsNoQuote) {
  for (const char* text : {"\"", "\"\"", "\" a\"", "'", "'a", "`", "\u201ca", "\u201c", "a", ""})
    EXPECT_FALSE(quoted_at(text, 0)) << text;
}

TEST(QuotesTest, EndsBehindTheClosingOne) {
  ASSERT_TRUE(quoted_at("\u201ca\u201d b", 0));
  EXPECT_EQ(quoted_at("\u201ca\u201d b", 0)->end, 7u);
  EXPECT_EQ(quoted_at("'it's' b", 0)->text, "it's");
}

}  // namespace
}  // namespace gf::stage
