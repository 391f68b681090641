// Which files a runner is started with by name, so that a new test has no other place.
#include "gate/named_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.h"

namespace gf::gate {
namespace {

using ::testing::ElementsAreArray;

struct Case {
  const char* what;
  std::vector<std::string> argv, targets;
  std::vector<std::string> named;
  const char* folder = "";
  const char* name = "tape";
};

class NamedTestsTest : public ::testing::TestWithParam<Case> {};

TEST_P(NamedTestsTest, AreThose) {
  test::MapFacts tree({{"test.js", ""},
                       {"check.js", "const test = require('tape')\n"},
                       {"index.js", "module.exports = 1\n"},
                       {"test/index.js", ""},
                       {"low/test.js", ""},
                       {"test_all.py", ""},
                       {"tools/run_tests.py", "import unittest\n"},
                       {"test/runner.py", ""},
                       {"test/lib/a.js", ""},
                       {"test-tools/a.js", ""},
                       {"mod.py", "\"\"\">>> 1\n1\n\"\"\"\n"}});
  Gate gate;
  gate.name = GetParam().name;
  gate.stage = "test";
  gate.argv = GetParam().argv;
  gate.targets = GetParam().targets;
  gate.folder = GetParam().folder;

  EXPECT_THAT(tests_named_by({gate}, tree), ElementsAreArray(GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(
    Calls, NamedTestsTest,
    ::testing::Values(
        Case{"a file at the top", {"tape"}, {"test.js"}, {"test.js"}},
        Case{"with its folder", {"tape"}, {"./test/index.js"}, {"test/index.js"}},
        Case{"by what it asks for", {"tape"}, {"check.js"}, {"check.js"}},
        Case{"two", {"tape"}, {"test.js", "check.js"}, {"check.js", "test.js"}},
        Case{"in a project's folder", {"tape"}, {"test.js"}, {"low/test.js"}, "low"},
        Case{"a folder as well", {"mocha"}, {"test.js", "test"}, {}, "", "mocha"},
        Case{"a pattern", {"mocha"}, {"test/*.js"}, {}, "", "mocha"},
        Case{"whatever there is", {"node", "--test"}, {}, {}, "", "node-test"},
        Case{"source that is tested as it is", {"pytest"}, {"mod.py"}, {}, "", "pytest"},
        Case{"what starts tests", {"python3", "tools/run_tests.py", "--junit", "{report}"}, {}, {}},
        Case{"what starts them, among them", {"python3", "test/runner.py"}, {}, {}},
        Case{"in a folder of such a name further up",
             {"tape"},
             {"test/lib/a.js"},
             {"test/lib/a.js"}},
        Case{"a folder that has the word in its name", {"tape"}, {"test-tools/a.js"}, {}},
        Case{"a file that is not there", {"tape"}, {"tests.js"}, {}},
        Case{"a command of the user's",
             {"python3", "-m", "pytest", "-q", "test_all.py"},
             {},
             {"test_all.py"},
             "",
             "mine"},
        Case{"a value of its option", {"run", "--config", "test", "test.js"}, {}, {"test.js"}},
        Case{"a folder of such a command", {"run", "test.js", "test"}, {}, {}},
        Case{"a command without files", {"npm", "run", "check"}, {}, {}}));

TEST(NamedTestsTest, TheOnlySourceOfAProjectIsCode) {
  Gate gate;
  gate.name = "pytest";
  gate.stage = "test";
  gate.argv = {"pytest"};
  gate.targets = {"app.py"};
  std::map<std::string, std::string> files = {{"app.py", "import pytest\n"},
                                              {"setup.py", ""},
                                              {"conftest.py", ""},
                                              {"tests/test_b.py", ""}};

  EXPECT_TRUE(tests_named_by({gate}, test::MapFacts(files)).empty());
  files["code.py"] = "";
  EXPECT_THAT(tests_named_by({gate}, test::MapFacts(files)), ::testing::ElementsAre("app.py"));
}

TEST(NamedTestsTest, OfGatesThatRunTestsAlone) {
  Gate gate;
  gate.argv = {"eslint"};
  gate.targets = {"test.js"};

  EXPECT_TRUE(tests_named_by({gate}, test::MapFacts({{"test.js", ""}, {"a.js", ""}})).empty());
}

}  // namespace
}  // namespace gf::gate
