// How much of a file or of a change is shown, and where it is cut.
#include <gmock/gmock.h>

#include "unit/line/entitled.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(EntitlementTest, AHunkShowsTheFunctionThatItStandsInAndNoLineTwice) {
  std::string source = "import one\n\n\nclass A:\n    def f(self):\n";
  for (int i = 6; i <= 40; ++i) source += "        step(" + std::to_string(i) + ")\n";
  source += "\n    def g(self):\n        pass\n";
  // Neither the class nor the file is short.
  for (int i = 1; i <= 200; ++i) source += "        other_step(" + std::to_string(i) + ", None)\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  Change change;
  auto hunk = [](int at) {
    std::string text = "@@ -" + std::to_string(at - 1) + ",2 +" + std::to_string(at - 1) +
                       ",3 @@ class A:\n         step(" + std::to_string(at - 1) +
                       ")\n+        step(" + std::to_string(at) + ")\n         step(" +
                       std::to_string(at + 1) + ")\n";
    return git::Hunk{"app/main.py", at - 1, 2, at - 1, 3, text};
  };
  change.hunks = {hunk(15), hunk(30)};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change, &tree_);

  ASSERT_THAT(hunks, SizeIs(2));
  EXPECT_THAT(hunks[0].text,
              testing::StartsWith("@@ -5,23 +5,24 @@ class A:\n     def f(self):\n"));
  EXPECT_THAT(hunks[0].text, testing::EndsWith("         step(28)\n"));
  EXPECT_THAT(hunks[1].text,
              testing::StartsWith("@@ -29,11 +29,12 @@ class A:\n         step(29)\n"));
  EXPECT_THAT(hunks[1].text, testing::EndsWith("         step(40)\n"));
  EXPECT_EQ(hunks[0].new_start, 5);
  EXPECT_EQ(hunks[0].new_count, 24);
  change.hunks[0].path = change.hunks[1].path = "app/gone.py";
  EXPECT_EQ(hunks_to_review(given_, change, &tree_)[0].text, change.hunks[0].text);
}

TEST_F(EntitlementTest, HunksOfAShortFileShowAllOfItOnceAndOfTextWhatIsNextToThem) {
  std::string source, text;
  for (int i = 1; i <= 40; ++i) {
    source += "x" + std::to_string(i) + " = 1\n";
    text += "line " + std::to_string(i) + "\n";
  }
  tree_ = test::MapFacts({{"app/main.py", source}, {"docs/index.md", text}});
  Change change;
  change.hunks = {{"app/main.py", 10, 1, 10, 1, "@@ -10 +10 @@\n-x10 = 0\n+x10 = 1\n"},
                  {"app/main.py", 20, 1, 20, 1, "@@ -20 +20 @@\n-x20 = 0\n+x20 = 1\n"},
                  {"docs/index.md", 20, 1, 20, 1, "@@ -20 +20 @@\n-old\n+line 20\n"}};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change, &tree_);

  ASSERT_THAT(hunks, SizeIs(3));
  EXPECT_THAT(hunks[0].text, StartsWith("@@ -1,19 +1,19 @@\n x1 = 1\n"));
  EXPECT_THAT(hunks[0].text, testing::EndsWith("\n x19 = 1\n"));
  EXPECT_THAT(hunks[1].text, StartsWith("@@ -20,21 +20,21 @@\n-x20 = 0\n"));
  EXPECT_THAT(hunks[1].text, testing::EndsWith("\n x40 = 1\n"));
  EXPECT_THAT(hunks[2].text, StartsWith("@@ -12,17 +12,17 @@\n line 12\n"));
}

TEST_F(EntitlementTest, AHunkShowsAClassThatIsNotLong) {
  std::string source;
  for (int i = 1; i <= 1000; ++i) source += "x = " + std::to_string(i) + "\n";
  source += "class A:\n    one = 1\n    two = 2\n    def f(self): return 1\n    three = 3\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  Change change;
  change.hunks = {{"app/main.py", 1003, 1, 1004, 1,
                   "@@ -1003 +1004 @@\n-    def f(self): pass\n+    def f(self): return 1\n"}};

  EXPECT_EQ(hunks_to_review(given_, change, &tree_)[0].text,
            "@@ -1000,5 +1001,5 @@\n class A:\n     one = 1\n     two = 2\n"
            "-    def f(self): pass\n+    def f(self): return 1\n     three = 3\n");
}

TEST_F(EntitlementTest, BuildGetsWindowsOfALongFileAndAnOutlineOfTheRest) {
  std::string source = "import one\n";
  for (int i = 0; i < 400; ++i)
    source += "\n\n@deco\ndef f" + std::to_string(i) + "(a, sep='\\n') -> int:\n    return " +
              std::to_string(i) + "000\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  dossier_.brief->places = {{"app/main.py", 1000, 1004, "here"},
                            {"app/main.py", 0, -1, "nonsense"}};

  std::string shown = of("build").files.at(0).second;

  EXPECT_THAT(shown, HasSubstr("1\timport one\n"));
  EXPECT_THAT(shown, HasSubstr("1005\tdef f200"));
  EXPECT_THAT(shown, HasSubstr("What else it defines:\n"));
  EXPECT_THAT(shown, HasSubstr("def f50(a, sep='\\n') -> int\n"));
  EXPECT_THAT(shown, Not(HasSubstr("50000\n"))) << "bodies of the rest";
  EXPECT_THAT(shown, HasSubstr("read_file has the others"));
}

TEST_F(EntitlementTest, APlaceThatIsTooLongIsShownFromItsFirstLineOn) {
  std::string source;
  for (int i = 1; i <= 4000; ++i) source += "line " + std::to_string(i) + " of a long class\n";
  tree_ = test::MapFacts({{"app/main.py", source}});
  dossier_.brief->places = {{"app/main.py", 2000, 999999, "the class"}};

  std::string shown = of("build").files.at(0).second;

  EXPECT_THAT(shown, HasSubstr("2100\tline 2100 of"));
  EXPECT_THAT(shown, Not(HasSubstr("3900\t")));
  EXPECT_LE(shown.size(), 17u << 10);
}

TEST_F(EntitlementTest, ALongFileWithoutPlacesIsShownAroundTheNamesOfTheSpec) {
  std::string source(20000, '\n');
  source.insert(10000, "def health():\n");
  tree_ = test::MapFacts({{"app/main.py", source}});

  EXPECT_THAT(of("build").files.at(0).second, HasSubstr("10001\tdef health():\n"));
}

TEST_F(EntitlementTest, AHugeFileIsCutAndThereIsABoundForAll) {
  std::map<std::string, std::string> files;
  dossier_.brief->files.clear();
  for (int i = 0; i < 20; ++i) {
    std::string path = "f" + std::to_string(i) + ".py";
    for (int k = 0; k < 2000; ++k)
      files[path] += "def a_function_of_some_length(): return 'health()'\n";
    dossier_.brief->files.push_back(path);
  }
  tree_ = test::MapFacts(files);

  stage::Input in = of("build");

  size_t total = 0;
  for (const auto& [path, content] : in.files) total += content.size();
  EXPECT_LE(total, 70u << 10);
  EXPECT_GE(total, 40u << 10);
  EXPECT_THAT(in.files, SizeIs(20)) << "what has no room is named";
  EXPECT_THAT(in.files.back().second, HasSubstr("read_file has it"));
}

TEST_F(EntitlementTest, TheEntryIsTheLastHunkAndMarkedAndUnseenByOldRules) {
  given_.changelog.path = "CHANGELOG.md";
  Change change;
  change.hunks = {{"CHANGELOG.md", 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"},
                  {"app/main.py", 1, 1, 1, 2, "@@ -1 +1,2 @@\n a\n+b\n"}};

  std::vector<stage::ReviewHunk> hunks = hunks_to_review(given_, change);

  ASSERT_THAT(hunks, SizeIs(2));
  EXPECT_EQ(hunks[0].id, "H1");
  EXPECT_EQ(hunks[0].path, "app/main.py");
  EXPECT_FALSE(hunks[0].changelog);
  EXPECT_EQ(hunks[1].path, "CHANGELOG.md");
  EXPECT_TRUE(hunks[1].changelog);
  given_.wishes.rules = Rules::kTestsValidated;
  EXPECT_THAT(hunks_to_review(given_, change), SizeIs(1));
}

TEST(ChangeTest, AddedLinesAreNumberedAsTheNewFileHasThem) {
  Change change;
  change.hunks = {
      {"a", 1, 3, 1, 4, "@@ -1,3 +1,4 @@ def f():\n one\n-two\n+2\n+2b\n three\n"},
      {"a", 10, 1, 11, 2, "@@ -10 +11,2 @@\n ten\n+eleven\n\\ No newline at end of file\n"},
      {"gone", 1, 1, 0, 0, "@@ -1 +0,0 @@\n-x\n"}};

  auto added = change.added_lines();

  EXPECT_THAT(added, SizeIs(1));
  EXPECT_THAT(added["a"], ElementsAre(2, 3, 12));
}

}  // namespace
}  // namespace gf::line
