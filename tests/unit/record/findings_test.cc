// What is new among findings: by path, rule, message and where lines have moved.
#include "record/findings.h"

#include <gtest/gtest.h>

namespace gf::record {
namespace {

Finding at(int line, const std::string& message = "unused import", const std::string& path = "a.py",
           const std::string& rule = "F401") {
  return {path, line, rule, message, "error"};
}

std::vector<int> lines_of(const std::vector<Finding>& findings) {
  std::vector<int> lines;
  for (const Finding& finding : findings) lines.push_back(finding.line);
  return lines;
}

TEST(MovedLineTest, LinesMoveWithWhatIsAddedAndTakenAwayAbove) {
  // Two lines before line 3, line 6 rewritten as one, lines 8 and 9 gone.
  std::vector<LineMove> moves = {{3, 0, 3, 2}, {6, 1, 8, 1}, {8, 2, 10, 0}};
  struct Case {
    int old;
    std::optional<int> now;
  };
  for (const Case& one : {Case{1, 1}, Case{2, 2}, Case{3, 5}, Case{5, 7}, Case{6, std::nullopt},
                          Case{7, 9}, Case{8, std::nullopt}, Case{9, std::nullopt}, Case{10, 10}}) {
    EXPECT_EQ(moved_line(moves, one.old), one.now) << one.old;
  }
  EXPECT_EQ(moved_line({}, 7), 7);
}

TEST(NewFindingsTest, OnlyWhatTheBaseDidNotHaveIsNew) {
  struct Case {
    const char* what;
    std::vector<Finding> base, now;
    LineMoves moves;
    std::vector<int> fresh;
  };
  const LineMoves two_above = {{"a.py", {{1, 0, 1, 2}}}};
  const std::vector<Case> cases = {
      {"the same", {at(3)}, {at(3)}, {}, {}},
      {"none before", {}, {at(3)}, {}, {3}},
      {"mended", {at(3), at(9)}, {at(9)}, {}, {}},
      {"moved down by two lines", {at(3)}, {at(5)}, two_above, {}},
      {"moved in a file that no diff tells of", {at(3)}, {at(40)}, {}, {}},
      {"moved by hand to another place", {at(3)}, {at(90)}, two_above, {}},
      {"one more, above the old ones", {at(3), at(9)}, {at(1), at(5), at(11)}, two_above, {1}},
      {"one more, below the old ones", {at(3), at(9)}, {at(5), at(11), at(30)}, two_above, {30}},
      {"two alike on one line", {at(3)}, {at(3), at(3)}, {}, {3}},
      {"a line's number in the message",
       {at(9, "'f' already defined on line 3")},
       {at(11, "'f' already defined on line 5")},
       two_above,
       {}},
      {"another number in the message",
       {at(9, "takes 3 arguments")},
       {at(9, "takes 5 arguments")},
       {},
       {9}},
      {"longer still than is allowed",
       {at(1, "Too many lines in module (1309/1000)")},
       {at(1, "Too many lines in module (1312/1000)")},
       {},
       {}},
      {"more than is allowed, as before", {at(9, "(6 > 5)")}, {at(9, "(7 > 5)")}, {}, {}},
      {"parentheses that measure nothing", {at(9, "f(3)")}, {at(9, "f(5)")}, {}, {9}},
      {"a word that ends in line", {at(9, "newline 3")}, {at(9, "newline 5")}, {}, {9}},
      {"another rule", {at(3)}, {at(3, "unused import", "a.py", "F811")}, {}, {3}},
      {"another file", {at(3)}, {at(3, "unused import", "b.py")}, {}, {3}},
      {"about no line", {at(0, "is not formatted")}, {at(0, "is not formatted")}, two_above, {}},
  };
  for (const Case& one : cases)
    EXPECT_EQ(lines_of(new_findings(one.base, one.now, one.moves)), one.fresh) << one.what;
}

TEST(NewFindingsTest, ThousandsOfKnownOnesHideNothing) {
  std::vector<Finding> base;
  for (int i = 1; i <= 5000; ++i) base.push_back(at(i, "x", "z.py"));
  std::vector<Finding> now = {at(7, "mine", "a.py")};
  now.insert(now.end(), base.begin(), base.end());

  EXPECT_EQ(lines_of(new_findings(base, now, {})), (std::vector<int>{7}));
}

}  // namespace
}  // namespace gf::record
