#include "base/text.h"

#include <gtest/gtest.h>

namespace gf {
namespace {

TEST(Text, LinesDropTheirEndsAndNoTextHasNoLines) {
  EXPECT_EQ(lines("a\r\nb\n"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines("a\n\nb"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(lines("").empty());
}

TEST(Text, SlugIsSafeInARefAndAFileName) {
  EXPECT_EQ(slug_from("Add GET /products/{id}!"), "add-get-products-id");
  EXPECT_EQ(slug_from("Grüße an alle"), "gr-e-an-alle");
  EXPECT_EQ(slug_from("日本語"), "feature");
  EXPECT_EQ(slug_from("../../etc/passwd"), "etc-passwd");
  EXPECT_EQ(slug_from("one two three four", 9), "one-two");
  EXPECT_EQ(slug_from(std::string(100, 'x'), 10), "xxxxxxxxxx");
}

TEST(Text, InvalidUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(to_utf8("a\xff"
                    "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(to_utf8("\xc3"), "\xef\xbf\xbd");
  EXPECT_FALSE(is_utf8("\xc0\xaf")) << "an overlong slash";
  EXPECT_FALSE(is_utf8("\xed\xa0\x80")) << "a surrogate";
  EXPECT_TRUE(is_utf8("z\xc3\xbc\xf0\x9f\x8d\x95"));
}

TEST(Text, PrintableShowsEscapesInsteadOfSendingThem) {
  EXPECT_EQ(printable("\x1b[31mred\a"), "\\x1b[31mred\\x07");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("tab\tline\n\xc3\xbc"), "tab\tline\n\xc3\xbc");
}

TEST(Text, WhatATerminalWouldNotShowIsTakenOut) {
  struct Case {
    std::string text, seen;
  };
  const Case kCases[] = {
      {"plain", "plain"},
      {"\x1b[1;31mred\x1b[0m a.py:3: no", "red a.py:3: no"},
      {"\x1b[38;2;56;56;56m│\x1b[m x", "│ x"},
      {"\x1b[2K\x1b[1Gdone", "done"},
      {"\x1b]0;title\x07here", "here"},
      {"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
      {"\x1b(Bx\x1b=y", "xy"},
      {"cut\x1b[31", "cut"},
      {"cut\x1b", "cut"},
      {"\x1b\nnext", "\nnext"},
  };
  for (const Case& one : kCases) EXPECT_EQ(without_escapes(one.text), one.seen) << one.seen;
}

TEST(Text, ClippedCutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(clipped("abc", 3), "abc");
  EXPECT_EQ(clipped("a\xc3\xbc"
                    "b",
                    2),
            "a[... 3 bytes cut]");
  EXPECT_EQ(clipped_middle("0123456789", 4), "01\n[... 6 bytes cut]\n89");
}

TEST(Text, ReplaceAllDoesNotLookAtWhatItPutIn) {
  EXPECT_EQ(replace_all("aXbX", "X", "XX"), "aXXbXX");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
}

}  // namespace
}  // namespace gf
