// Markdown on a terminal: what stands where, how wide it gets, and what never comes through.
#include "markdown.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::cmd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  const char *about, *markdown, *shown;
};

TEST(MarkdownTest, EveryBlockHasItsForm) {
  for (const Case& one : {
           Case{"nothing", "", ""},
           Case{"a paragraph", "one\ntwo\n", "one two\n"},
           Case{"two of them", "one\n\ntwo\n", "one\n\ntwo\n"},
           Case{"no backslashes", "\\`a\\_b\\` \\<c\\> 1\\. d\n", "`a_b` <c> 1. d\n"},
           Case{"headings", "# Top\n\n## Below\n\ntext\n", "Top\n===\n\nBelow\n-----\ntext\n"},
           Case{"a tight list", "- a\n- b\n  - c\n- d\n\nend\n", "- a\n- b\n  - c\n- d\n\nend\n"},
           Case{"a loose list", "1. a\n\n2. b\n", "1. a\n\n2. b\n"},
           Case{"a list that begins at 7", "7. a\n8. b\n", "7. a\n8. b\n"},
           Case{"a list of long items", "- one two three four five six seven\n",
                "- one two three four\n  five six seven\n"},
           Case{"a quote", "> said\n> so\n", "| said so\n"},
           Case{"code", "```\nif (a)\n  b;\n```\n", "    if (a)\n      b;\n"},
           Case{"code in a line", "use `git log`, always\n", "use `git log`, always\n"},
           Case{"an address", "[the page](https://e.example) and <https://f.example>\n",
                "the page\n(https://e.example) and\nhttps://f.example\n"},
           Case{"strong and not", "**a**b *c*.\n", "ab c.\n"},
           Case{"entities", "a &lt; b &amp; c\n", "a < b & c\n"},
           Case{"HTML", "<details>\n<summary>more</summary>\n</details>\n", "more\n"},
           Case{"a rule", "a\n\n---\n\nb\n", "a\n\n------------------------\n\nb\n"},
           Case{"a table", "| id | is |\n|---|---|\n| AC1 | kept |\n| AC22 | x<br>y |\n",
                "id    is\n----  ----\nAC1   kept\nAC22  x\n      y\n"},
           Case{"a table that is too wide",
                "| a | b |\n|---|---|\n| one two three four | five six seven |\n",
                "a            b\n-----------  -----------\none two      five six\nthree four   "
                "seven\n"},
           Case{"wide characters", "| a | b |\n|---|---|\n| \xe4\xba\xa7\xe5\x93\x81 | x |\n",
                "a     b\n----  -\n\xe4\xba\xa7\xe5\x93\x81  x\n"},
       })
    EXPECT_EQ(read_markdown(one.markdown, {24, false}), one.shown) << one.about;
}

TEST(MarkdownTest, ColourIsPutAroundWordsAndTakesNoRoom) {
  std::string shown = read_markdown("**bold** `code` plain\n", {24, true});

  EXPECT_EQ(shown, "\x1b[1mbold\x1b[m \x1b[36mcode\x1b[m plain\n");
}

TEST(MarkdownTest, NothingInTheTextReachesTheTerminalAsAnOrder) {
  for (const char* hostile :
       {"a \x1b[31mred\x1b[m\n", "```\n\x1b]0;title\x07\n```\n", "[x](http://e.example/\x1b[2J)\n",
        "| \x1b[1m |\n|---|\n| \x9b"
        "31m |\n",
        "<b \x1b[5m>\x08\x08</b>\n", "# \x1b(0\n"}) {
    std::string shown = read_markdown(hostile, {40, false});
    for (const char* order : {"\x1b", "\x07", "\x08"})
      EXPECT_THAT(shown, Not(HasSubstr(order))) << printable(hostile);
  }
}

TEST(MarkdownTest, NoLineIsWiderThanTheWindowWhereWordsCanBeParted) {
  std::string text =
      "# A heading of some length that goes on\n\n- an item that goes on and on and on\n  1. and "
      "one "
      "below it that does as well\n\n> a quotation of some length\n\n| a | b | c |\n|---|---|---|\n"
      "| some words here | and some more here | and even more |\n";
  for (size_t width : {20u, 30u, 40u, 80u, 200u}) {
    for (const std::string& line : lines(read_markdown(text, {width, false})))
      EXPECT_LE(columns_of(line), width) << line;
  }
}

TEST(MarkdownTest, DeepAndHugeTextsEnd) {
  std::string deep(2000, '>'), wide = "| a |\n|---|\n", nested;
  for (int i = 0; i < 500; ++i) nested += std::string(2 * static_cast<size_t>(i), ' ') + "- x\n";
  for (int i = 0; i < 5000; ++i) wide += "| x |\n";

  EXPECT_FALSE(read_markdown(deep + " x\n", {40, false}).empty());
  EXPECT_FALSE(read_markdown(nested, {40, false}).empty());
  EXPECT_EQ(lines(read_markdown(wide, {40, false})).size(), 5002u);
}

TEST(ColumnsTest, AreCountedAsATerminalShowsThem) {
  EXPECT_EQ(columns_of(""), 0u);
  EXPECT_EQ(columns_of("abc"), 3u);
  EXPECT_EQ(columns_of("\xc3\xa9"), 1u);
  EXPECT_EQ(columns_of("e\xcc\x81"), 1u) << "a combining accent";
  EXPECT_EQ(columns_of("\xe4\xba\xa7"), 2u);
  EXPECT_EQ(columns_of("\xf0\x9f\x98\x80"), 2u);
}

TEST(ReadLines, WhatStandsOnLinesOfItsOwnStaysThereAndTablesStayTables) {
  std::string text = read_lines("Spent: $1\nPer run: $2\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", {});
  EXPECT_NE(text.find("Spent: $1\nPer run: $2\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('|'), std::string::npos) << text;
}

}  // namespace
}  // namespace gf::cmd
