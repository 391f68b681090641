// What SCOUT is shown before it asks: the place of the change and what belongs to it, by names.
#include "stage/first_look.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/searched.h"

namespace gf::stage {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<std::string> kTests = {"tests/**"};

/// Functions that nobody asks for, `count` of them with ten lines each.
std::string filler(const std::string& name, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "\n\ndef " + name + std::to_string(i) + "(value):\n";
    for (int k = 0; k < 9; ++k) text += "    value = value + " + std::to_string(k) + "  # step\n";
  }
  return text;
}

/// A project with one long module, what that goes through, and tests.
std::map<std::string, std::string> project() {
  return {
      {"pkg/parser.py",
       "import io\nfrom pkg.tools import checked\n\nMAX_BYTES = 10\nMAX_LINES = 20\n" +
           filler("first_", 60) +
           "\n\nclass Base:\n    \"\"\"What all parsers have.\"\"\"\n\n    def close(self):\n"
           "        self.done = True\n\n\nclass Parser(Base):\n    \"\"\"Parses rows.\"\"\"\n\n"
           "    def __init__(self, limit):\n        self.limit = limit\n\n"
           "    def feed_row(self, row):\n        return self.split_row(checked(row))\n\n"
           "    def split_row(self, row):\n        return row.split('|')\n" +
           filler("second_", 60) + "\n\ndef refuse(row):\n    raise ValueError('no such row')\n" +
           filler("third_", 60)},
      {"pkg/tools.py", "\"\"\"Helpers.\"\"\"\n\n\ndef checked(row):\n    return row.strip()\n"},
      {"pkg/command.py", "from pkg.parser import Parser\n" + filler("fourth_", 60) +
                             "\n\ndef main():\n    return Parser(3).feed_row('a|b')\n"},
      {"pkg/other.py", filler("fifth_", 30)},
      {"docs/index.rst", "Title\n=====\n\nThe `Parser` takes rows.\n"},
      {"tests/helpers.py", "def a_parser():\n    return 1\n"},
      {"tests/test_parser.py",
       "import pytest\n\nfrom tests.helpers import a_parser\n" + filler("test_of_old_", 80) +
           "\n\ndef test_feed_row():\n    assert a_parser().feed_row('a')\n"},
      {"tests/test_other.py", "def test_other():\n    pass\n"},
      {"CHANGES.md", "- `Parser` is new\n"}};
}

record::Spec asking(const std::string& request) {
  record::Spec spec;
  spec.title = "A change";
  spec.request = request;
  spec.touchpoints = {"pkg/parser.py"};
  return spec;
}

std::string shown(const record::Spec& spec, size_t all = 30u << 10) {
  LookBounds bounds;
  bounds.all = all;
  std::string text;
  for (const auto& [path, rendered] :
       first_look(test::MapSearched(project()), spec, kTests, {"CHANGES.md"}, bounds))
    text += path + ":\n" + rendered;
  return text;
}

TEST(FirstLookTest, ShowsThePlaceOfTheChangeWithWhatBelongsToIt) {
  struct Case {
    const char* request;
    std::vector<const char*> lines;
  };
  for (const Case& one :
       {Case{"Let `feed_row` take bytes.",
             {"\tdef feed_row(self, row):", "\tclass Parser(Base):",       // its class
              "\t    def __init__(self, limit):", "\t    def split_row(",  // what it calls
              "\tdef checked(row):", "\timport io", "\tdef main():"}},     // elsewhere; callers
        Case{"`Parser` counts rows.",
             {"\tclass Parser(Base):", "\tclass Base:", "\t    def feed_row("}},
        Case{"The message \"no such row\" has the row.", {"\tdef refuse(row):"}},
        Case{"Let `Parser.split_row` keep blanks.", {"\t    def split_row("}}}) {
    std::string rendered = shown(asking(one.request));

    for (const char* line : one.lines) {
      std::string plain = replace_all(line, "\t", "");
      EXPECT_THAT(rendered, HasSubstr(plain)) << one.request << "\n" << rendered;
    }
    EXPECT_THAT(rendered, Not(HasSubstr("def second_30(value):\n"))) << one.request;
    EXPECT_THAT(rendered, Not(HasSubstr("CHANGES.md"))) << one.request;
    EXPECT_THAT(rendered, Not(HasSubstr("pkg/other.py"))) << one.request;
  }
}

TEST(FirstLookTest, WhatIsNewIsLookedForBesideItsNeighbours) {
  record::Spec spec = asking("A limit of fields.");
  spec.introduces = {"constant MAX_FIELDS"};

  EXPECT_THAT(shown(spec), HasSubstr("\tMAX_BYTES = 10\n"));
}

TEST(FirstLookTest, TheNearestTestsAreShownWithTheirHeadAndWhatTheyUse) {
  std::string rendered = shown(asking("Let `feed_row` take bytes."));

  EXPECT_THAT(rendered, HasSubstr("\tdef test_feed_row():"));
  EXPECT_THAT(rendered, HasSubstr("1\timport pytest\n"));
  EXPECT_THAT(rendered, HasSubstr("tests/helpers.py:\n1\tdef a_parser():\n"));
  EXPECT_THAT(rendered, Not(HasSubstr("tests/test_other.py")));
}

TEST(FirstLookTest, TestsThatACriterionMayChangeComeFirst) {
  record::Spec spec = asking("Let `feed_row` take bytes.");
  spec.acceptance_criteria = {
      {"AC1", "call", "", "x", {}, "", {"tests/test_other.py::test_other"}}};

  EXPECT_THAT(shown(spec), HasSubstr("tests/test_other.py:\n1\tdef test_other():\n"));
}

TEST(FirstLookTest, AShortFileIsShownWholeAndALongOneWithinBounds) {
  record::Spec spec = asking("Let `Parser` take bytes.");
  spec.touchpoints.emplace_back("docs/index.rst");

  std::string rendered = shown(spec, 20u << 10);

  EXPECT_THAT(rendered, HasSubstr("docs/index.rst:\n1\tTitle\n2\t=====\n3\t\n4\tThe `Parser`"));
  EXPECT_THAT(rendered, HasSubstr("are shown; read_file has the others]\n"));
  EXPECT_LT(rendered.size(), 26u << 10) << "with the names of what is not shown";
}

TEST(FirstLookTest, IsNothingWhereTheSpecTouchesNothing) {
  record::Spec spec = asking("Let `Parser` take bytes.");
  spec.touchpoints = {"pkg/new.py", "CHANGES.md"};

  EXPECT_THAT(shown(spec), IsEmpty());
}

/// Lines of a file that nobody asks for, so many bytes of them.
std::string padding(const std::string& line, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += line + "\n\n";
  return text;
}

std::map<std::string, std::string> with(std::map<std::string, std::string> files,
                                        const std::string& path, const std::string& text) {
  files[path] = text;
  return files;
}

std::vector<std::string> names_of(const std::map<std::string, std::string>& files) {
  std::vector<std::string> names;
  for (const auto& one : files) names.push_back(one.first);
  return names;
}

TEST(FirstLookTest, WhatIsNamedComesBeforeFilesThatAreNotNamed) {
  const std::string functions =
      padding("pub fn other(value: u64) -> u64 {\n    value + 1\n}", 30000);
  const std::string tests =
      "#[cfg(test)]\nmod tests {\n" +
      padding("    #[test]\n    fn a() {\n        show_size(1).to_string();\n    }", 9000) + "}\n";
  const std::string steps = padding("\tstep(\"one more\")", 1500);
  // Together they fill the room that is there.
  std::map<std::string, std::string> short_ones;
  for (char name = 'a'; name <= 'l'; ++name)
    short_ones[std::string(1, name) + ".go"] = padding("// " + std::string(70, '-'), 900);
  struct Case {
    const char* what;
    std::string request;
    std::vector<std::string> touched;
    std::map<std::string, std::string> files;
    std::vector<std::string> lines;
  };
  for (const Case& one : std::vector<Case>{
           {"of the type that a function gives what is implemented for it",
            "Add `crate::show_size_short`, beside `crate::show_size`.",
            {"src/size.rs"},
            {{"src/size.rs", functions +
                                 "/// A size as text.\npub struct Shown(u64);\n\n/// Shows it.\n"
                                 "pub fn show_size(size: u64) -> Shown {\n    Shown(size)\n}\n\n" +
                                 functions +
                                 "impl fmt::Display for Shown {\n    fn fmt(&self) {\n        "
                                 "step(self.0)\n    }\n}\n" +
                                 tests},
             {"src/other.rs", padding("pub fn third() {\n}", 4000)}},
            {"/// Shows it.", "pub fn show_size(size", "pub struct Shown",
             "impl fmt::Display for Shown", "step(self.0)"}},
           {"a method that no word announces, and the comment above it",
            "`Reader` skips blanks in `write`.",
            {"src/reader.ts"},
            {{"src/reader.ts",
              "export class Reader {\n" +
                  padding("    private other(a: number) {\n        return a + 1;\n    }", 30000) +
                  "    /** Takes more. */\n    write(input: string): number {\n"
                  "        return this.step(input);\n    }\n\n" +
                  "    step(input: string): number {\n        return input.length;\n    }\n\n" +
                  padding("    private third(a: number) {\n        return a + 1;\n    }", 30000) +
                  "}\n"}},
            {"/** Takes more. */", "write(input: string): number {", "return this.step(input);",
             "return input.length;"}},
           {"a function in a long file, with short ones beside it that are touched as well",
            "Let `ToKebab` keep blanks.",
            names_of(with(short_ones, "words.go", "")),
            with(short_ones, "words.go",
                 padding("func Other() {\n}", 30000) +
                     "// ToKebab joins words.\nfunc ToKebab(s string) string {\n" + steps +
                     "\treturn joined(s)\n}\n"),
            {"// ToKebab joins words.", "return joined(s)"}},
           {"a function of a file that is not touched",
            "`ToTrain` splits words as `ToKebab` does.",
            names_of(short_ones),
            with(short_ones, "words.go",
                 padding("func Other() {\n}", 30000) + "func ToKebab(s string) string {\n" + steps +
                     "\treturn joined(s)\n}\n"),
            {"func ToKebab(s string)", "return joined(s)"}}}) {
    record::Spec spec = asking(one.request);
    spec.touchpoints = one.touched;
    LookBounds bounds;
    bounds.all = 20u << 10;
    std::string text;
    for (const auto& [path, rendered] :
         first_look(test::MapSearched(one.files), spec, kTests, {}, bounds))
      text += rendered;

    for (const std::string& line : one.lines) EXPECT_THAT(text, HasSubstr(line)) << one.what;
    EXPECT_LT(text.size(), 24u << 10) << one.what;
  }
}

TEST(FirstLookTest, WhatRoomIsLeftIsForTheRestOfFilesThatAreTouched) {
  record::Spec spec = asking("Let `step_one` take bytes.");
  spec.touchpoints = {"pkg/a.py"};
  std::string text = filler("first_", 60) + "\n\ndef step_one(row):\n    return row\n";
  ASSERT_GT(text.size(), 16u << 10);
  ASSERT_LT(text.size(), 20u << 10);

  Input::Files shown = first_look(test::MapSearched({{"pkg/a.py", text}}), spec, kTests, {});

  ASSERT_EQ(shown.size(), 1u);
  EXPECT_THAT(shown[0].second, Not(HasSubstr("are shown; read_file"))) << "it has room";
}

TEST(FirstLookTest, TheRoomIsWhatTheSpecLeaves) {
  record::Spec small = asking("x"), large = asking(std::string(60000, 'x'));

  EXPECT_EQ(look_bounds(small).all, 32u << 10);
  EXPECT_EQ(look_bounds(large).all, 20u << 10);
}

}  // namespace
}  // namespace gf::stage
