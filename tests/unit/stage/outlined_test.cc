// What a file of code defines, as people read it.
#include "stage/outlined.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAreArray;

/// "name first-last", lines from 1 with the comment above it; a type in brackets, its part with
/// '+'.
std::vector<std::string> told(const std::string& path, const std::string& text) {
  std::vector<std::string> all;
  for (const Outlined& one : outlined_in(lines(text), path)) {
    std::string name = one.type ? fmt::format("[{}{}]", one.name, one.part ? "+" : "") : one.name;
    all.push_back(fmt::format("{} {}-{}", name, one.comment_from + 1, one.whole.last + 1));
  }
  return all;
}

TEST(OutlinedTest, ADefinitionIsKnownWithItsCommentInEveryLanguage) {
  struct Case {
    std::string path, text;
    std::vector<std::string> defined;
  };
  for (const Case& one : std::vector<Case>{
           {"a.rs",
            "use std::fmt;\n\n/// A size.\n#[derive(Debug)]\npub struct Size(u64);\n\n"
            "impl fmt::Display for Size {\n    fn fmt(&self) {\n    }\n}\n",
            {"[Size] 3-5", "[Size+] 7-10", "fmt 8-9"}},
           {"a.rs", "impl<'a, T: Fn() -> u8> Row<'a, T> {\n}\n", {"[Row+] 1-2"}},
           {"a.rs", "unsafe impl Send for crate::text::Row {\n}\n", {"[Row+] 1-2"}},
           {"a.rs", "impl Add<u8> for &Row<u8> {\n}\n", {"[Row+] 1-2"}},
           {"a.rs", "pub const fn most() -> u8 {\n    3\n}\n", {"most 1-3"}},
           {"a.rs", "/// Two.\nimplement!(Row);\n", {}},
           {"a.ts",
            "export class Reader {\n    /** Takes more. */\n    write(input: string): number {\n"
            "        if (input) {\n            this.step(input);\n        }\n    }\n\n"
            "    get size() {\n        return 1;\n    }\n    private step(input: string) {\n    }\n"
            "    end(): void;\n}\n",
            {"[Reader] 1-15", "write 2-7", "size 9-11", "step 12-13"}},
           {"a.js",
            "class A {\n  *all() {\n    yield 1;\n  }\n  async one() {\n  }\n}\nrun(() => {\n});\n",
            {"[A] 1-7", "all 2-4", "one 5-6"}},
           {"a.ts", "const enum Codes {\n    A = 1,\n}\n", {"[Codes] 1-3"}},
           {"a.go",
            "package a\n\n// Kebab joins words\n// by hyphens.\nfunc Kebab(s string) string {\n"
            "\treturn s\n}\n",
            {"Kebab 3-7"}},
           {"a.py", "# A text.\n\n# Steps.\n@cached\ndef step(a):\n    return a\n", {"step 3-6"}},
           {"a.c", "/* Copyright. */\n\n/*\n * Steps.\n */\nint step(int a) {\n}\n", {"step 3-7"}},
           {"a.md", "# Title\n", {}}}) {
    EXPECT_THAT(told(one.path, one.text), ElementsAreArray(one.defined)) << one.text;
  }
}

}  // namespace
}  // namespace gf::stage
