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
    bool named = name.starts_with("test_") || name.ends_with("_test.go") ||
                 name.find(".test.") != std::string::npos || path.starts_with("spec/") ||
                 path.find("tests/it") != std::string::npos || path.ends_with("src/lib.rs");
    if (named) tested.insert(path);
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
           {"a test that looks at all sources",
            {{"p/m.py", ""}, {"tests/test_a.py", "files = Path('p').rglob('*.py')\n"}},
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

TEST(AffectedTest, WhatJavaScriptNamesLeadsBackToTests) {
  const Paths a = {"test/a.test.js"};
  const Files rest = {{"test/other.test.js", "import { strictEqual } from 'node:assert';\n"},
                      {"package.json", R"({"name": "shop", "dependencies": {"left": "1"},
                        "scripts": {"test": "mocha -r ./set/up.js"}})"}};
  for (const TreeCase& one : std::vector<TreeCase>{
           {"import",
            {{"src/m.js", ""}, {a[0], "import { f } from '../src/m.js';"}},
            {"src/m.js"},
            a},
           {"an ending that is left out",
            {{"src/m.ts", ""}, {a[0], "import '../src/m'"}},
            {"src/m.ts"},
            a},
           {"the ending of what is built of it",
            {{"src/m.ts", ""}, {a[0], "import { f } from \"../src/m.js\""}},
            {"src/m.ts"},
            a},
           {"a folder's index",
            {{"src/m/index.tsx", ""}, {a[0], "require('../src/m')"}},
            {"src/m/index.tsx"},
            a},
           {"over lines",
            {{"src/m.js", ""}, {a[0], "import {\n  f,\n  g\n} from\n  '../src/m.js'"}},
            {"src/m.js"},
            a},
           {"through what is exported again",
            {{"src/low.js", ""},
             {"src/index.js", "export * from './low.js'\nexport { x as y } from './low.js'"},
             {a[0], "import { low } from '../src/index.js'"}},
            {"src/low.js"},
            a},
           {"within a function, with a comment",
            {{"src/m.js", ""}, {a[0], "const m = await import(/* a chunk */ '../src/m.js')"}},
            {"src/m.js"},
            a},
           {"mocked",
            {{"src/m.js", ""}, {a[0], "jest.mock('../src/m', () => ({}))"}},
            {"src/m.js"},
            a},
           {"an alias for a folder",
            {{"src/lib/m.ts", ""}, {a[0], "import { f } from '@/lib/m'"}},
            {"src/lib/m.ts"},
            a},
           {"an alias for a name",
            {{"src/utils/index.ts", ""}, {a[0], "import { f } from '@utils'"}},
            {"src/utils/index.ts"},
            a},
           {"the package's own name",
            {{"src/m.js", ""}, {a[0], "import { f } from 'shop'"}},
            {"src/m.js"},
            a},
           {"another package of the repository",
            {{"packages/low/package.json", R"({"name": "@shop/low"})"},
             {"packages/low/src/deep.ts", ""},
             {a[0], "import { low } from '@shop/low/deep'"}},
            {"packages/low/src/deep.ts"},
            a},
           {"a test that starts a program",
            {{"bin/m.js", ""}, {a[0], "require('child_process')"}},
            {"bin/m.js"},
            a},
           {"what is made when it runs",
            {{"src/m.js", ""}, {a[0], "require(name + '.js')"}},
            {"src/m.js"},
            a},
           {"a name with a gap",
            {{"src/m.js", ""}, {a[0], "await import(`../src/${x}.js`)"}},
            {"src/m.js"},
            a},
           {"what a build would lay there",
            {{"src/m.ts", ""}, {a[0], "require('../dist/m.js')"}},
            {"src/m.ts"},
            a},
           {"all of a folder",
            {{"src/p/m.js", ""}, {a[0], "import.meta.glob('../src/p/*.js')"}},
            {"src/p/m.js"},
            a},
           {"a path that is handed on",
            {{"src/p/m.js", ""}, {a[0], "load('../src/p')"}},
            {"src/p/m.js"},
            a},
           {"a helper beside the test",
            {{"test/help.js", "exports.x = 1"}, {a[0], "require('./help')"}},
            {"test/help.js"},
            {a[0], "test/help.js"}},
           {"a program's own name is no file of ours",
            {{"src/m.js", ""},
             {"src/left.js", ""},
             {"test/b.test.js", "import 'left'"},
             {a[0], "import '../src/left.js'"}},
            {"src/left.js"},
            a},
       }) {
    TreeCase now = one;
    now.tree.insert(rest.begin(), rest.end());
    check(now);
  }
}

TEST(AffectedTest, WhatJavaScriptsRunnersLoadForEveryTestReachesAll) {
  const Files tree = {
      {"package.json", R"({"scripts": {"test": "mocha -r ./set/up.js"}, "main": "src/m.js"})"},
      {"vitest.config.ts", "export default { test: { setupFiles: ['./set/vitest.ts'] } }"},
      {"set/up.js", "require('../src/deep.js')"},
      {"set/vitest.ts", ""},
      {"src/deep.js", ""},
      {"src/m.js", ""},
      {"src/types.d.ts", "declare const x: number"},
      {"src/__mocks__/fs.js", ""},
      {"test/hooks.js", "beforeEach(() => {})"},
      {"test/a.test.js", "require('../src/m')"},
      {"test/b.test.js", "it('b', () => {})"}};
  for (const char* path : {"set/up.js", "set/vitest.ts", "src/deep.js", "src/types.d.ts",
                           "src/__mocks__/fs.js", "test/hooks.js"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(reached_in(tree, tree, {path}).untrusted, HasSubstr("every file with tests"));
  }
  EXPECT_THAT(names_of(reached_in(tree, tree, {"src/m.js"})), ElementsAre("test/a.test.js"));
}

TEST(AffectedTest, RustsPackagesLeadBackToTests) {
  const Files tree = {
      {"Cargo.toml",
       "[workspace]\nmembers = [\"low\", \"mid\", \"far\", \"top\"]\n"
       "[workspace.dependencies]\nbelow = { path = \"low\", package = \"shop-low\" }\n"},
      {"low/Cargo.toml", "[package]\nname = \"shop-low\"\n"},
      {"low/src/lib.rs", "mod deep;\n"},
      {"low/src/deep.rs", ""},
      {"low/build.rs", ""},
      {"low/tests/it.rs", ""},
      {"low/examples/show.rs", ""},
      {"mid/Cargo.toml", "[package]\nname = \"mid\"\n[dependencies]\nbelow.workspace = true\n"},
      {"mid/src/lib.rs", ""},
      {"mid/tests/it_mid.rs", "mod common;\n"},
      {"mid/tests/it_more.rs", ""},
      {"mid/tests/common/mod.rs", ""},
      {"far/Cargo.toml", "[package]\nname = \"far\"\n"},
      {"far/src/lib.rs", "#[path = \"../../shared/x.rs\"] mod x;\n"},
      {"shared/y.rs", ""},
      {"top/Cargo.toml",
       "[package]\nname = \"top\"\n[target.'cfg(unix)'.dev-dependencies]\n"
       "other = { path = \"../mid\" }\n"},
      {"top/src/lib.rs", ""},
      {"top/tests/it.rs", ""}};
  check({"a package, and who is built on it, by whatever name",
         tree,
         {"low/src/deep.rs"},
         {"low/src/lib.rs", "low/tests/it.rs", "mid/src/lib.rs", "mid/tests/it_mid.rs",
          "mid/tests/it_more.rs", "top/src/lib.rs", "top/tests/it.rs"}});
  check({"what builds it",
         tree,
         {"low/build.rs"},
         {"low/src/lib.rs", "low/tests/it.rs", "mid/src/lib.rs", "mid/tests/it_mid.rs",
          "mid/tests/it_more.rs", "top/src/lib.rs", "top/tests/it.rs"}});
  check({"nobody is built on it", tree, {"top/src/lib.rs"}, {"top/src/lib.rs", "top/tests/it.rs"}});
  check({"a program of tests", tree, {"low/tests/it.rs"}, {"low/tests/it.rs"}});
  check({"what they share",
         tree,
         {"mid/tests/common/mod.rs"},
         {"mid/tests/it_mid.rs", "mid/tests/it_more.rs"}});
  EXPECT_THAT(reached_in(tree, tree, {"shared/y.rs"}).untrusted, HasSubstr("every file"));
  EXPECT_THAT(reached_in(tree, tree, {"low/examples/show.rs"}).untrusted, HasSubstr("no file"));
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
           {{"src/lib.cc"}, "files of C++"},
           {{"jest.config.js"}, "decides what every test runs on"},
           {{"web/vitest.config.ts"}, "decides what every test runs on"},
           {{"package.json"}, "decides what every test runs on"},
           {{"Cargo.toml"}, "decides what every test runs on"},
           {{"low/Cargo.toml"}, "any test may read it"},
           {{"src/__snapshots__/a.test.js.snap"}, "is no source"},
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
