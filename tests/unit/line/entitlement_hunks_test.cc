// The hunks that REVIEW judges: odd ones stay as they are, and none grows without a bound.
#include <gmock/gmock.h>

#include "line/change.h"
#include "unit/line/entitled.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(RoomForDefinitionsTest, IsWhatThePromptLeavesWithinBounds) {
  auto room = [](const std::vector<size_t>& sizes) {
    std::vector<record::Message> messages;
    for (size_t size : sizes)
      messages.push_back({record::Message::Role::kUser, std::string(size, 'x'), {}, "", ""});
    return room_for_definitions(messages);
  };
  EXPECT_EQ(room({}), 18u << 10) << "nobody reads on";
  EXPECT_EQ(room({20u << 10, 10u << 10}), 11u << 10) << "3 KB are kept for what uses it";
  EXPECT_EQ(room({41u << 10}), 4u << 10);
  EXPECT_EQ(room({10u << 20}), 4u << 10) << "however large the change is";
}

class HunksTest : public EntitlementTest {
 protected:
  [[nodiscard]] std::vector<stage::ReviewHunk> hunks(const std::vector<git::Hunk>& all) const {
    Change change;
    change.hunks = all;
    return hunks_to_review(given_, change, &tree_);
  }
  void source(const std::string& text) { tree_ = test::MapFacts({{"app/main.py", text}}); }
};

TEST_F(HunksTest, WhatHasNothingAroundItStaysAsItIs) {
  source("one = 1\ntwo = 2\nthree = 3\n");
  struct Case {
    const char* what;
    git::Hunk hunk;
  };
  for (const Case& one : {
           Case{"a new file",
                {"app/main.py", 0, 0, 1, 3,
                 "@@ -0,0 +1,3 @@\n+one = 1\n+two = 2\n"
                 "+three = 3\n"}},
           Case{"all is gone", {"app/main.py", 1, 2, 0, 0, "@@ -1,2 +0,0 @@\n-one\n-two\n"}},
           Case{"another tree", {"app/main.py", 8, 1, 8, 1, "@@ -8 +8 @@\n-a\n+b\n"}},
           Case{"a file that is not there", {"app/gone.py", 1, 1, 1, 1, "@@ -1 +1 @@\n-a\n+b\n"}},
           Case{"the whole file",
                {"app/main.py", 1, 3, 1, 3,
                 "@@ -1,3 +1,3 @@\n-one\n+one = 1\n"
                 " two = 2\n three = 3\n"}},
           Case{"no header", {"app/main.py", 0, 0, 0, 0, ""}},
       }) {
    std::vector<stage::ReviewHunk> shown = hunks({one.hunk});
    ASSERT_THAT(shown, SizeIs(1)) << one.what;
    EXPECT_EQ(shown[0].text, one.hunk.text) << one.what;
    EXPECT_EQ(shown[0].new_start, one.hunk.new_start) << one.what;
  }
}

TEST_F(HunksTest, WithoutANewlineAtTheEndNothingComesBehindIt) {
  source("one = 1\ntwo = 2\nthree = 3");

  auto shown = hunks({{"app/main.py", 3, 1, 3, 1,
                       "@@ -3 +3 @@\n-three = 4\n\\ No newline at end of file\n+three = 3\n"
                       "\\ No newline at end of file\n"}});

  EXPECT_EQ(shown.at(0).text,
            "@@ -1,3 +1,3 @@\n one = 1\n two = 2\n-three = 4\n\\ No newline at end of file\n"
            "+three = 3\n\\ No newline at end of file\n");
}

TEST_F(HunksTest, TheSectionBehindTheSecondMarkIsKept) {
  source("def f():\n    one = 1\n    two = 2\n");

  auto shown =
      hunks({{"app/main.py", 2, 1, 2, 1, "@@ -2 +2 @@ def f(): # @@\n-x\n+    one = 1\n"}});

  EXPECT_THAT(shown.at(0).text, StartsWith("@@ -1,3 +1,3 @@ def f(): # @@\n def f():\n"));
}

TEST_F(HunksTest, BytesThatAreNoTextAreShownAsSuch) {
  source("one = '\xff'\ntwo = 2\n");

  auto shown = hunks({{"app/main.py", 2, 1, 2, 1, "@@ -2 +2 @@\n-two = '\xfe'\n+two = 2\n"}});

  EXPECT_THAT(shown.at(0).text, HasSubstr(" one = '\xef\xbf\xbd'\n-two = '\xef\xbf\xbd'\n"));
}

TEST_F(HunksTest, HunksThatTouchShareTheirNeighboursOnce) {
  std::string text;
  for (int i = 1; i <= 12; ++i) text += "x" + std::to_string(i) + " = 1\n";
  source(text);
  auto hunk = [](int at) {
    std::string number = std::to_string(at);
    return git::Hunk{
        "app/main.py",
        at,
        1,
        at,
        1,
        "@@ -" + number + " +" + number + " @@\n-x" + number + " = 0\n+x" + number + " = 1\n"};
  };

  auto shown = hunks({hunk(4), hunk(5), hunk(9)});

  ASSERT_THAT(shown, SizeIs(3));
  std::string all = shown[0].text + shown[1].text + shown[2].text;
  for (int i = 1; i <= 12; ++i) {
    std::string line = "x" + std::to_string(i) + " = 1\n";
    size_t first =
        all.find(" " + line) != std::string::npos ? all.find(" " + line) : all.find("+" + line);
    ASSERT_NE(first, std::string::npos) << i;
    EXPECT_EQ(all.find(" " + line, first + 1), std::string::npos) << i << " is shown twice";
  }
  EXPECT_THAT(shown[2].text, EndsWith(" x12 = 1\n"));
}

TEST_F(HunksTest, AllTogetherTheyGrowByNoMoreThanTheirRoom) {
  std::map<std::string, std::string> files;
  std::vector<git::Hunk> all;
  size_t before = 0;
  for (int file = 10; file < 40; ++file) {
    std::string path = "app/f" + std::to_string(file) + ".py", text;
    for (int i = 0; i < 150; ++i) text += "value_" + std::to_string(100 + i) + " = 'a value'\n";
    files[path] = text;
    all.push_back({path, 70, 1, 70, 1, "@@ -70 +70 @@\n-value = 1\n+value_169 = 'a value'\n"});
    before += all.back().text.size();
  }
  tree_ = test::MapFacts(files);

  std::vector<stage::ReviewHunk> shown = hunks(all);

  size_t bytes = 0;
  for (const stage::ReviewHunk& one : shown) bytes += one.text.size();
  EXPECT_LE(bytes, before + (16u << 10));
  EXPECT_GT(bytes, before + (8u << 10)) << "the room is used";
  EXPECT_EQ(shown.back().text, all.back().text) << "what has no room is as it was";
}

TEST_F(HunksTest, IdsCountWhatIsShownAndOldRulesSeeNoEntry) {
  given_.changelog.path = "CHANGELOG.md";
  std::vector<git::Hunk> all = {{"CHANGELOG.md", 1, 1, 1, 1, "@@ -1 +1 @@\n-a\n+b\n"},
                                {"b.txt", 1, 1, 1, 1, "@@ -1 +1 @@\n-a\n+b\n"},
                                {"a.txt", 1, 1, 1, 1, "@@ -1 +1 @@\n-a\n+b\n"}};
  auto ids = [&] {
    std::vector<std::string> described;
    for (const stage::ReviewHunk& one : hunks(all)) described.push_back(one.id + " " + one.path);
    return described;
  };

  EXPECT_THAT(ids(), ElementsAre("H1 b.txt", "H2 a.txt", "H3 CHANGELOG.md"));
  given_.wishes.rules = Rules::kTestsValidated;
  EXPECT_THAT(ids(), ElementsAre("H1 b.txt", "H2 a.txt"));
}

}  // namespace
}  // namespace gf::line
