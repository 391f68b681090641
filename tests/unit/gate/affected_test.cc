// Which files with tests a change can reach: a table of trees.
#include "gate/affected.h"

#include <gmock/gmock.h>

#include "gate/language.h"
#include "support/facts.h"

namespace gf::gate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Files = std::map<std::string, std::string>;
using Paths = std::vector<std::string>;

Reached reached_in(const Files& base, const Files& tree, const Paths& changed) {
  std::set<std::string> tested;
  for (const auto& [path, text] : base) {
    std::string name = path.substr(path.rfind('/') + 1);
    if (name.starts_with("test_") || name.ends_with("_test.go")) tested.insert(path);
  }
  return reached_by(test::MapFacts(base), test::MapFacts(tree), changed, tested,
                    default_test_paths());
}

Paths names_of(const Reached& reached) {
  Paths names;
  for (const auto& [path, via] : reached.files) names.push_back(path);
  return names;
}

struct TreeCase {
  const char* what;
  Files tree;
  Paths changed;
  Paths reached;  ///< files with tests; nothing more
};

void check(const TreeCase& one) {
  SCOPED_TRACE(one.what);
  Reached reached = reached_in(one.tree, one.tree, one.changed);
  EXPECT_EQ(reached.untrusted, "");
  EXPECT_EQ(names_of(reached), one.reached);
}

// Each has a test that nothing leads to, so that "all" is not right by chance.
const Files kRest = {{"tests/test_other.py", "import json\n"}};

Files with_rest(Files files) {
  files.insert(kRest.begin(), kRest.end());
  return files;
}

TEST(AffectedTest, PythonsImportsLeadBackToTests) {
  const Paths a = {"tests/test_a.py"};
  for (const TreeCase& one : std::vector<TreeCase>{
           {"directly",
            {{"src/p/__init__.py", ""}, {"src/p/m.py", ""}, {"tests/test_a.py", "import p.m\n"}},
            {"src/p/m.py"},
            a},
           {"by from",
            {{"p/__init__.py", ""}, {"p/m.py", ""}, {"tests/test_a.py", "from p import m\n"}},
            {"p/m.py"},
            a},
           {"in brackets over lines, with a comment in them",
            {{"p/__init__.py", ""},
             {"p/m.py", ""},
             {"tests/test_a.py", "from p import (  # some (of it)\n    x,\n    m,\n)\n"}},
            {"p/m.py"},
            a},
           {"on a line that goes on",
            {{"p/m.py", ""}, {"tests/test_a.py", "from p \\\n  import m\n"}},
            {"p/m.py"},
            a},
           {"through others, relative ones too",
            {{"p/__init__.py", ""},
             {"p/q/__init__.py", ""},
             {"p/q/low.py", ""},
             {"p/q/mid.py", "from . import low\n"},
             {"p/top.py", "from .q.mid import f\n"},
             {"tests/test_a.py", "from p.top import f\n"}},
            {"p/q/low.py"},
            a},
           {"two folders up",
            {{"p/__init__.py", ""},
             {"p/m.py", ""},
             {"p/q/__init__.py", ""},
             {"p/q/n.py", "from ..m import f\n"},
             {"tests/test_a.py", "import p.q.n as n\n"}},
            {"p/m.py"},
            a},
           {"the package that is run before its module",
            {{"p/__init__.py", ""}, {"p/m.py", ""}, {"tests/test_a.py", "from p.m import f\n"}},
            {"p/__init__.py"},
            a},
           {"what that package imports",
            {{"p/__init__.py", "from .n import g\n"},
             {"p/m.py", ""},
             {"p/n.py", ""},
             {"tests/test_a.py", "from p.m import f\n"}},
            {"p/n.py"},
            a},
           {"within a function",
            {{"p/m.py", ""}, {"tests/test_a.py", "def test_x():\n    from p.m import f\n"}},
            {"p/m.py"},
            a},
           {"behind a semicolon",
            {{"p/m.py", ""}, {"tests/test_a.py", "import os; import p.m\n"}},
            {"p/m.py"},
            a},
           {"named by a text",
            {{"p/m.py", ""}, {"tests/test_a.py", "def test_x(mocker):\n  mocker.patch('p.m.f')\n"}},
            {"p/m.py"},
            a},
           {"importorskip",
            {{"m.py", ""}, {"tests/test_a.py", "m = pytest.importorskip('m')\n"}},
            {"m.py"},
            a},
           {"a helper beside the test",
            {{"tests/helpers.py", ""}, {"tests/test_a.py", "import helpers\n"}},
            {"tests/helpers.py"},
            {"tests/helpers.py", "tests/test_a.py"}},
           {"a test that starts a program",
            {{"p/m.py", ""}, {"tests/test_a.py", "import subprocess\n"}},
            {"p/m.py"},
            a},
           {"a source that loads by name",
            {{"p/m.py", ""},
             {"p/load.py", "importlib.import_module(n)\n"},
             {"tests/test_a.py", "from p import load\n"}},
            {"p/m.py"},
            a},
           {"a conftest of its folder",
            {{"p/m.py", ""},
             {"tests/a/conftest.py", "from p import m\n"},
             {"tests/a/test_a.py", ""}},
            {"p/m.py"},
            {"tests/a/test_a.py"}},
           {"the changed test itself", {{"tests/test_a.py", ""}}, {"tests/test_a.py"}, a},
           {"an example in prose that a test names",
            {{"README.md", ""}, {"tests/test_a.py", "open('README.md')\n"}},
            {"README.md"},
            a},
           {"no module of the standard library's name",
            {{"p/__init__.py", ""},
             {"p/json.py", ""},
             {"tests/test_a.py", "from p.json import f\n"}},
            {"p/json.py"},
            a},
       }) {
    TreeCase now = one;
    now.tree = with_rest(one.tree);
    check(now);
  }
}

TEST(AffectedTest, WhatWasTakenAwayStillLeadsBack) {
  Files base =
      with_rest({{"p/m.py", "import p.n\n"}, {"p/n.py", ""}, {"tests/test_a.py", "import p.m\n"}});
  Files tree = base;
  tree.erase("p/n.py");
  tree["p/m.py"] = "";
  EXPECT_THAT(names_of(reached_in(base, tree, {"p/n.py"})), ElementsAre("tests/test_a.py"));
}

TEST(AffectedTest, ANewTestIsReached) {
  Files base = with_rest({{"p/m.py", ""}, {"tests/test_a.py", "import p.m\n"}});
  Files tree = base;
  tree["tests/test_new.py"] = "def test_it(): pass\n";
  EXPECT_THAT(names_of(reached_in(base, tree, {"p/m.py", "tests/test_new.py"})),
              ElementsAre("tests/test_a.py", "tests/test_new.py"));
}

TEST(AffectedTest, GoesPackagesLeadBackToTests) {
  const Files tree = {{"go.mod", "module example.org/shop\n"},
                      {"low/low.go", "package low\n"},
                      {"low/low_test.go", "package low\n"},
                      {"mid/mid.go", "package mid\nimport l \"example.org/shop/low\"\n"},
                      {"mid/mid_test.go", "package mid\n"},
                      {"far/far.go", "package far\nimport \"example.org/shopping/low\"\n"},
                      {"far/far_test.go", "package far\n"}};
  check({"a package and who imports it",
         tree,
         {"low/low.go"},
         {"low/low_test.go", "mid/mid_test.go"}});
  check({"nobody imports it", tree, {"mid/mid.go"}, {"mid/mid_test.go"}});
  Files starts = tree;
  starts["far/far_test.go"] = "package far\nimport \"os/exec\"\n";
  check({"a test that starts a program",
         starts,
         {"mid/mid.go"},
         {"far/far_test.go", "mid/mid_test.go"}});
}

TEST(AffectedTest, WhatCannotBeTrustedIsSaid) {
  const Files tree =
      with_rest({{"p/m.py", ""}, {"p/alone.py", ""}, {"tests/test_a.py", "import p.m\n"}});
  struct Case {
    Paths changed;
    const char* why;
  };
  for (const Case& one : std::vector<Case>{
           {{"pyproject.toml"}, "decides what every test runs on"},
           {{"tests/conftest.py"}, "decides what every test runs on"},
           {{"setup.py"}, "decides what every test runs on"},
           {{"requirements-dev.txt"}, "decides what every test runs on"},
           {{"p/m.py", "p/data.json"}, "is no source"},
           {{"tests/data/a.txt"}, "is no source"},
           {{"src/lib.rs"}, "files of Rust"},
           {{"web/a.ts"}, "files of JavaScript"},
           {{"p/alone.py"}, "no file with tests"},
           {{"README.md"}, "no file with tests"},
           {{"p/m.py", "tests/test_other.py"}, "every file with tests"},
       }) {
    SCOPED_TRACE(one.changed.back());
    EXPECT_THAT(reached_in(tree, tree, one.changed).untrusted, HasSubstr(one.why));
  }
}

}  // namespace
}  // namespace gf::gate
