// What a test file is made of, and what of it one test cannot be read without.
#include "line/test_units.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// "name 3-5", lines from 1; a test has a "!".
std::string listed(const TestUnit& unit) {
  return unit.name + (unit.test ? "! " : " ") + std::to_string(unit.whole.first + 1) + "-" +
         std::to_string(unit.whole.last + 1);
}
std::vector<std::string> listed(const std::vector<TestUnit>& units) {
  std::vector<std::string> all;
  for (const TestUnit& unit : units) all.push_back(listed(unit));
  return all;
}
std::vector<std::string> listed(const std::vector<Span>& spans) {
  std::vector<std::string> all;
  for (const Span& span : spans)
    all.push_back(std::to_string(span.first + 1) + "-" + std::to_string(span.last + 1));
  return all;
}

/// A file, taken apart.
struct Taken {
  Taken(std::string_view path, const std::string& text)
      : source(lines(text)), units(test_units(source, *syntax_of(path))) {}
  [[nodiscard]] const TestUnit& named(const std::string& name) const {
    for (const TestUnit& unit : units) {
      if (unit.name == name) return unit;
      for (const TestUnit& member : unit.members) {
        if (member.name == name) return member;
      }
    }
    ADD_FAILURE() << "no unit '" << name << "'";
    return units.front();
  }
  [[nodiscard]] std::vector<std::string> needed(const std::string& test,
                                                const std::string& owner = {}) const {
    return listed(needed_by(units, owner.empty() ? nullptr : &named(owner), named(test), source));
  }

  std::vector<std::string> source;
  std::vector<TestUnit> units;
};

const char* const kShop =
    "import pytest\n"
    "\n"
    "# What a shop holds.\n"
    "STOCK = {\n"
    "    'a': 1,\n"
    "}\n"
    "LIMIT: int = 3\n"
    "\n"
    "\n"
    "# Empty, as a new one is.\n"
    "@pytest.fixture\n"
    "def shop():\n"
    "    return Shop(STOCK)\n"
    "\n"
    "\n"
    "class TestShop:\n"
    "    price = 2\n"
    "\n"
    "    def setup_method(self):\n"
    "        self.sold = shop()\n"
    "\n"
    "    def helper(self):\n"
    "        return total(self.sold)\n"
    "\n"
    "    def unused(self):\n"
    "        return None\n"
    "\n"
    "    def test_sale(self):\n"
    "        assert self.helper() == self.price\n"
    "\n"
    "\n"
    "def total(sold):\n"
    "    return LIMIT\n"
    "\n"
    "\n"
    "def test_alone(shop):\n"
    "    assert shop\n";

TEST(TestUnitsTest, AreDefinitionsAndValuesWithWhatStandsRightAboveThem) {
  Taken file("tests/test_shop.py", kShop);

  EXPECT_THAT(listed(file.units),
              ElementsAre("STOCK 3-6", "LIMIT 7-7", "shop 10-13", "TestShop! 16-29", "total 32-33",
                          "test_alone! 36-37"));
  EXPECT_THAT(listed(file.named("TestShop").members),
              ElementsAre("price 17-17", "setup_method 19-20", "helper 22-23", "unused 25-26",
                          "test_sale! 28-29"));
}

TEST(TestUnitsTest, AMemberComesWithItsClassItsSetUpAndAllThatTheseUseInTurn) {
  Taken file("tests/test_shop.py", kShop);

  EXPECT_THAT(file.needed("test_sale", "TestShop"),
              ElementsAre("16-16", "17-17", "19-20", "22-23", "10-13", "32-33", "3-6", "7-7"))
      << "the class, its value, set-up and helper; the fixture and the helper; their values";
  EXPECT_THAT(file.needed("test_alone"), ElementsAre("10-13", "3-6"))
      << "nothing of a class that it does not stand in";
}

TEST(TestUnitsTest, ALineBelongsToTheMemberAroundItElseToTheUnit) {
  Taken file("tests/test_shop.py", kShop);
  struct Case {
    size_t line;  // from 1
    const char* unit;
  };
  for (const Case& one :
       {Case{1, ""}, Case{3, "STOCK"}, Case{5, "STOCK"}, Case{8, ""}, Case{10, "shop"},
        Case{16, "TestShop"}, Case{17, "price"}, Case{18, "TestShop"}, Case{23, "helper"},
        Case{29, "test_sale"}, Case{30, ""}, Case{37, "test_alone"}, Case{4000, ""}}) {
    const TestUnit* unit = unit_around(file.units, one.line - 1);
    EXPECT_EQ(unit == nullptr ? "" : unit->name, one.unit) << one.line;
  }
}

TEST(TestUnitsTest, WhatSetsAValueIsKnownInEveryLanguageAndWhatOnlyLooksLikeItIsNone) {
  struct Case {
    const char *path, *line, *name;
  };
  for (const Case& one : {
           Case{"t.py", "limits: list = [1]", "limits"},
           Case{"t.py", "x=1", "x"},
           Case{"t.py", "_x9 = 1", "_x9"},
           Case{"t.js", "const rows = [1];", "rows"},
           Case{"t.ts", "export const rows: Row[] = [];", "rows"},
           Case{"t.js", "let open = true", "open"},
           Case{"t.go", "var limit = 3", "limit"},
           Case{"t.rs", "static LIMIT: u32 = 3;", "LIMIT"},
           Case{"t.py", "if (y := f()) == 3: pass", ""},
           Case{"t.py", "x == 1", ""},
           Case{"t.py", "x += 1", ""},
           Case{"t.py", "x: int", ""},
           Case{"t.py", "f(a=1)", ""},
           Case{"t.py", "x.y = 1", ""},
           Case{"t.py", "9x = 1", ""},
           Case{"t.py", "= 1", ""},
           Case{"t.py", "x", ""},
           Case{"t.py", "# x = 1", ""},
           Case{"t.py", "'x' = 1", ""},
           Case{"t.py", "  deep = 1", ""},
           Case{"t.py", "", ""},
       }) {
    Taken file(one.path, std::string(one.line) + "\n");
    EXPECT_EQ(file.units.empty() ? "" : file.units[0].name, one.name) << one.line;
  }
}

TEST(TestUnitsTest, AValueEndsWhereItsBracketClosesOrTheNextLineIsNoDeeper) {
  struct Case {
    const char* text;
    std::vector<std::string> units;
  };
  const std::vector<Case> cases = {
      {"a = [\n    1,\n\n    2,\n]\nb = 1\n", {"a 1-5", "b 6-6"}},
      {"a = f(\n    1)\nb = 1\n", {"a 1-2", "b 3-3"}},
      {"a = {\n", {"a 1-1"}},
      {"a = (1 +\n     2)\n\n\n\n", {"a 1-2"}},
      {"a = [\n    1,\n]\ndef f():\n    b = 1\n", {"a 1-3", "f 4-5"}},
  };
  for (const Case& one : cases)
    EXPECT_EQ(listed(Taken("t.py", one.text).units), one.units) << one.text;
}

TEST(TestUnitsTest, BracesAreFollowedLikeIndentation) {
  Taken file("shop_test.go",
             "package shop\n"
             "\n"
             "var limit = 3\n"
             "\n"
             "// helper adds up.\n"
             "func helper() int {\n"
             "\treturn limit\n"
             "}\n"
             "\n"
             "func TestOne(t *testing.T) {\n"
             "\thelper()\n"
             "}\n");

  EXPECT_THAT(listed(file.units), ElementsAre("limit 3-3", "helper 5-8", "TestOne! 10-12"));
  EXPECT_THAT(file.needed("TestOne"), ElementsAre("5-8", "3-3"));
}

TEST(TestUnitsTest, AClassIsATestForItsMembersAndNotForItsName) {
  Taken file("t.py",
             "class TestData:\n    rows = 1\n\n    def load(self):\n        pass\n\n"
             "class Odd:\n    def test_it(self):\n        pass\n\n    class Inner:\n"
             "        def test_deep(self):\n            pass\n");

  EXPECT_FALSE(file.named("TestData").test);
  EXPECT_TRUE(file.named("Odd").test);
  EXPECT_THAT(listed(file.named("Odd").members), ElementsAre("test_it! 8-9", "Inner 11-13"));
}

TEST(TestUnitsTest, OfALongHelperTheFirstLinesAreNeededAndOfManyTheNearest) {
  std::string text =
      "def test_all():\n    long()\n    first()\n\ndef first():\n    second()\n\n"
      "def second():\n    first()\n\ndef long():\n";
  for (int i = 0; i < 60; ++i) text += "    step(" + std::to_string(i) + ")\n";
  EXPECT_THAT(Taken("t.py", text).needed("test_all"), ElementsAre("5-6", "11-23", "8-9"))
      << "in a circle each comes once";

  std::string many = "def test_all():\n", defined;
  for (int i = 0; i < 40; ++i) {
    many += "    h" + std::to_string(i) + "()\n";
    defined += "\ndef h" + std::to_string(i) + "():\n    pass\n";
  }
  EXPECT_THAT(Taken("t.py", many + defined).needed("test_all"), SizeIs(16));
}

TEST(TestUnitsTest, AnEmptyFileHasNone) {
  EXPECT_THAT(test_units({}, *syntax_of("t.py")), IsEmpty());
  EXPECT_THAT(test_units({"", "# nothing", ""}, *syntax_of("t.py")), IsEmpty());
  EXPECT_EQ(unit_around({}, 0), nullptr);
}

}  // namespace
}  // namespace gf::line
