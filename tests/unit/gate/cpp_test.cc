// C and C++: which gates a project has, which test a line stands in, and what gcov counts. What
// ctest and compilers say: recorded_test.cc.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "gate/arguments.h"
#include "gate/cpp_reports.h"
#include "gate/cpp_runner.h"
#include "gate/language.h"
#include "support/folder.h"
#include "support/repo.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

const char* const kBuilt =
    "project(twice CXX)\nenable_testing()\nadd_test(NAME half COMMAND half)\n";

TEST(CppTest, WhatCMakeBuildsIsTestedInTheSlotsCache) {
  auto gates = gates_of({{"CMakeLists.txt", kBuilt}, {".clang-format", "BasedOnStyle: Google\n"}});

  ASSERT_THAT(names_of(gates), ElementsAre("clang-format", "ctest"));
  EXPECT_THAT(gates[0].fix, ElementsAre("clang-format", "-i", "{files}"));
  EXPECT_EQ(join(gates[1].argv, " "), "sh {runner} {cache}/cmake {report} {coverage} cmake");
  EXPECT_EQ(gates[1].coverage, "gcov");
  EXPECT_EQ(argv_for(gates[1], {}, {"tests/a_test.cc"}, {}).size(), gates[1].argv.size());
}

TEST(CppTest, ItIsConfiguredAsTheProjectDoes) {
  auto gates = gates_of(
      {{"CMakeLists.txt", kBuilt},
       {".github/workflows/ci.yml",
        "jobs:\n  a:\n    steps:\n      - run: cmake --build build\n      - run: cmake -B build "
        "-DCMAKE_BUILD_TYPE=Release -DTWICE_TESTS=ON -D MODE=fast\n"}});

  ASSERT_EQ(gates.size(), 1u);
  EXPECT_THAT(std::vector<std::string>(gates[0].argv.end() - 3, gates[0].argv.end()),
              ElementsAre("cmake", "-DTWICE_TESTS=ON", "-DMODE=fast"));
}

TEST(CppTest, NoTestsNoGate) {
  EXPECT_THAT(gates_of({{"CMakeLists.txt", "project(twice)\nadd_library(twice twice.cc)\n"}}),
              IsEmpty());
}

TEST(CppTest, ProgramsThatNobodyWasToldOfAreStartedByOurs) {
  struct Case {
    const char *built, *words, *gate, *tool;
  };
  for (const Case& one : {Case{"CMakeLists.txt", "<gtest/gtest.h>", "googletest", "cmake"},
                          Case{"meson.build", "<gtest/gtest.h>", "googletest", "meson"}}) {
    auto gates = gates_of(
        {{one.built, "executable\n"}, {"tests/a.cc", std::string("#include ") + one.words + "\n"}});

    ASSERT_THAT(names_of(gates), ElementsAre(one.gate)) << one.words;
    EXPECT_EQ(gates[0].argv.back(), one.tool);
    EXPECT_EQ(gates[0].stage, "test");
  }
}

TEST(CppTest, GoogleTestOfSomebodyElseIsNoTestOfTheProject) {
  for (const char* path : {"third_party/x/tests/a.cc", "lib/googletest/src/gtest.cc", "README.md"})
    EXPECT_THAT(
        gates_of({{"CMakeLists.txt", "project(twice)\n"}, {path, "#include <gtest/gtest.h>\n"}}),
        IsEmpty())
        << path;
}

/// A build folder is kept from tree to tree.
TEST(CppTest, AProgramWhoseTargetIsGoneIsNotRun) {
  test::TempFolder place;
  for (const char* name : {"one-a", "one_a"})
    place.write(fmt::format("{}.cc", name),
                "#include <gtest/gtest.h>\nTEST(Some, Holds) { EXPECT_EQ(1, 1); }\n");
  auto tests_of = [&](const std::string& targets) {
    std::string text =
        "cmake_minimum_required(VERSION 3.20)\nproject(p CXX)\n"
        "find_package(GTest REQUIRED)\n" +
        targets;
    place.write("CMakeLists.txt", text);
    test::Ran ran = test::run({"sh", "-c", kCppRunner, "sh", place / "build", place / "report",
                               place / "counts", "cmake"},
                              place.path(), test::TempRepo().environment());
    std::ifstream in(place / "report");
    std::string report(std::istreambuf_iterator<char>(in), {});
    size_t found = 0;
    for (size_t at = 0; (at = report.find("<testcase ", at)) != std::string::npos; ++at) ++found;
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    return found;
  };
  const std::string first =
      "add_executable(one-a one-a.cc)\ntarget_link_libraries(one-a GTest::gtest_main)\n";
  const std::string second =
      "add_executable(one_a one_a.cc)\ntarget_link_libraries(one_a GTest::gtest_main)\n";
  EXPECT_EQ(tests_of(first + second), 2u) << "one report each, whatever their names";
  EXPECT_EQ(tests_of(first), 1u);
}

/// What our runner leaves of a folder of sources, and how it ended.
struct Tested {
  record::GateOutcome outcome;
  int exit_code = 0;
};
Tested test_by_cmake(const test::TempFolder& place) {
  test::Ran ran = test::run(
      {"sh", "-c", kCppRunner, "sh", place / "build", place / "report", place / "counts", "cmake"},
      place.path(), test::TempRepo().environment());
  std::ifstream in(place / "report");
  std::string report(std::istreambuf_iterator<char>(in), {});
  Tested tested;
  tested.exit_code = ran.exit_code;
  EXPECT_TRUE(read_ctest(report, Scrubber(place.path(), "/scratch", {}), tested.outcome))
      << ran.out << ran.err;
  return tested;
}

/// ctest has one name for the program that these are in; the criteria are in the cases.
TEST(CppTest, CasesOfAProgramThatCtestDidNotTakeApartAreTests) {
  struct Case {
    const char *what, *head, *more, *package, *target;
  };
  for (const Case& one :
       {Case{"catch2",
             "#if __has_include(<catch2/catch_all.hpp>)\n#include <catch2/catch_all.hpp>\n#else\n"
             "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n#endif\n",
             "TEST_CASE(\"hidden\", \"[.]\") { CHECK(1 == 2); }\n", "Catch2",
             "Catch2::Catch2 $<TARGET_NAME_IF_EXISTS:Catch2::Catch2WithMain>"},
        Case{"doctest",
             "#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN\n#include <doctest/doctest.h>\n",
             "TEST_CASE(\"off\" * doctest::skip()) { CHECK(1 == 2); }\n", "doctest",
             "doctest::doctest"}}) {
    SCOPED_TRACE(one.what);
    test::TempFolder place;
    place.write("unit.cc", std::string(one.head) +
                               "TEST_CASE(\"AC1: halves < & 'quoted'\") { CHECK(4 / 2 == 2); }\n"
                               "TEST_CASE(\"AC2 thirds\") { CHECK(3 / 3 == 2); }\n"
                               "TEST_CASE(\"throws\") { throw 4; }\n" +
                               one.more);
    place.write("CMakeLists.txt",
                fmt::format("cmake_minimum_required(VERSION 3.20)\nproject(p CXX)\n"
                            "enable_testing()\nfind_package({0} REQUIRED)\n"
                            "add_executable(unit unit.cc)\ntarget_link_libraries(unit {1})\n"
                            "add_test(NAME \"all of it\" COMMAND unit)\n"
                            "add_test(NAME some COMMAND unit \"AC1: halves < & 'quoted'\")\n"
                            "add_test(NAME plain COMMAND ${{CMAKE_COMMAND}} -E true)\n",
                            one.package, one.target));
    Tested tested = test_by_cmake(place);
    EXPECT_NE(tested.exit_code, 0);
    std::map<std::string, record::TestResult> by_id;
    for (const record::TestResult& test : tested.outcome.tests) by_id[test.id] = test;
    EXPECT_EQ(by_id.at("unit.cc::AC1: halves < & 'quoted'").status, record::TestStatus::kPassed);
    EXPECT_EQ(by_id.at("unit.cc::AC2 thirds").status, record::TestStatus::kFailed);
    EXPECT_EQ(by_id.at("unit.cc::AC2 thirds").cause, "assertion");
    EXPECT_THAT(by_id.at("unit.cc::AC2 thirds").message,
                testing::StartsWith("3 / 3 == 2\n1 == 2\nat unit.cc:"));
    EXPECT_EQ(by_id.at("unit.cc::throws").cause, "other");
    EXPECT_FALSE(by_id.contains("all of it")) << "its cases stand for it";
    EXPECT_TRUE(by_id.contains("some")) << "by its own words a part, which it is told as";
    EXPECT_TRUE(by_id.contains("plain"));
  }
}

/// By words that ctest does not give it, a program comes to something else: that is not believed.
TEST(CppTest, CasesThatDoNotComeToWhatCtestSawAreNotTold) {
  record::GateOutcome outcome;
  ASSERT_TRUE(
      read_ctest("<report><testsuite><testcase name=\"unit\" status=\"run\"/></testsuite>"
                 "<program name=\"unit\"><Catch><TestCase name=\"a\" filename=\"a.cc\">"
                 "<OverallResult success=\"false\"/></TestCase></Catch></program></report>",
                 Scrubber("/w", "/scratch", {}), outcome));
  ASSERT_EQ(outcome.tests.size(), 1u);
  EXPECT_EQ(outcome.tests[0].id, "unit");
  EXPECT_EQ(outcome.tests[0].status, record::TestStatus::kPassed);
}

/// As Unity prints it. A program whose sum is another than what was read is one test, as ctest has
/// it.
TEST(CppTest, ProgramsOfUnityTellTheirTestsInWhatTheyPrint) {
  const std::string passed = "/w/t/a.c:12:ac1_halves:PASS\n",
                    ignored = "t/a.c:9:odd:IGNORE: later\n",
                    failed = "/w/t/a.c:31:ac2_thirds:FAIL: Expected 1 Was 2: PASS\n";
  const auto sum = [](int tests, int failures, int left) {
    return fmt::format("\n-----\n{} Tests {} Failures {} Ignored \nFAIL\n", tests, failures, left);
  };
  struct Case {
    std::string said;
    bool fails;
    std::vector<std::string> ids;
  };
  for (const Case& one : std::vector<Case>{
           {passed + ignored + sum(2, 0, 1), false, {"t/a.c::ac1_halves", "t/a.c::odd"}},
           {passed + failed + sum(2, 1, 0), true, {"t/a.c::ac1_halves", "t/a.c::ac2_thirds"}},
           {"no line end " + passed + sum(1, 0, 0), false, {"t/a.c::ac1_halves"}},
           {"/usr/src/b.c:1:halves:PASS\n" + sum(1, 0, 0), false, {"halves"}},
           {passed, false, {"unit"}},                 // ended before its sum
           {passed + sum(2, 0, 0), false, {"unit"}},  // one was not read
           {passed + sum(1, 0, 0), true, {"unit"}},   // failed after it
           {passed + sum(1, 0, 0) + sum(1, 0, 0), false, {"unit"}},
           {"a:b:PASS\n:PASS\n::PASS\nPASS\n" + sum(4, 0, 0), false, {"unit"}},
           {"", false, {"unit"}},
       }) {
    record::GateOutcome outcome;
    ASSERT_TRUE(read_ctest(
        fmt::format("<report><testsuite><testcase name=\"unit\" status=\"{}\"><system-out>{}"
                    "</system-out></testcase></testsuite></report>",
                    one.fails ? "fail" : "run", one.said),
        Scrubber("/w", "/scratch", {}), outcome));
    std::vector<std::string> ids;
    for (const record::TestResult& test : outcome.tests) ids.push_back(test.id);
    EXPECT_EQ(ids, one.ids) << one.said;
    EXPECT_EQ(outcome.counts.failed, one.fails ? 1 : 0) << one.said;
    for (const record::TestResult& test : outcome.tests) {
      if (test.id == "t/a.c::ac2_thirds") {
        EXPECT_EQ(test.cause, "assertion");
        EXPECT_EQ(test.message, "Expected 1 Was 2: PASS\nat t/a.c:31");
      }
      if (test.id == "t/a.c::odd") {
        EXPECT_EQ(test.status, record::TestStatus::kSkipped);
      }
    }
  }
}

TEST(CppTest, MesonsTestsAreRunByMeson) {
  auto gates = gates_of({{"meson.build", "project('twice', 'c')\ntest('half', exe)\n"}});

  ASSERT_THAT(names_of(gates), ElementsAre("meson-test"));
  EXPECT_EQ(gates[0].argv.back(), "meson");
}

TEST(CppTest, ALineIsOfTheTestAroundIt) {
  std::vector<std::string> text = lines(
      "int help() {\n  return 1;\n}\n\nTEST(Half, Halves) { EXPECT(1); }\n\n"
      "TEST_F(Half, AC1Odd) {\n  if (x) {\n    two();\n  }\n}\n\n"
      "TEST_CASE(\"AC2 of Catch\", \"[tag]\") {\n  three();\n}\n");

  EXPECT_EQ(cpp_test_at(text, 2), std::nullopt);
  EXPECT_EQ(cpp_test_at(text, 5), "Half::Halves");
  EXPECT_EQ(cpp_test_at(text, 9), "Half::AC1Odd");
  EXPECT_EQ(cpp_test_at(text, 14), "AC2 of Catch");
  EXPECT_EQ(cpp_test_at(text, 12), std::nullopt);
  EXPECT_EQ(cpp_test_at(text, 99), std::nullopt);
}

/// As gcov 12 writes it, but for what nobody reads.
TEST(CppTest, ALineOfAHeaderRanWhereverItRan) {
  record::GateOutcome outcome;
  Scrubber scrub("/w", "/scratch", "");

  ASSERT_TRUE(read_gcov(
      R"({"current_working_directory":"/t","files":[{"file":"/w/a.h","lines":[{"line_number":3,"count":0},{"line_number":4,"count":0}]},{"file":"/usr/include/c++/12/vector","lines":[{"line_number":9,"count":1}]}]})"
      "\n"
      R"({"current_working_directory":"/t","files":[{"file":"/w/a.h","lines":[{"line_number":3,"count":2}]}]})"
      "\n",
      scrub, outcome));

  ASSERT_EQ(outcome.coverage.size(), 1u);
  EXPECT_THAT(outcome.coverage["a.h"].executed, ElementsAre(3));
  EXPECT_THAT(outcome.coverage["a.h"].missing, ElementsAre(4));
  EXPECT_FALSE(read_gcov("a.gcda:cannot open notes file\n", scrub, outcome));
}

TEST(CppTest, WhatDecidesItsLayoutIsGuarded) {
  EXPECT_THAT(guarded_paths(), IsSupersetOf({"**/.clang-format", "**/.clang-tidy"}));
}

}  // namespace
}  // namespace gf::gate
