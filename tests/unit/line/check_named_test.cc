// Which files a "check" takes for tests.
#include <gtest/gtest.h>

#include "line/check_text.h"
#include "support/facts.h"

namespace gf::line {
namespace {

TEST(NamedTestsTest, AFolderStandsForItsFilesAndAWrongNameTakesNothingAway) {
  const std::vector<std::string> files = {"tests/a/test_x.py", "tests/data/x.json",
                                          "tests/test_y.py", "web/z.test.ts"};
  struct Case {
    std::vector<std::string> named, tests;
    const char* expected;
  };
  for (const Case& one : std::vector<Case>{
           {{}, {}, ""},
           {{"tests/test_y.py"}, {"tests/test_y.py"}, ""},
           {{"./tests/test_y.py::T::test_a[1]"}, {"tests/test_y.py::T::test_a[1]"}, ""},
           {{"tests"}, {"tests/a/test_x.py", "tests/test_y.py"}, ""},
           {{"tests/", "tests/test_y.py"}, {"tests/a/test_x.py", "tests/test_y.py"}, ""},
           {{"."}, {"tests/a/test_x.py", "tests/test_y.py", "web/z.test.ts"}, ""},
           {{"tests/data/x.json"}, {"tests/data/x.json"}, ""},
           {{"tests/data"}, {}, "there is no test file 'tests/data'\n"},
           {{"test"}, {}, "there is no test file 'test'\n"},
           {{"tests::test_a"}, {}, "there is no test file 'tests::test_a'\n"},
           {{"src/x.py", "web"}, {"web/z.test.ts"}, "there is no test file 'src/x.py'\n"},
           {{"../tests"}, {}, "there is no test file '../tests'\n"},
           {{""}, {}, "there is no test file ''\n"}}) {
    NamedTests got = named_tests(one.named, files);
    EXPECT_EQ(got.tests, one.tests) << testing::PrintToString(one.named);
    EXPECT_EQ(got.complaints, one.expected);
  }
}

TEST(NamedTestsTest, CodeWithTestsOfItsOwnIsATestFileWhereItIsNamed) {
  const std::string tests = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {}\n}\n";
  test::MapFacts tree({{"src/a.rs", tests},
                       {"src/deep/b.rs", tests},
                       {"src/c.rs", "fn c() {}\n"},
                       {"src/d.py", "def test_d(): pass\n"},
                       {"tests/e.rs", tests}});
  struct Case {
    std::vector<std::string> named, tests;
    const char* complaints;
  };
  for (const Case& one :
       std::vector<Case>{{{"src/a.rs"}, {"src/a.rs"}, ""},
                         {{"./src/a.rs::tests::t"}, {"src/a.rs::tests::t"}, ""},
                         {{"src"}, {"src/a.rs", "src/deep/b.rs"}, ""},
                         {{"."}, {"tests/e.rs", "src/a.rs", "src/deep/b.rs"}, ""},
                         {{"tests/e.rs"}, {"tests/e.rs"}, ""},
                         {{"src/c.rs"}, {}, "there is no test file 'src/c.rs'\n"},
                         {{"src/d.py"}, {}, "there is no test file 'src/d.py'\n"},
                         {{"../src/a.rs"}, {}, "there is no test file '../src/a.rs'\n"}}) {
    std::vector<std::string> files = {"tests/e.rs"};
    for (const std::string& path : with_own_tests(one.named, files, tree)) files.push_back(path);

    NamedTests got = named_tests(one.named, files);

    EXPECT_EQ(got.tests, one.tests) << testing::PrintToString(one.named);
    EXPECT_EQ(got.complaints, one.complaints);
  }
}

}  // namespace
}  // namespace gf::line
