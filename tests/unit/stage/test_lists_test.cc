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
        Case{"put into the variable of tests", "CMakeLists.txt", "set(TESTS a)\n",
             "set(TESTS a)\nlist(APPEND TESTS tests/c_test.cc)\n"},
        Case{"a variable of its own", "CMakeLists.txt", kCMake,
             kCMake + "set(c_test_sources tests/c_test.cc code.cc)\n"
                      "add_executable(c_test ${c_test_sources})\nadd_dependencies(c_test code)\n"},
        Case{"by the project's own function", "CMakeLists.txt", kCMake,
             kCMake + "package_add_test(c_test tests/c_test.cc)\n"},
        Case{"into a program of tests", "CMakeLists.txt", "add_executable(all\n  tests/a.cc)\n",
             "add_executable(all\n  tests/a.cc)\ntarget_sources(all PRIVATE tests/c_test.cc)\n"},
        Case{"one more value", "meson.build", kMeson, kMeson + "tests += 'c_test'\n"},
        Case{"one more word", "Makefile", kMake, kMake + "TESTS += c_test\n"},
        Case{"a variable of the test's", "Makefile", kMake,
             kMake + "c_test_OBJECTS = c_test.o code.o\ncheck: c_test\n"},
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
        Case{"flags beside a test's name", "CMakeLists.txt", kCMake,
             kCMake + "set(CMAKE_CXX_FLAGS \"-DX\" c_test)\n"},
        Case{"sources of code", "CMakeLists.txt",
             "set(SOURCES code.c)\nadd_library(l ${SOURCES})\n",
             "set(SOURCES code.c)\nset(SOURCES tests/c_test.cc)\nadd_library(l ${SOURCES})\n"},
        Case{"more sources of code", "CMakeLists.txt", "set(SOURCES code.c)\n",
             "set(SOURCES code.c)\nlist(APPEND SOURCES tests/c_test.cc)\n"},
        Case{"code has a test in it", "CMakeLists.txt", kCMake,
             kCMake + "target_sources(code PRIVATE tests/c_test.cc)\n"},
        Case{"definitions of all", "CMakeLists.txt", kCMake,
             kCMake + "add_compile_definitions(X c_test)\n"},
        Case{"a command at once", "CMakeLists.txt", kCMake,
             kCMake + "execute_process(COMMAND sh tests/c_test.cc)\n"},
        Case{"a variable for all", "CMakeLists.txt", kCMake,
             kCMake + "set(c_test ON CACHE BOOL \"\")\n"},
        Case{"a file is read", "CMakeLists.txt", kCMake, kCMake + "include(tests/c_test)\n"},
        Case{"a property of all", "CMakeLists.txt", kCMake,
             kCMake + "set_property(GLOBAL PROPERTY c_test 1)\n"},
        Case{"options beside a test's name", "meson.build", kMeson,
             kMeson + "add_project_arguments('c_test', language : 'c')\n"},
        Case{"code is set anew", "meson.build", kMeson,
             kMeson + "lib = files('tests/c_test.cc')\n"},
        Case{"code has more", "meson.build", kMeson, kMeson + "lib += files('tests/c_test.cc')\n"},
        Case{"a command of meson", "meson.build", kMeson, kMeson + "run_command('sh', 'c_test')\n"},
        Case{"flags of make", "Makefile", "WARNINGS = -Wall\n" + kMake,
             "WARNINGS = -Wall\n" + kMake + "WARNINGS = -w c_test\n"},
        Case{"flags that are used", "Makefile", "x.o: x.c\n\t$(CC) $(WARNINGS) -c x.c\n",
             "x.o: x.c\n\t$(CC) $(WARNINGS) -c x.c\nWARNINGS=-w c_test\n"},
        Case{"code of another rule", "Makefile", kMake,
             kMake + "code.o: tests/c_test.cc\n\t$(CXX) -w -c -o $@ $<\n"},
        Case{"tests are set anew", "Makefile", kMake, kMake + "TESTS = c_test\n"},
        Case{"another file of make", "Makefile", kMake, kMake + "include c_test.mk\n"},
        Case{"for all programs", "Makefile", kMake, kMake + "export CFLAGS = c_test\n"},
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
