// Headers of definitions as their files have them: a table of real forms.
#include "base/source_text.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace gf {
namespace {

struct Case {
  const char* name;
  const char* path;
  const char* source;
  size_t line;  ///< from 1
  const char* header;
  size_t last;  ///< line of the end of the body, from 1
};

class DefinitionTest : public ::testing::TestWithParam<Case> {};

TEST_P(DefinitionTest, SaysWhatTheFileSays) {
  const Case& given = GetParam();
  std::vector<std::string> all = lines(given.source);

  auto found = definition_at(all, given.line - 1, *syntax_of(given.path));

  ASSERT_TRUE(found);
  EXPECT_EQ(join(found->text, "\n"), given.header);
  EXPECT_EQ(found->whole.last + 1, given.last);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, DefinitionTest,
    ::testing::Values(
        Case{"escape", "a.py", "def f(newline='\\n', sep=\"\\\\\") -> str:\n    return newline\n",
             1, "def f(newline='\\n', sep=\"\\\\\") -> str", 2},
        Case{"colons", "a.py", "def g(x: dict[str, int] = {\"a:b\": 1}) -> \"a:b\":  # (\n  pass\n",
             1, "def g(x: dict[str, int] = {\"a:b\": 1}) -> \"a:b\"", 2},
        Case{"lines", "a.py",
             "@deco(\n    \"a\"\n)\n@other\nasync def h(\n    a: int = 1,  # noqa: (\n) -> int:\n"
             "    x = 1\n\n    return x\ny = 2\n",
             5, "@deco(\n    \"a\"\n)\n@other\nasync def h(\n    a: int = 1,  # noqa: (\n) -> int",
             10},
        Case{"docstring", "a.py",
             "def f():\n    \"\"\"Text.\n\nat the margin\n\"\"\"\n    return 1\nx = 2\n", 1,
             "def f()", 6},
        Case{"neighbour", "a.py", "@a\ndef x():\n    pass\ndef y(): return 1\n", 4, "def y()", 4},
        Case{"method", "a.py",
             "class C(B):\n    @property\n    def p(self) -> int:\n        return 1\n", 3,
             "    @property\n    def p(self) -> int", 4},
        Case{
            "c", "a.c",
            "static int f(int a,\n             char b)\n{\n  if (a) { b = '}'; }\n  return b;\n}\n",
            1, "static int f(int a,\n             char b)", 6},
        Case{"ts", "a.ts", "export const f = (a: {x: number}): string => {\n  return `}`;\n};\n", 1,
             "export const f = (a: {x: number}): string", 3},
        Case{"go", "a.go", "func (s *S) F(a interface{}) (int, error) {\n\treturn 1, nil\n}\n", 1,
             "func (s *S) F(a interface{}) (int, error)", 3},
        Case{"rust", "a.rs", "#[inline]\npub fn f<'a>(x: &'a str) -> &'a str {\n    x\n}\n", 2,
             "#[inline]\npub fn f<'a>(x: &'a str) -> &'a str", 4}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SourceTextTest, WhatStandsInATextOrACommentDefinesNothing) {
  struct Row {
    const char *path, *source;
    std::vector<size_t> lines;  ///< from 1
  };
  for (const Row& row : std::vector<Row>{
           {"a.py", "\"\"\"Use:\n\ndef example():\n    pass\n\"\"\"\ndef f():\n    pass\n", {6}},
           {"a.py", "x = r'''\nclass A:\n'''  # \"\"\"\nclass B:\n    pass\n", {4}},
           {"a.py", "s = \"it's ''' fine\"\ndef f(): pass\n# \"\"\"\ndef g(): pass\n", {2, 4}},
           {"a.py", "x = \"\"\"one \\\"\"\" \nclass A:\n\"\"\"\nclass B: pass\n", {4}},
           {"a.py", "x = \"\"\"never ended\ndef f():\n    pass\n", {2}},
           {"a.ts", "/*\nfunction a() {}\n*/\nfunction b() {}\n", {4}},
           {"a.ts", "const t = `\nclass A {\n`;\nclass B {}\n", {4}},
           {"a.c", "// /*\nint f(void) {\n}\n", {2}}}) {
    std::vector<size_t> found = definition_lines(lines(row.source), *syntax_of(row.path));
    for (size_t& at : found) ++at;
    EXPECT_EQ(found, row.lines) << row.source;
  }
}

TEST(SourceTextTest, AnOutlineLeavesOutWhatIsInsideOfAFunction) {
  std::vector<std::string> source = lines(
      "def cached(f):\n    def wrapper():\n        def inner(): pass\n    class K:\n"
      "        def m(self): pass\nclass A:\n    class B:\n        def m(self): pass\n"
      "    def n(self): pass\n");

  std::vector<size_t> found = outlined_lines(source, *syntax_of("a.py"));

  EXPECT_EQ(found, (std::vector<size_t>{0, 5, 6, 7, 8}));
}

TEST(SourceTextTest, DefinitionsAreFoundWithoutAParser) {
  struct Row {
    const char *path, *line, *name;
  };
  for (const Row& row : std::vector<Row>{{"a.py", "    async def f(self):", "f"},
                                         {"a.py", "class C:", "C"},
                                         {"a.py", "defined = 1", ""},
                                         {"a.py", "x = f(1)", ""},
                                         {"a.js", "export default async function go(a) {", "go"},
                                         {"a.js", "const f = (a) => a;", "f"},
                                         {"a.js", "const x = 1;", ""},
                                         {"a.js", "  if (x) {", ""},
                                         {"a.ts", "export interface I {", "I"},
                                         {"a.go", "func (s *S) F(a int) {", "F"},
                                         {"a.rs", "pub(crate) fn f() {", "f"},
                                         {"a.java", "    public int size() {", "size"},
                                         {"a.c", "static int f(int a)", "f"},
                                         {"a.c", "  f(a)", ""},
                                         {"a.cc", "Result<int> C::f(int a) {", "f"},
                                         {"a.cc", "f(a);", ""}}) {
    auto found = definition_lines({row.line}, *syntax_of(row.path));
    EXPECT_EQ(found.size(), *row.name == '\0' ? 0u : 1u) << row.line;
    if (!found.empty()) {
      EXPECT_EQ(defined_name(row.line), row.name) << row.line;
    }
  }
  EXPECT_FALSE(syntax_of("README"));
  EXPECT_FALSE(syntax_of("a.txt"));
}

TEST(SourceTextTest, WhatCannotBeFollowedIsLeftAlone) {
  std::vector<std::string> open(100, "  a,");
  open.front() = "def f(";
  EXPECT_FALSE(definition_at(open, 0, *syntax_of("a.py")));
  EXPECT_FALSE(definition_at({}, 0, *syntax_of("a.py")));
  EXPECT_FALSE(definition_at({"def f)"}, 0, *syntax_of("a.py")));
}

// The rows of a table of cases are what whoever changes the test has to see.
TEST(SourceTextTest, ADecoratorMayBeATableOfCases) {
  std::vector<std::string> source = {"def test_other():", "    pass", "", "@cases(", "    ["};
  for (int i = 0; i < 60; ++i) source.push_back(i == 30 ? "" : "        (1, 2),");
  for (const char* line : {"    ],", ")", "", "@frozen", "def test_a(x, y):", "    assert x < y"})
    source.emplace_back(line);
  size_t at = source.size() - 2;
  auto found = definition_at(source, at, *syntax_of("t.py"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->whole.first, 3u);
  EXPECT_EQ(found->whole.last, at + 1);
  EXPECT_EQ(found->header.first, at - 1) << "a signature is no table";
}

TEST(SourceTextTest, AMemberWithAMarkOfItsOwnIsNoDecoratorOfTheNext) {
  std::vector<std::string> source = {
      "class A {", "  @Input() name: string;", "", "  ngOnInit() {", "    this.x = 1;", "  }", "}"};
  auto found = definition_at(source, 3, *syntax_of("a.ts"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->whole.first, 3u);
}

TEST(SourceTextTest, SpansThatTouchAreOne) {
  auto all = merged({{5, 6}, {0, 2}, {3, 3}, {6, 9}});

  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].last, 3u);
  EXPECT_EQ(all[1].first, 5u);
  EXPECT_EQ(all[1].last, 9u);
  EXPECT_EQ(numbered_lines({"a", "b"}, {1, 7}), "2\tb\n");
}

}  // namespace
}  // namespace gf
