// Where any test may reach a change: those that name what it changes.
#include <gmock/gmock.h>

#include "gate/affected.h"
#include "gate/language.h"
#include "support/facts.h"

namespace gf::gate {
namespace {

using ::testing::ElementsAre;

/// What may be a link makes everything one here; what a text names is told apart.
TEST(AffectedTest, WhatIsNamedIsFewerThanWhatMayBe) {
  const std::map<std::string, std::string> plain = {
      {"pkg/__init__.py", ""},
      {"pkg/inner/__init__.py", ""},
      {"pkg/inner/names.py", "x = 1\n"},
      {"pkg/b.py", "def f(names):\n    return names.x\n"},
      {"pkg/c.py", ""},
      {"tests/test_b.py", "from pkg import b\n"},
      {"tests/test_c.py", "from pkg import c\n"},
      {"tests/test_names.py", "from pkg.inner import names\n"}};
  const std::set<std::string> tested = {"tests/test_b.py", "tests/test_c.py",
                                        "tests/test_names.py"};
  auto reached = [&](std::map<std::string, std::string> tree, const std::string& changed,
                     Linked linked) {
    test::MapFacts facts(std::move(tree));
    std::set<std::string> files;
    Reached all = reached_by(facts, facts, {changed}, tested, default_test_paths(), linked);
    for (const auto& [path, via] : all.files) files.insert(path);
    EXPECT_EQ(all.all, files.size() == tested.size());
    return files;
  };
  auto loads = plain;
  loads["pkg/load.py"] = "def load(n):\n    return __import__('other.' + n)\n";
  loads["pkg/__init__.py"] = "from pkg import load\n";
  EXPECT_EQ(reached(loads, "pkg/c.py", Linked::kMaybe), tested);
  EXPECT_THAT(reached(loads, "pkg/c.py", Linked::kNamed), ElementsAre("tests/test_c.py"));
  EXPECT_EQ(reached(loads, "pkg/load.py", Linked::kNamed), tested) << "its package needs it";
  auto rooted = plain;
  rooted["docs/conf.py"] = "import sys\nsys.path.insert(0, '..')\n";
  EXPECT_THAT(reached(rooted, "pkg/inner/names.py", Linked::kMaybe),
              ElementsAre("tests/test_b.py", "tests/test_names.py"));
  EXPECT_THAT(reached(rooted, "pkg/inner/names.py", Linked::kNamed),
              ElementsAre("tests/test_names.py"));
}

}  // namespace
}  // namespace gf::gate
