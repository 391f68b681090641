// What a step may write. What a pattern means is held by tests/unit/base/glob_test.cc.
#include <gtest/gtest.h>

#include "tool/tool.h"

namespace gf::tool {
namespace {

bool may_write(const Scope& scope, const std::string& path) { return refusal(scope, path).empty(); }

TEST(ScopeTest, NothingIsWritableThatIsNotNamed) {
  EXPECT_FALSE(may_write({}, "a"));
  EXPECT_TRUE(may_write({{"app/x.py", "docs/"}, {}}, "app/x.py"));
  EXPECT_TRUE(may_write({{"app/x.py", "docs/"}, {}}, "docs/a/b.md"));
  EXPECT_FALSE(may_write({{"app/x.py", "docs/"}, {}}, "App/x.py"));
  EXPECT_FALSE(may_write({{"README.md"}, {}}, "docs/README.md"));
}

TEST(ScopeTest, WhatIsProtectedStaysSoWhateverElseNamesIt) {
  const Scope scope = {{"**", "tests/test_a.py"}, {"tests/**", "test_*.py", "pyproject.toml"}};

  EXPECT_TRUE(may_write(scope, "app/x.py"));
  EXPECT_FALSE(may_write(scope, "tests/test_a.py"));
  EXPECT_FALSE(may_write(scope, "app/test_x.py"));
  EXPECT_FALSE(may_write(scope, "pyproject.toml"));
}

TEST(ScopeTest, TheCaseOfLettersOpensNothing) {
  const Scope scope = {{"**"}, {"Tests/**", "pyproject.toml"}};

  EXPECT_FALSE(may_write(scope, "PyProject.TOML"));
  EXPECT_FALSE(may_write(scope, "tests/a.py"));
  EXPECT_FALSE(may_write(scope, "TESTS/a.py"));
}

TEST(ScopeTest, ARefusalNamesWhatMayBeChanged) {
  EXPECT_EQ(refusal({{"app/", "new.py"}, {}}, "b"),
            "error: 'b' is outside of what this step may change: app/, new.py");
  EXPECT_EQ(refusal({{"app/"}, {"app/x.py"}}, "app/x.py"),
            "error: 'app/x.py' must not be changed in this step, which may change: app/");
  EXPECT_EQ(refusal({}, "a"), "error: 'a' is outside of what this step may change: nothing");
  std::vector<std::string> many(25, "x.py");
  EXPECT_TRUE(refusal({many, {}}, "a").ends_with("x.py, x.py and 5 more"));
}

}  // namespace
}  // namespace gf::tool
