// Lines that tell a gate to look away, and as many that only look like one.
#include "gate/silenced.h"

#include <gmock/gmock.h>

#include "support/facts.h"

namespace gf::gate {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Files = std::map<std::string, std::string>;

std::vector<record::Finding> silenced(const Files& before, const std::string& path,
                                      const std::string& text) {
  Files after = before;
  after[path] = text;
  test::MapFacts base(before), tree(after);
  std::vector<int> all;
  for (int i = 1; i <= 1 + std::count(text.begin(), text.end(), '\n'); ++i) all.push_back(i);
  return silenced_in(base, tree, {{path, all}}, {path});
}

TEST(SilencedTest, EachLanguagesOwnWayIsFound) {
  struct Case {
    const char *path, *line, *expected;  ///< `expected` empty: it silences nobody
  };
  for (const Case& one :
       std::vector<Case>{{"a.py", "x = f()  # type: ignore[arg-type]", "# type: ignore"},
                         {"a.py", "x = f()  #type:ignore", "# type: ignore"},
                         {"a.py", "import os  # noqa: F401", "# noqa"},
                         {"a.py", "# ruff: noqa", "# ruff: noqa"},
                         {"a.py", "except X:  # pragma: no cover", "# pragma: no cover"},
                         {"a.py", "x = '# noqa'", ""},
                         {"a.py", "\"\"\"Say '# type: ignore' where it has to be.\"\"\"", ""},
                         {"a.py", "x = 1  # quality", ""},
                         {"a.py", "import os  #NOQA", "# noqa"},
                         {"a.py", "x = 1  # noqanything", ""},
                         {"a.py", "# No second pass is needed", ""},
                         {"a.py", "# No secrets are kept here", ""},
                         {"a.py", "# nosecrets", ""},
                         {"a.py", "x = run(y)  # nosec B602", "# nosec"},
                         {"a.py", "# Type: ignored by the parser", ""},
                         {"a.py", "# type: ignored by the parser", ""},
                         {"a.py", "# no cover, no pragma: nothing", ""},
                         {"a.py", "# pylint: disable=invalid-name", "# pylint: disable"},
                         {"a.py", "# what pylint disables", ""},
                         {"a.ts", "return x as any;", "as any"},
                         {"a.ts", "const x: Promise<any> = f();", ""},
                         {"a.ts", "// @ts-expect-error", "@ts-expect-error"},
                         {"a.ts", "/* eslint-disable no-console */", "eslint-disable"},
                         {"a.ts", "const text = 'as any';", ""},
                         {"a.ts", "has(anyone);", ""},
                         {"a.ts", "// eslint-disable-next-line no-console", "eslint-disable"},
                         {"a.ts", "// Without eslint-disable this would be told", ""},
                         {"a.ts", "// V8 ignores what is after it", ""},
                         {"a.ts", "// v8 ignores what is after it", ""},
                         {"a.ts", "/* v8 ignore next 3 */", "v8 ignore"},
                         {"a.ts", "/* istanbul ignore else */", "istanbul ignore"},
                         {"a.ts", "// Istanbul ignored him", ""},
                         {"a.go", "// No lint is run here", ""},
                         {"a.go", "// nolintable", ""},
                         {"a.go", "x() // #nosec G104", "#nosec"},
                         {"a.go", "x, _ := f() //nolint:errcheck", "//nolint"},
                         {"a.go", "x := \"//nolint\"", ""},
                         {"a.rs", "#[allow(dead_code)]", "#[allow]"},
                         {"a.rs", "#![allow(unused)]", "#![allow]"},
                         {"a.rs", "// #[allow(dead_code)] would hide it", ""},
                         {"a.cc", "f();  // NOLINT(bugprone)", "NOLINT"},
                         {"a.cc", "// NOLINTNEXTLINE(bugprone)", "NOLINT"},
                         {"a.cc", "// No linter knows this", ""},
                         {"a.cc", "// nolint would be of another tool", ""},
                         {"a.cc", "f();  // LCOV_EXCL_LINE", "LCOV_EXCL"},
                         {"A.java", "f(); // NOSONAR", "NOSONAR"},
                         {"A.java", "f(); // NOPMD - why", "NOPMD"},
                         {"A.java", "// no sonar here", ""},
                         {"a.txt", "# noqa", ""}}) {
    auto found = silenced({}, one.path, one.line);
    if (std::string_view(one.expected).empty()) {
      EXPECT_THAT(found, IsEmpty()) << one.line;
      continue;
    }
    ASSERT_THAT(found, SizeIs(1)) << one.line;
    EXPECT_THAT(found[0].message, HasSubstr("'" + std::string(one.expected) + "' silences"));
    EXPECT_EQ(found[0].line, 1);
  }
}

TEST(SilencedTest, WhatWasMovedAndWhatIsTheCustomIsNotHeldAgainstAChange) {
  const std::string line = "x = f()  # type: ignore\n";
  EXPECT_THAT(silenced({{"a.py", line}}, "a.py", "y = 1\n" + line), IsEmpty()) << "moved";
  std::string many;
  for (int i = 0; i < 5; ++i) many += "y = g(" + std::to_string(i) + ")  # type: ignore\n";
  EXPECT_THAT(silenced({{"b.py", many}}, "a.py", line), IsEmpty()) << "the custom here";
  EXPECT_THAT(silenced({{"b.py", many}}, "a.py", "x = f()  # noqa\n"), SizeIs(1))
      << "of another kind it is none";
}

TEST(SilencedTest, ALineOfAnotherFileThatChangedIsMoved) {
  const std::string line = "from os import path  # noqa: F401\n";
  struct Case {
    const char* what;
    Files before, after;
    std::vector<std::string> changed;
    size_t expected;
  };
  for (const Case& one : std::vector<Case>{
           {"a rename", {{"old.py", line}}, {{"new.py", line}}, {"new.py", "old.py"}, 0},
           {"a move into a new file",
            {{"old.py", line + "x = 1\n"}},
            {{"old.py", "x = 1\n"}, {"new.py", "if x:\n    " + line}},
            {"new.py", "old.py"},
            0},
           {"a rename to another language's ending",
            {{"old.js", "f(); // eslint-disable-line\n"}},
            {{"new.py", ""}, {"new.ts", "f(); // eslint-disable-line\n"}},
            {"new.py", "new.ts", "old.js"},
            0},
           {"a file that nobody changed",
            {{"old.py", line}},
            {{"old.py", line}, {"new.py", line}},
            {"new.py"},
            1}}) {
    test::MapFacts base(one.before), tree(one.after);
    std::map<std::string, std::vector<int>> added = {{"new.py", {1, 2}}};
    if (one.after.contains("new.ts")) added = {{"new.ts", {1}}};
    EXPECT_THAT(silenced_in(base, tree, added, one.changed), SizeIs(one.expected)) << one.what;
  }
}

/// A tree that counts how often it is asked.
class CountedFacts : public test::MapFacts {
 public:
  using test::MapFacts::MapFacts;
  std::optional<std::string> read(std::string_view path) const override {
    ++reads;
    return test::MapFacts::read(path);
  }
  mutable int reads = 0;
};

TEST(SilencedTest, AFileIsReadOnceHoweverManyOfItsLinesSilence) {
  std::string before, after;
  std::vector<int> numbers;
  for (int i = 0; i < 2000; ++i) {
    before += "x = " + std::to_string(i) + "\n";
    after += "x = " + std::to_string(i) + "  # noqa\n";
    numbers.push_back(i + 1);
  }
  CountedFacts base(Files{{"a.py", before}}), tree(Files{{"a.py", after}});
  EXPECT_THAT(silenced_in(base, tree, {{"a.py", numbers}}, {"a.py"}), SizeIs(2000));
  EXPECT_EQ(tree.reads, 1);
  EXPECT_LE(base.reads, 2) << "for what was moved, and for the custom";
}

}  // namespace
}  // namespace gf::gate
