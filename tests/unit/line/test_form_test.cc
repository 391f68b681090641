// What a writer of tests is shown of those that are there: their form, what is nearest, what they
// import.
#include "line/test_form.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "line/imports.h"
#include "support/facts.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// A long test file: a head, a class with helpers and many tests, a short class.
std::string long_file() {
  std::string text =
      "import one\nfrom .compat import two\n\nLIMIT = 3\n\n\ndef make():\n    return one\n\n\n"
      "class TestParams(Dict):\n    name: str\n\n\nclass TestForm(TestCase):\n"
      "    def setUp(self):\n        self.f = make()\n\n"
      "    def assert_field(self, f):\n        pass\n\n    def unused(self):\n        pass\n\n";
  for (int i = 0; i < 150; ++i)
    text += fmt::format("    def test_other_{0}(self):\n        self.assertEqual({0}, {0})\n\n", i);
  text +=
      "    def test_max_body_size(self):\n        self.assert_field(self.f)\n\n\n"
      "class TestFile(TestCase):\n    def test_simple(self):\n        File().spill()\n";
  return text;
}

TEST(TestFormTest, AShortFileIsShownWhole) {
  EXPECT_EQ(test_form("tests/test_a.py", "import one\n\ndef test_a(): pass\n", {}, 4000),
            "1\timport one\n2\t\n3\tdef test_a(): pass\n");
}

TEST(TestFormTest, OfAFileThatIsAllShownNoOthersAreSpokenOf) {
  EXPECT_THAT(test_form("tests/test_a.py", long_file(), {}, 64u << 10), HasSubstr("others]"));
  Looked looked;
  looked.places = {{0, 500}};
  EXPECT_THAT(test_form("tests/test_a.py", long_file(), looked, 64u << 10),
              Not(HasSubstr("others]")));
}

TEST(TestFormTest, TheHeadIsShownUpToTheFirstTest) {
  std::string rendered = test_form("tests/test_a.py", long_file(), {}, 6000);

  EXPECT_THAT(rendered, HasSubstr("1\timport one\n2\tfrom .compat import two\n"));
  EXPECT_THAT(rendered, HasSubstr("8\t    return one\n"));
  EXPECT_THAT(rendered, HasSubstr("12\t    name: str\n")) << "a class without tests is a helper";
  EXPECT_THAT(rendered, HasSubstr("def test_other_0(self)")) << "one test, for its form";
  EXPECT_THAT(rendered, Not(HasSubstr("def test_other_1(self)")));
}

TEST(TestFormTest, TestsAreChosenByNamesInThemAndByWordsOfTheirOwnNames) {
  struct Case {
    std::vector<std::string> names;
    const char* shown;
    const char* not_shown;
  };
  for (const Case& one : {Case{{"MAX_FIELD_SIZE"}, "def test_max_body_size", "def test_other_0"},
                          Case{{"spill"}, "File().spill()", "def test_other_0"},
                          Case{{"nothing_like_it"}, "def test_other_0", "def test_other_1("}}) {
    Looked looked;
    looked.names = one.names;
    std::string rendered = test_form("tests/test_a.py", long_file(), looked, 6000);
    EXPECT_THAT(rendered, HasSubstr(one.shown)) << one.names[0];
    EXPECT_THAT(rendered, Not(HasSubstr(one.not_shown))) << one.names[0];
  }
}

TEST(TestFormTest, ATestComesWithItsClassAndTheHelpersThatItUses) {
  Looked looked;
  looked.names = {"MAX_FIELD_SIZE"};

  std::string rendered = test_form("tests/test_a.py", long_file(), looked, 6000);

  EXPECT_THAT(rendered, HasSubstr("class TestForm(TestCase):"));
  EXPECT_THAT(rendered, HasSubstr("self.f = make()"));
  EXPECT_THAT(rendered, HasSubstr("def assert_field(self, f):"));
  EXPECT_THAT(rendered, Not(HasSubstr("def unused(self)")));
  EXPECT_THAT(rendered, HasSubstr("[other classes, with their lines: TestFile ("));
  EXPECT_THAT(rendered, HasSubstr("read_file has the others]\n"));
}

TEST(TestFormTest, APlaceIsShownWithItsTestAndNothingBeyondTheBound) {
  Looked looked;
  looked.places = {{100, 100}};

  std::string rendered = test_form("tests/test_a.py", long_file(), looked, 1500);

  EXPECT_THAT(rendered, HasSubstr("\n101\t"));
  EXPECT_LE(rendered.size(), 1500 + 300);
}

/// Values between methods, a fixture behind the first test, a helper that uses another.
std::string file_of_values() {
  std::string text = "import one\n\n\nclass TestAll:\n";
  for (int i = 0; i < 90; ++i)
    text += fmt::format("    def test_other_{0}(self):\n        assert one({0})\n\n", i);
  text +=
      "    # why some are left out:\n    # they have tests\n    _all = {\n        One.A,\n        "
      "One.B,\n    }\n\n"
      "    def test_all(self, client):\n        assert all(client, self._all)\n\n"
      "    @pytest.mark.parametrize('x', ROWS)\n"
      "    def test_rows(self, x):\n        assert check(x)\n\n\n"
      "@pytest.fixture\ndef client():\n    return Client(PORT)\n\n\n"
      "PORT = 17\nROWS = [\n    1,\n    2,\n]\nUNUSED = 3\n\n\n"
      "def check(x):\n    return deeper(x)\n\n\ndef deeper(x):\n    return x\n\n\n"
      "def nobody():\n    pass\n";
  return text;
}

TEST(TestFormTest, WhatMayBeChangedIsShownWholeWithAllThatItUses) {
  struct Case {
    std::vector<std::string> whole;
    std::vector<const char*> shown;
    std::vector<const char*> not_shown;
  };
  for (const Case& one : std::vector<Case>{
           {{"test_all"},
            {"# why some are left out:", "_all = {", "One.B,", "import one",
             "assert all(client, self._all)", "return Client(PORT)", "PORT = 17"},
            {"def check(", "def nobody", "UNUSED", "assert check(x)"}},
           {{"test_rows"},
            {"parametrize('x', ROWS)", "ROWS = [", "    2,", "def check(x)", "def deeper(x)"},
            {"def client", "def nobody", "UNUSED", "One.B"}},
           {{"test_all", "test_rows"}, {"One.B,", "def deeper(x)"}, {"def nobody", "UNUSED"}},
           {{"TestAll"}, {"assert one(89)", "One.B,", "def deeper(x)"}, {"def nobody"}},
           {{"_all"}, {"One.B,"}, {"def nobody"}}}) {
    Looked looked;
    looked.whole = one.whole;
    std::string rendered = test_form("tests/test_a.py", file_of_values(), looked, 600);
    for (const char* text : one.shown) EXPECT_THAT(rendered, HasSubstr(text)) << one.whole[0];
    for (const char* text : one.not_shown)
      EXPECT_THAT(rendered, Not(HasSubstr(text))) << one.whole[0];
  }
}

TEST(TestFormTest, AValueThatIsPointedAtIsShownWhole) {
  Looked looked;
  looked.places = {{278, 278}};  // "One.A," of _all

  std::string rendered = test_form("tests/test_a.py", file_of_values(), looked, 400);

  EXPECT_THAT(rendered, HasSubstr("_all = {"));
  EXPECT_THAT(rendered, HasSubstr("    }\n"));
}

TEST(TestFormTest, WhatMayBeChangedHasABoundTooAndAWholeFileIsNoReason) {
  std::string huge = "def test_a():\n";
  for (int i = 0; i < 20000; ++i) huge += fmt::format("    assert one({})\n", i);
  Looked looked;
  looked.whole = {"test_a", "gone"};

  std::string rendered = test_form("tests/test_a.py", huge, looked, 4000);

  EXPECT_THAT(rendered, HasSubstr("1\tdef test_a():"));
  EXPECT_LE(rendered.size(), 4000 + (16u << 10) + 300);
}

std::vector<std::string> imported(const std::string& path, const std::string& content) {
  test::MapFacts tree({{"tests/compat.py", "x"},
                       {"tests/unit/helpers.py", "x"},
                       {"tests/unit/test_a.py", "x"},
                       {"tests/support/__init__.py", ""},
                       {"tests/support/fakes.py", "x"},
                       {"src/pkg/core.py", "x"},
                       {"web/test/util.ts", "x"},
                       {"web/test/kit/index.js", "x"}});
  std::vector<std::string> paths;
  for (const Imported& one : imported_by(path, content, tree)) {
    std::string names;
    for (const std::string& name : one.names) names += " " + name;
    paths.push_back(one.path + ":" + names);
  }
  return paths;
}

TEST(ImportsTest, AreFoundByTheFormsOfTheirStatements) {
  struct Case {
    const char* path;
    const char* text;
    std::vector<std::string> found;
  };
  const char* py = "tests/unit/test_a.py";
  const char* ts = "web/test/a.test.ts";
  for (const Case& one : std::vector<Case>{
           {py, "from ..compat import a, b\n", {"tests/compat.py: a b"}},
           {py, "from ..compat import (\n    a,\n    b,  # why\n)\n", {"tests/compat.py: a b"}},
           {py, "from .helpers import c\n", {"tests/unit/helpers.py: c"}},
           {py, "from . import helpers\n", {"tests/unit/helpers.py:"}},
           {py, "import helpers\n", {"tests/unit/helpers.py:"}},
           {py, "from tests.support import fakes\n", {"tests/support/fakes.py:"}},
           {py, "from pkg.core import run\n", {"src/pkg/core.py: run"}},
           {py, "import os\nfrom pathlib import Path\nfrom .test_a import x\n", {}},
           {ts, "import {a, b} from './util'\n", {"web/test/util.ts: import a b"}},
           {ts, "import {\n  a,\n} from \"./util\"\n", {"web/test/util.ts: import a"}},
           {ts, "const k = require('../test/kit')\n", {"web/test/kit/index.js: const k"}},
           {ts, "import x from 'vitest'\n", {}},
           {"a.go", "import \"testing\"\n", {}}}) {
    EXPECT_EQ(imported(one.path, one.text), one.found) << one.text;
  }
}

}  // namespace
}  // namespace gf::line
