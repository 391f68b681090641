// What TEST may do to a list that names code as well, and to a file of tests that is the only one.
#include "stage/test_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

struct Case {
  const char* what;
  const char* path;
  std::string before, now;
};

const std::vector<std::string> kTests = {"tests/c_test.cc", "tests/test_d.c"};

const std::string kCMake =
    "add_library(code code.cc)\nenable_testing()\nadd_executable(a_test tests/a_test.cc)\n"
    "add_test(NAME a_test COMMAND a_test)\n";
const std::string kMeson =
    "lib = library('code', 'code.c')\ntests = ['a_test', 'b_test']\nforeach t : tests\n"
    "  test(t, executable(t, 'tests' / t + '.c'))\nendforeach\n";
const std::string kMake =
    "TESTS = a_test b_test\ncode.o: code.c\n\t$(CC) -c code.c\na_test: tests/a_test.c code.o\n"
    "\t$(CC) -o $@ $^\ncheck: $(TESTS)\n\t./a_test\n";
const std::string kList = "add_executable(tests\n  tests/a_test.cc\n  tests/b_test.cc)\n";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

class AddedTest : public ::testing::TestWithParam<Case> {};
class MoreTest : public ::testing::TestWithParam<Case> {};

/// All of it is a test's: so the list without code's changes is what it is now.
TEST_P(AddedTest, NamesNewTestsAndNothingElse) {
  const Case& one = GetParam();

  ListChange change = change_of_list(one.path, one.before, one.now, kTests);

  EXPECT_THAT(change.beyond, IsEmpty());
  EXPECT_EQ(change.as_before, one.now);
}

INSTANTIATE_TEST_SUITE_P(
    Lists, AddedTest,
    ::testing::Values(
        Case{"a test of its own", "CMakeLists.txt", kCMake,
             kCMake + "\n# of c\nadd_executable(c_test tests/c_test.cc)\n"
                      "target_link_libraries(c_test PRIVATE code)\n"
                      "add_test(NAME of_c COMMAND c_test)\n"
                      "set_tests_properties(of_c PROPERTIES TIMEOUT 5)\n"},
        Case{"over several lines", "CMakeLists.txt", kCMake,
             kCMake + "add_executable(\n  c\n  tests/c_test.cc\n)\nadd_test(\n  NAME c\n"
                      "  COMMAND c\n)\n"},
        Case{"a line of a list", "CMakeLists.txt", kList,
             replaced(kList, "  tests/b", "  tests/c_test.cc\n  tests/b")},
        Case{"the last line of a list", "CMakeLists.txt", kList,
             replaced(kList, "b_test.cc)", "b_test.cc\n  tests/c_test.cc)")},
        Case{"words of a line", "CMakeLists.txt", "set(TESTS a b)\n", "set(TESTS a b c d)\n"},
        Case{"to what is one already", "CMakeLists.txt", kCMake,
             kCMake + "target_sources(a_test PRIVATE tests/c_test.cc)\n"},
        Case{"with its library, on a condition", "CMakeLists.txt", kCMake,
             kCMake + "find_package(GTest REQUIRED)\ninclude(GoogleTest)\nif(BUILD_TESTING)\n"
                      "  add_executable(c_test tests/c_test.cc)\n"
                      "  gtest_discover_tests(c_test)\nendif()\n"},
        Case{"a value", "meson.build", kMeson, replaced(kMeson, "'b_test'", "'b_test', 'c_test'")},
        Case{"a call", "meson.build", kMeson,
             kMeson + "c = executable('c_test', 'tests/c_test.cc',\n  link_with : lib)\n"
                      "test('of c', c)\n"},
        Case{"a word", "Makefile", kMake, replaced(kMake, "b_test", "b_test c_test")},
        Case{"a rule and its recipe", "Makefile", kMake,
             kMake + "c_test: tests/c_test.cc code.o\n\t$(CXX) -o $@ $^\n.PHONY: c_test\n"},
        Case{"a line of a recipe", "Makefile", kMake, kMake + "\t./c_test\n"},
        Case{"a line that goes on", "Makefile", "T = a_test \\\n  b_test\nall: x\n",
             "T = a_test \\\n  c_test \\\n  b_test \\\n  d\nall: x\n"}));

/// Some of it is not: the list without it is as it was.
TEST_P(MoreTest, IsMoreThanTests) {
  const Case& one = GetParam();

  ListChange change = change_of_list(one.path, one.before, one.now, kTests);

  EXPECT_THAT(change.beyond, Not(IsEmpty())) << change.as_before;
  EXPECT_EQ(change.as_before, one.before);
}

INSTANTIATE_TEST_SUITE_P(
    Lists, MoreTest,
    ::testing::Values(
        Case{"flags", "CMakeLists.txt", kCMake, kCMake + "add_compile_options(-DTESTING)\n"},
        Case{"how code is built", "CMakeLists.txt", kCMake,
             kCMake + "target_compile_definitions(code PRIVATE c_test)\n"},
        Case{"a test is gone", "CMakeLists.txt", kCMake,
             replaced(kCMake, "add_test(NAME a_test COMMAND a_test)\n", "")},
        Case{"a test for another", "CMakeLists.txt", kList,
             replaced(kList, "tests/b_test.cc", "tests/c_test.cc")},
        Case{"code", "CMakeLists.txt", kCMake, replaced(kCMake, "code.cc", "code.cc more.cc")},
        Case{"a line is a comment now", "CMakeLists.txt", kCMake,
             replaced(kCMake, "add_test(", "# add_test(")},
        Case{"a comment takes the rest with it", "CMakeLists.txt", kCMake, "#[[ c_test\n" + kCMake},
        Case{"a condition around what was there", "CMakeLists.txt", kCMake,
             "if(FALSE)\n" + kCMake + "endif()\n"},
        Case{"an end of all", "CMakeLists.txt", kCMake,
             replaced(kCMake, "enable_testing()", "return()\nenable_testing()")},
        Case{"an open bracket", "CMakeLists.txt", kCMake, "set(c_test\n" + kCMake},
        Case{"an old test is switched off", "CMakeLists.txt", kCMake,
             kCMake + "set_tests_properties(a_test PROPERTIES DISABLED TRUE)\n"},
        Case{"options", "meson.build", kMeson, kMeson + "add_project_arguments('-w')\n"},
        Case{"a longer text", "meson.build", kMeson, "x = '''c_test\n" + kMeson},
        Case{"a variable", "Makefile", kMake, kMake + "CFLAGS += -DTESTING\n"},
        Case{"a line goes on", "Makefile", kMake, "c_test: \\\n" + kMake},
        Case{"another recipe for code", "Makefile", kMake,
             replaced(kMake, "code.c\n\t", "code.c\n\t./patch.sh\n\t")}));

TEST(ListChangeTest, WhatCodeWasGivenIsLeftOut) {
  std::string now = replaced(kCMake, "code.cc", "code.cc more.cc") +
                    "target_compile_features(code PUBLIC cxx_std_17)\n"
                    "add_executable(c_test tests/c_test.cc)\n";

  ListChange change = change_of_list("CMakeLists.txt", kCMake, now, kTests);

  EXPECT_EQ(change.as_before, kCMake + "add_executable(c_test tests/c_test.cc)\n");
  EXPECT_THAT(change.beyond,
              ElementsAre("'add_library(code code.cc)' is not there any more",
                          "'add_library(code code.cc more.cc)' names no new test",
                          "'target_compile_features(code PUBLIC cxx_std_17)' names no new test"));
}

TEST(ListChangeTest, ATestThatIsCalledAsCodeIsKnownByItsFile) {
  ListChange change = change_of_list(
      "CMakeLists.txt", "add_library(code code.cc)\n",
      "add_library(code code.cc)\nset_property(TARGET code PROPERTY X 1)\n", {"tests/code.cc"});

  EXPECT_THAT(change.beyond, ElementsAre("'set_property(TARGET code PROPERTY X 1)' names no new "
                                         "test"));
}

TEST(ListChangeTest, AListIsOfTestsWhereItNamesOne) {
  EXPECT_TRUE(lists_tests(kCMake, {"tests/a_test.cc"}));
  EXPECT_TRUE(lists_tests("set(T a b)\n", {"tests/a_test.cc"}));
  EXPECT_TRUE(lists_tests("enable_testing()\n", {})) << "there is none yet";
  EXPECT_FALSE(
      lists_tests("add_library(code code.cc)\nadd_subdirectory(tests)\n", {"tests/a_test.cc"}));
}

TEST(TakenTest, LinesThatStayAreNot) {
  EXPECT_THAT(lines_taken_from("a\nb\nc\n", "x\na\ny\nb\nc\nz\n"), IsEmpty());
  EXPECT_THAT(lines_taken_from("f([\n  1\n])\n", "f([\n  1,\n  2\n])\n"), IsEmpty());
  EXPECT_THAT(lines_taken_from("a\n  b\nc\n", "a\nc\n  b2\n"), ElementsAre("b"));
  EXPECT_THAT(lines_taken_from("  t.equal(a, 2)\n", "  t.equal(a, 2 || a)\n"),
              ElementsAre("t.equal(a, 2)"));
}

}  // namespace
}  // namespace gf::stage
