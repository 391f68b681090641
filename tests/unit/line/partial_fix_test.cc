// What a fixer rewrote of a file that was untidy before.
#include "line/partial_fix.h"

#include <gtest/gtest.h>

namespace gf::line {
namespace {

git::Hunk hunk(int old_start, int old_count, const std::string& lines) {
  return {"a.py", old_start, old_count, 0, 0, "--- a/a.py\n+++ b/a.py\n@@ -0 +0 @@\n" + lines};
}

struct Case {
  const char* about;
  std::string text;
  std::vector<git::Hunk> rewritten;
  std::vector<int> added;
  std::string made;
};

TEST(PartialFixTest, OnlyWhatTouchesTheChangeIsKept) {
  for (const Case& one : {
           Case{"nothing was rewritten", "a\nb\n", {}, {1}, "a\nb\n"},
           Case{"its own line", "a\nb\nc\n", {hunk(2, 1, "-b\n+B\n")}, {2}, "a\nB\nc\n"},
           Case{"another's line", "a\nb\nc\n", {hunk(3, 1, "-c\n+C\n")}, {2}, "a\nb\nc\n"},
           Case{"one of each",
                "a\nb\nc\n",
                {hunk(1, 1, "-a\n+A\n"), hunk(3, 1, "-c\n+C\n")},
                {3},
                "a\nb\nC\n"},
           Case{"a block that has one of its lines",
                "a\nb\nc\n",
                {hunk(1, 2, "-a\n-b\n+B\n+A\n")},
                {2},
                "B\nA\nc\n"},
           Case{"a line that goes", "a\nb\nc\n", {hunk(2, 1, "-b\n")}, {2}, "a\nc\n"},
           Case{"a line put behind its own", "a\nb\n", {hunk(1, 0, "+\n")}, {1}, "a\n\nb\n"},
           Case{"a line put before its own", "a\nb\n", {hunk(1, 0, "+x\n")}, {2}, "a\nx\nb\n"},
           Case{"a line put before the first", "a\n", {hunk(0, 0, "+x\n")}, {1}, "x\na\n"},
           Case{"a blank line elsewhere",
                "a\nb\nc\nd\n",
                {hunk(1, 0, "+\n"), hunk(4, 1, "-d\n+D\n")},
                {4},
                "a\nb\nc\nD\n"},
           Case{"an import elsewhere, which the rest may need",
                "a\nb\nc\nd\n",
                {hunk(1, 0, "+import x\n"), hunk(4, 1, "-d\n+x.D\n")},
                {4},
                "a\nb\nc\nd\n"},
           Case{"the end that was missing",
                "a\nb",
                {hunk(2, 1, "-b\n\\ No newline at end of file\n+b\n")},
                {2},
                "a\nb\n"},
           Case{"the end that goes",
                "a\nb\n",
                {hunk(2, 1, "-b\n+b\n\\ No newline at end of file\n")},
                {2},
                "a\nb"},
           Case{"nothing is its own", "a\n", {hunk(1, 1, "-a\n+A\n")}, {}, "a\n"},
           Case{"an empty file", "", {}, {}, ""},
       })
    EXPECT_EQ(fixed_in_part(one.text, one.rewritten, one.added), one.made) << one.about;
}

}  // namespace
}  // namespace gf::line
