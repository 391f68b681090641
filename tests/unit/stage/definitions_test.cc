// What a change uses and stands in, told beside its hunks: bounded, each line once.
#include "stage/definitions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/searched.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<std::string> kTests = {"tests/**"};

std::string defined(const std::map<std::string, std::string>& files,
                    const std::vector<ReviewHunk>& hunks, size_t most = 8000) {
  return definitions_for(test::MapSearched(files), hunks, kTests, most);
}

ReviewHunk added(const std::string& path, int line, const std::string& code) {
  return {"H1", path, line, 1, fmt::format("@@ -{0},0 +{0},1 @@\n+{1}\n", line, code)};
}

TEST(DefinitionsTest, NamesAreWhatAddedCodeCallsAndOfTypesAndConstants) {
  struct Case {
    const char* code;
    std::vector<std::string> names;
  };
  for (const Case& one :
       std::vector<Case>{{"    raise LimitError(MAX_SIZE)", {"LimitError", "MAX_SIZE"}},
                         {"    self.total = to_seconds(value)", {"to_seconds"}},
                         {"    text = 'call(me)'  # and(me)", {}},
                         {"    if isinstance(x, Number):", {"isinstance", "Number"}},
                         {"class New(Base):", {"Base"}},
                         {"def fresh(a):", {}}}) {
    EXPECT_EQ(names_used({added("a.py", 1, one.code)}, kTests), one.names) << one.code;
  }
  EXPECT_THAT(names_used({added("tests/t.py", 1, "call()")}, kTests), IsEmpty());
}

TEST(DefinitionsTest, WhatIsUsedIsToldWhereItIsDefined) {
  std::string other = "import x\n\ndef to_seconds(v):\n    return float(v)\n";
  for (int i = 0; i < 400; ++i) other += fmt::format("\ndef other_{}():\n    pass\n", i);

  EXPECT_EQ(defined({{"a.py", "wait(to_seconds(1))\n"}, {"util.py", other}},
                    {added("a.py", 1, "wait(to_seconds(1))")}),
            "util.py\n3\tdef to_seconds(v):\n4\t    return float(v)\n");
}

TEST(DefinitionsTest, ADefinitionIsKnownByItsFormInEveryLanguage) {
  struct Case {
    std::string path, line, use;
  };
  for (const Case& one : std::vector<Case>{
           {"b.py", "def used(a):", "used(1)"},
           {"b.py", "MOST = 3", "x = MOST"},
           {"b.ts", "export const used = (a: number): number => {", "return used(1);"},
           {"b.ts", "const used = async function (a) {", "used(1);"},
           {"b.ts", "export async function used(a) {", "used(1);"},
           {"b.ts", "export const MOST = 3;", "return MOST;"},
           {"b.ts", "export interface Used {", "let x: Used;"},
           {"b.go", "func (a *Thing) Used(b int) error {", "return a.Used(1)"},
           {"b.rs", "pub(crate) fn used(a: u64) -> f64 {", "used(1)"},
           {"b.rs", "pub const MOST: u64 = 3;", "x / MOST"},
           {"b.rs", "pub trait Used {", "let x: Box<dyn Used>;"},
           {"b.java", "  public static int used(int a) {", "return used(1);"},
           {"b.java", "  private static final int MOST = 3;", "return MOST;"},
           {"b.c", "static int used(int a) {", "return used(1);"},
           {"b.c", "#define MOST 3", "return MOST;"}}) {
    std::string changed = "a" + one.path.substr(1);
    std::string rendered = defined({{changed, one.use + "\n"}, {one.path, one.line + "\n}\n"}},
                                   {added(changed, 1, one.use)});
    EXPECT_THAT(rendered, HasSubstr("1\t" + one.line + "\n")) << one.path;
  }
  for (const char* line : {"const x = used(1);", "  if (used(1)) {", "MOSTLY = 3", "x == MOST",
                           "return used(1)", "const x = { MOST: 3 };"}) {
    EXPECT_THAT(defined({{"a.ts", "used(MOST)\n"}, {"b.ts", std::string(line) + "\n"}},
                        {added("a.ts", 1, "used(MOST)")}),
                IsEmpty())
        << line;
  }
}

TEST(DefinitionsTest, AVariableOfAFileIsADefinitionToo) {
  const std::string rest(20u << 10, '#');  // no file is short enough to be told for a line of it
  struct Case {
    std::string path, changed, other, use, told;
  };
  for (const Case& one : std::vector<Case>{
           {"words/b.go", "", "var acronyms = sync.Map{}\n", "x, ok := acronyms.Load(key)",
            "words/b.go\n1\tvar acronyms = sync.Map{}\n"},
           {"words/b.go", "", "const (\n\t// Most of them.\n\tmost = 3\n)\n", "return n > most",
            "words/b.go\n2\t\t// Most of them.\n3\t\tmost = 3\n"},
           {"elsewhere/b.go", "", "var acronyms = sync.Map{}\n", "acronyms.Load(key)", ""},
           {"words/b.rs", "use crate::b::NAMES;\n",
            "pub static NAMES: [&str; 1] = [\n    \"a\",\n];\n", "for name in NAMES.iter() {",
            "words/b.rs\n1\tpub static NAMES: [&str; 1] = [\n2\t    \"a\",\n3\t];\n"},
           {"words/b.ts", "import { tree } from \"./b.js\";\n", "export const tree = build(1);\n",
            "walk(tree);", "words/b.ts\n1\texport const tree = build(1);\n"},
           {"words/b.ts", "", "export const tree = build(1);\n", "walk(tree);", ""},
           {"words/b.py", "from words.b import registry\n", "registry = {}\n",
            "return registry[key]", "words/b.py\n1\tregistry = {}\n"}}) {
    std::string ending = one.path.substr(one.path.rfind('.'));
    std::string begun = one.changed + one.use + "\n";
    int line = one.changed.empty() ? 1 : 2;
    std::string rendered =
        defined({{"words/a" + ending, begun + "// " + rest}, {one.path, one.other + "// " + rest}},
                {added("words/a" + ending, line, one.use)});
    if (one.told.empty()) {
      EXPECT_THAT(rendered, Not(HasSubstr(one.path))) << one.use;
    } else {
      EXPECT_THAT(rendered, HasSubstr(one.told)) << one.use;
    }
  }
  std::string own =
      "let count = 0;\n\nexport function next() {\n    return ++count;\n}\n// " + rest;
  EXPECT_EQ(defined({{"a.ts", own}}, {added("a.ts", 4, "    return ++count;")}, 60),
            "a.ts\n1\tlet count = 0;\n...\n3\texport function next() {\n...\n5\t}\n");
}

TEST(DefinitionsTest, ALicenceIsNoDefinition) {
  std::string text = "/*\n * The MIT License\n */\n\npackage a\n\nfunc F() {\n\tg()\n}\n";

  std::string rendered = defined({{"a.go", text}}, {added("a.go", 8, "\tg()")});

  EXPECT_THAT(rendered, HasSubstr("a.go\n5\tpackage a\n"));
  EXPECT_THAT(rendered, Not(HasSubstr("License")));
}

TEST(DefinitionsTest, ANameThatSeveralFilesDefineIsToldOfAChangedOneOrNot) {
  std::string body = "def write():\n    return 1\n";
  std::map<std::string, std::string> files = {
      {"a.py", "x\n"}, {"b.py", body}, {"c.py", body}, {"d.py", body}};

  EXPECT_THAT(defined(files, {added("a.py", 1, "write()")}), IsEmpty());
  files["a.py"] = "write()\n" + body;
  EXPECT_EQ(defined(files, {added("a.py", 1, "write()")}),
            "a.py\n2\tdef write():\n3\t    return 1\n");
}

TEST(DefinitionsTest, AClassIsToldByItsHeadAndMembersAndNoHunksLineTwice) {
  std::string text = "class Form:\n    LIMIT = 1\n\n    def write(self):\n        step()\n";
  for (int i = 0; i < 80; ++i) text += fmt::format("        step({})\n", i);
  text += "\n    def close(self):\n        pass\n";
  std::string big = text + std::string(20u << 10, '#') + "\n";

  std::string rendered = defined({{"a.py", big}}, {added("a.py", 5, "        step()")}, 600);

  EXPECT_THAT(rendered, HasSubstr("1\tclass Form:\n2\t    LIMIT = 1\n"));
  EXPECT_THAT(rendered, HasSubstr("\t    def close(self):\n"));
  EXPECT_THAT(rendered, Not(HasSubstr("\n5\t"))) << "the hunk shows it";
}

TEST(DefinitionsTest, AValueOfAClassIsAtWorkInItsFunctions) {
  std::string text =
      "class Adder:\n    _all = {\n        1: one,\n    }\n\n    def __call__(self):\n"
      "        frame = first_frame(self)\n        return frame\n\n\nclass Other:\n"
      "    def f(self):\n        unrelated(self)\n";
  std::map<std::string, std::string> files = {
      {"a.py", text},
      {"frames.py", "def first_frame(x):\n    return skip(x)\n" + std::string(9000, '#') + "\n"},
      {"other.py", "def unrelated(x):\n    return x\n" + std::string(9000, '#') + "\n"}};

  std::string rendered = defined(files, {added("a.py", 3, "        1: one,")}, 3000);

  EXPECT_THAT(rendered, HasSubstr("frames.py\n1\tdef first_frame(x):\n"));
  EXPECT_THAT(rendered, Not(HasSubstr("other.py")));
}

TEST(DefinitionsTest, WhatIsToldIsWithinItsRoomAndCanBeReadBack) {
  std::string long_one = "def used():\n";
  for (int i = 0; i < 100; ++i) long_one += fmt::format("    step({})\n", i);
  std::map<std::string, std::string> files = {{"a.py", "used()\n"}, {"b.py", long_one}};

  std::string little = defined(files, {added("a.py", 1, "used()")}, 500);
  std::string whole = defined(files, {added("a.py", 1, "used()")}, 4000);

  EXPECT_LE(little.size(), 500 + 20);
  EXPECT_THAT(little, HasSubstr("b.py\n1\tdef used():\n"));
  EXPECT_EQ(shown_in(whole).at("b.py").size(), 101u);
}

}  // namespace
}  // namespace gf::stage
