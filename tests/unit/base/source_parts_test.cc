// Code and comments of a source line, apart.
#include "base/source_parts.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace gf {
namespace {

TEST(SourcePartsTest, CodeKeepsItsColumnsAndTextsAreBlank) {
  struct Case {
    const char *path, *text;
    std::vector<std::string> code, comments;
  };
  for (const Case& one : std::vector<Case>{
           {"a.py", "x = 'a # b'  # c", {"x = '     '     "}, {"# c"}},
           {"a.py", "\"\"\"a\n# b\n\"\"\"\ny", {"\"\"\" ", "   ", "\"\"\"", "y"}, {"", "", "", ""}},
           {"a.py", "x = 'it\\'s'\ny", {"x = '     '", "y"}, {"", ""}},
           {"a.go", "a := `x\n// y`\nb // z", {"a := ` ", "    `", "b     "}, {"", "", "// z"}},
           {"a.ts", "a /* b\nc */ d", {"a     ", "     d"}, {"/* b", "c */"}},
           {"a.rs", "fn f<'a>(x: &'a str) // y", {"fn f<'a>(x: &'a str)     "}, {"// y"}},
           {"a.rs", "r#\"a\"b\"# c 'd'", {"r#\"   \"# c ' '"}, {""}},
           {"a.py", "'open\nx", {"'    ", "x"}, {"", ""}}}) {
    std::vector<SourceLine> all = source_lines(one.text, *syntax_of(one.path));
    ASSERT_EQ(all.size(), one.code.size()) << one.text;
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].code, one.code[i]) << one.text;
      EXPECT_EQ(all[i].comment, one.comments[i]) << one.text;
    }
  }
}

TEST(SourcePartsTest, AWordStandsBetweenNoLetters) {
  EXPECT_EQ(find_word("band and", "and"), 5u);
  EXPECT_EQ(find_word("brand", "and"), std::string_view::npos);
  EXPECT_EQ(find_word("x as any;", "as any"), 2u);
  EXPECT_EQ(find_word("x as anyone", "as any"), std::string_view::npos);
}

}  // namespace
}  // namespace gf
