// Where the names of a change or a spec stand: bounded, each line once, what tells most first.
#include "stage/uses.h"

#include <gmock/gmock.h>

#include "support/searched.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<std::string> kTests = {"tests/**"};

std::string used(const std::map<std::string, std::string>& files,
                 const std::vector<std::string>& names, const ShownLines& shown = {},
                 size_t most = 4000) {
  return uses_of(test::MapSearched(files), names, shown, kTests, most);
}

TEST(UsesTest, AreToldByFileCodeFirstAndTestsLast) {
  std::string rendered =
      used({{"docs/api.rst", "see cache_expire\n"},
            {"src/cache.py", "def cache_expire(self):\n    pass\n\ncache_expired = 1\n"},
            {"tests/test_cache.py", "x\n    cache.cache_expire()\n"},
            {"CHANGELOG.md", "- cache_expire is new\n"},
            {"uv.lock", "cache_expire\n"}},
           {"cache_expire"});

  EXPECT_EQ(rendered,
            "src/cache.py\n  1: def cache_expire(self):\n"
            "docs/api.rst\n  1: see cache_expire\n"
            "tests/test_cache.py\n  2: cache.cache_expire()\n");
}

TEST(UsesTest, WhatIsShownAlreadyIsNotToldAgain) {
  std::map<std::string, std::string> files = {{"a.py", "def expire():\n    expire()\n"}};
  std::vector<ReviewHunk> hunks = {{"H1", "a.py", 1, 1, "@@ -1 +1 @@\n+def expire():\n"}};
  Input::Files files_shown = {{"a.py", "1\tdef expire():\n...\n2\t    expire()\n"}};

  EXPECT_EQ(used(files, {"expire"}, shown_in(hunks)), "a.py\n  2: expire()\n");
  EXPECT_THAT(used(files, {"expire"}, shown_in(files_shown)), IsEmpty());
}

TEST(UsesTest, ANameThatIsEverywhereIsOnlyCounted) {
  std::string many;
  for (int i = 0; i < 41; ++i) many += "write()\n";

  EXPECT_EQ(used({{"a.py", many + "rare()\n"}}, {"write", "rare"}),
            "a.py\n  42: rare()\non many lines: write (41)\n");
}

TEST(UsesTest, APlainWordIsNoNameInATextOfPeople) {
  EXPECT_EQ(used({{"docs/index.md", "all views\n"}, {"a.py", "views\n"}}, {"views"}),
            "a.py\n  1: views\n");
}

TEST(UsesTest, WhatHasNoRoomIsNamed) {
  std::string lines;
  for (int i = 0; i < 14; ++i) lines += "  name" + std::string(200, 'x') + " = name\n";
  std::string rendered =
      used({{"a.py", lines}, {"b.py", "name\n"}, {"c.py", "name\n"}}, {"name"}, {}, 1500);

  EXPECT_THAT(rendered, HasSubstr("  and 4 other lines\n"));
  EXPECT_THAT(rendered, Not(HasSubstr(std::string(130, 'x'))));
  EXPECT_THAT(used({{"a.py", lines}, {"b.py", "name\n"}}, {"name"}, {}, 1000),
              "and lines of a.py (14), b.py (1)\n");
}

TEST(UsesTest, NamesOfAChangeAreItsDefinitionsAndThoseThatItStandsIn) {
  record::Spec spec;
  spec.introduces = {"pkg.cache.TTLCache.expire"};
  std::vector<ReviewHunk> hunks = {
      {"H1", "src/cache.py", 3, 6,
       "@@ -3,4 +3,6 @@\n class Cache:\n     def pop(self):\n         pass\n"
       "     def drop(self):\n-        return 1\n+        return 2\n"
       "+    def __len__(self): return 0\n+def fresh(): pass\n"},
      {"H2", "tests/test_cache.py", 1, 1, "@@ -0,0 +1 @@\n+def test_ac1(): pass\n"},
      {"H3", "CHANGES.md", 1, 1, "@@ -0,0 +1 @@\n+- def entry(): x\n", true}};

  EXPECT_THAT(names_changed(hunks, spec, kTests), ElementsAre("drop", "fresh", "expire"));
}

TEST(UsesTest, NamesOfAChangeAreFieldsAndWhatIsGoneToo) {
  struct Case {
    const char* text;
    std::vector<std::string> names;
  };
  for (const Case& one :
       {Case{"+    self.limit = 3\n", {"limit"}},
        Case{"+        \"MAX_FIELDS\": 1,\n", {"MAX_FIELDS"}}, Case{"+DEFAULT = 3\n", {"DEFAULT"}},
        Case{"+default = 3\n", {"default"}}, Case{"+    local = 3\n", {}},
        Case{"+    if LIMIT == 3:\n", {}}, Case{"+    call(max_size=3)\n", {}},
        Case{"+    \"key\": 3,\n", {}},
        Case{"-    def f(self, max_size=1):\n+    def f(self, limit=1):\n", {"max_size"}},
        Case{"-    x = read_all(y)\n+    x = read_all(z)\n", {}}}) {
    std::vector<ReviewHunk> hunks = {{"H1", "a.py", 1, 1, std::string("@@ -1 +1 @@\n") + one.text}};

    std::vector<std::string> names = names_changed(hunks, {}, kTests);

    std::erase(names, "f");
    EXPECT_EQ(names, one.names) << one.text;
  }
}

TEST(UsesTest, WhatIsNewWithinSomethingNewIsUsedNowhereYet) {
  struct Case {
    const char *path, *text;
    std::vector<std::string> names;
  };
  for (const Case& one :
       {Case{"a.ts",
             "+export function count(text: string): number {\n+    const decoder = new "
             "Decoder(tree, () => {\n+    });\n+    return decoder.write(text);\n+}\n",
             {"count"}},
        Case{"a.rs",
             "+impl fmt::Display for Rough {\n+    fn fmt(&self, f: &mut Formatter) {\n+        "
             "f.write_str(\"\")\n+    }\n+}\n",
             {}},
        Case{"a.rs",
             "+pub struct Rough(Duration);\n+\n+impl Rough {\n+    fn new() {}\n+}\n",
             {"Rough"}},
        Case{"a.py", "+class Box:\n+    def open(self):\n+        pass\n", {"Box"}},
        Case{"a.py", " class Box:\n+    def open(self):\n+        pass\n", {"open"}},
        Case{"a.py", " def outer():\n+    def inner():\n+        return call(1)\n", {"inner"}},
        Case{"a.py", "-class Box:\n-    def open(self):\n-        pass\n", {"Box", "open"}},
        Case{"a.py", " def outer():\n+    return call(1)\n", {"outer"}}}) {
    std::vector<ReviewHunk> hunks = {
        {"H1", one.path, 1, 1, std::string("@@ -1 +1 @@\n") + one.text}};
    EXPECT_EQ(names_changed(hunks, {}, kTests), one.names) << one.text;
  }
}

TEST(UsesTest, DataOfTestsTellsNothing) {
  EXPECT_EQ(used({{"tests/data/a.yaml", "file_name: x\n"}, {"conf.yaml", "file_name: y\n"}},
                 {"file_name"}),
            "conf.yaml\n  1: file_name: y\n");
}

TEST(UsesTest, WhatASpecAsksForIsNamedFirst) {
  record::Spec spec;
  spec.title = "Let `Parser` limit fields";
  spec.request = "Add `MAX_FIELDS`.";
  spec.introduces = {"key MAX_FIELDS"};
  spec.acceptance_criteria = {{"AC1", "call", "a `fixture`", "parser.write(x)", {}, "", {}}};

  EXPECT_THAT(names_asked_for(spec), ElementsAre("Parser", "MAX_FIELDS", "parser.write", "write"));
}

}  // namespace
}  // namespace gf::stage
