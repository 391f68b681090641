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
  return silenced_in(base, tree, {{path, all}});
}

TEST(SilencedTest, EachLanguagesOwnWayIsFound) {
  struct Case {
    const char *path, *line, *told;  ///< `told` empty: it silences nobody
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
                         {"a.ts", "return x as any;", "as any"},
                         {"a.ts", "const x: Promise<any> = f();", ""},
                         {"a.ts", "// @ts-expect-error", "@ts-expect-error"},
                         {"a.ts", "/* eslint-disable no-console */", "eslint-disable"},
                         {"a.ts", "const text = 'as any';", ""},
                         {"a.ts", "has(anyone);", ""},
                         {"a.go", "x, _ := f() //nolint:errcheck", "//nolint"},
                         {"a.go", "x := \"//nolint\"", ""},
                         {"a.rs", "#[allow(dead_code)]", "#[allow]"},
                         {"a.rs", "#![allow(unused)]", "#![allow]"},
                         {"a.rs", "// #[allow(dead_code)] would hide it", ""},
                         {"a.cc", "f();  // NOLINT(bugprone)", "NOLINT"},
                         {"a.txt", "# noqa", ""}}) {
    auto found = silenced({}, one.path, one.line);
    if (std::string_view(one.told).empty()) {
      EXPECT_THAT(found, IsEmpty()) << one.line;
      continue;
    }
    ASSERT_THAT(found, SizeIs(1)) << one.line;
    EXPECT_THAT(found[0].message, HasSubstr("'" + std::string(one.told) + "' silences"));
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

}  // namespace
}  // namespace gf::gate
