// Our script on real programs that Meson and make build: which tests it tells, where, and what it
// counts.
#include "gate/cpp_runner.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "gate/cpp_reports.h"
#include "support/folder.h"
#include "support/repo.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::UnorderedElementsAre;

constexpr const char* kCatch =
    "#if __has_include(<catch2/catch_all.hpp>)\n#include <catch2/catch_all.hpp>\n#else\n"
    "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n#endif\n"
    "#include \"../half.h\"\nTEST_CASE(\"AC1: halves\") { CHECK(half(4) == 2); }\n"
    "TEST_CASE(\"AC2 odd\") { CHECK(half(3) == 2); }\n";
constexpr const char* kGoogle =
    "#include <gtest/gtest.h>\n#include \"../half.h\"\n"
    "TEST(Half, Halves) { EXPECT_EQ(half(4), 2); }\nTEST(Half, Odd) { EXPECT_EQ(half(3), 2); }\n";

class RunnerTest : public ::testing::Test {
 protected:
  void needs(const char* line) {
    if (test::run({"sh", "-c", line}, "/", test::TempRepo().environment()).exit_code != 0)
      GTEST_SKIP() << "is not there: " << line;
  }
  void SetUp() override {
    place_.write("half.h", "inline int half(int n) {\n  return n / 2;\n}\n");
    place_.write("tests/unit.cc", kCatch);
    place_.write("tests/google.cc", kGoogle);
  }
  /// Tests by id, as it ended.
  std::map<std::string, record::TestResult> run(std::vector<std::string> tool) {
    std::vector<std::string> argv = {
        "sh", "-c", kCppRunner, "sh", out_ / "a/b", out_ / "report", out_ / "counts"};
    argv.insert(argv.end(), tool.begin(), tool.end());
    test::Ran ran = test::run(argv, place_.path(), test::TempRepo().environment());
    said_ = ran.out + ran.err;
    exit_ = ran.exit_code;
    outcome_ = {};
    Scrubber scrub(place_.path(), "/scratch", {});
    EXPECT_TRUE(read_ctest(text("report").empty() ? said_ : text("report"), scrub, outcome_))
        << said_;
    (void)read_gcov(text("counts"), scrub, outcome_);
    std::map<std::string, record::TestResult> tests;
    for (const record::TestResult& one : outcome_.tests) {
      EXPECT_FALSE(tests.contains(one.id)) << one.id;
      tests[one.id] = one;
    }
    return tests;
  }
  std::string text(const char* name) {
    std::ifstream in(out_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempFolder place_, out_;
  record::GateOutcome outcome_;
  std::string said_;
  int exit_ = 0;
};

constexpr const char* kFour[] = {"tests/unit.cc::AC1: halves", "tests/unit.cc::AC2 odd",
                                 "tests/google.cc::Half::Halves", "tests/google.cc::Half::Odd"};

class MesonRunTest : public RunnerTest {
 protected:
  void SetUp() override {
    RunnerTest::SetUp();
    needs("command -v meson && pkg-config --exists catch2 gtest");
  }
  void build(const std::string& more) {
    place_.write("meson.build",
                 "project('p', 'cpp')\ng = dependency('gtest', main: true)\n"
                 "c = dependency(['catch2-with-main', 'catch2'])\n" +
                     more);
  }
};

TEST_F(MesonRunTest, CasesAreTestsOfTheirFiles) {
  build(
      "test('of unit', executable('unit', 'tests/unit.cc', dependencies: c))\n"
      "test('of google', executable('google', 'tests/google.cc', dependencies: g))\n"
      "test('again', executable('again', 'tests/google.cc', dependencies: g), protocol: 'gtest')\n"
      "test('plain', find_program('true'))\n");

  auto tests = run({"meson"});

  EXPECT_NE(exit_, 0);
  EXPECT_THAT(tests, UnorderedElementsAre(Key(kFour[0]), Key(kFour[1]), Key(kFour[2]),
                                          Key(kFour[3]), Key("plain")));
  EXPECT_EQ(tests[kFour[0]].status, record::TestStatus::kPassed);
  EXPECT_EQ(tests[kFour[1]].status, record::TestStatus::kFailed);
  EXPECT_THAT(tests[kFour[3]].message, HasSubstr("at tests/google.cc:4"));
  EXPECT_THAT(outcome_.coverage["half.h"].executed, testing::Contains(2));
}

TEST_F(MesonRunTest, WhatDoesNotCompileIsOfItsTest) {
  build("test('of google', executable('google', 'tests/google.cc', dependencies: g))\n");
  place_.write("half.h", "");

  auto tests = run({"meson"});

  EXPECT_EQ(exit_, 2);
  EXPECT_EQ(tests["tests/google.cc::Half::Halves"].cause, "missing-symbol");
}

TEST_F(MesonRunTest, AProgramThatTookTooLongIsNotRunAgainWithoutALimit) {
  for (const char* name : {"unit", "google"}) {
    std::string path = std::string("tests/") + name + ".cc";
    place_.write(
        path, "#include <unistd.h>\n" + std::string(name == std::string("unit") ? kCatch : kGoogle)
                                            .replace(0, 0, "static int slow = sleep(200);\n"));
  }
  build(
      "test('late', executable('unit', 'tests/unit.cc', dependencies: c), timeout: 1)\n"
      "test('later', executable('google', 'tests/google.cc', dependencies: g), timeout: 1)\n");
  auto begun = std::chrono::steady_clock::now();

  auto tests = run({"meson"});

  EXPECT_THAT(tests, UnorderedElementsAre(Key("late"), Key("later")));
  EXPECT_EQ(tests["late"].status, record::TestStatus::kFailed);
  EXPECT_EQ(tests["later"].status, record::TestStatus::kFailed);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(150)) << said_;
}

class MakeRunTest : public RunnerTest {
 protected:
  void SetUp() override {
    RunnerTest::SetUp();
    needs("command -v make && command -v c++ && pkg-config --exists gtest");
    place_.write("Makefile",
                 "CXXFLAGS = -Wall\ntests: google\n\t./google\ngoogle: tests/google.cc half.h\n"
                 "\t$(CXX) $(CXXFLAGS) -o $@ tests/google.cc -lgtest -lgtest_main -lpthread\n");
  }
};

TEST_F(MakeRunTest, CasesAreTestsOfTheirFilesAndLinesAreCounted) {
  auto tests = run({"make", "tests"});

  EXPECT_NE(exit_, 0);
  EXPECT_THAT(tests, UnorderedElementsAre(Key(kFour[2]), Key(kFour[3])));
  EXPECT_EQ(tests[kFour[2]].status, record::TestStatus::kPassed);
  EXPECT_EQ(tests[kFour[3]].status, record::TestStatus::kFailed);
  EXPECT_THAT(outcome_.coverage["half.h"].executed, testing::Contains(2));
  EXPECT_FALSE(std::filesystem::exists(place_ / "google")) << "it was built elsewhere";
}

TEST_F(MakeRunTest, CasesOfCatchAreAskedOfTheProgram) {
  needs(
      "pkg-config --exists catch2 && echo '#include <catch2/catch.hpp>' | c++ -xc++ -E - "
      ">/dev/null");
  if (IsSkipped()) return;
  place_.write("Makefile",
               "check: unit\n\t./unit\nunit: tests/unit.cc half.h\n"
               "\t$(CXX) -o $@ tests/unit.cc\n");

  auto tests = run({"make", "check"});

  EXPECT_THAT(tests, UnorderedElementsAre(Key(kFour[0]), Key(kFour[1])));
  EXPECT_EQ(tests[kFour[1]].status, record::TestStatus::kFailed);
}

TEST_F(MakeRunTest, WithoutATargetItsProgramsAreRun) {
  EXPECT_THAT(run({"make", ""}), testing::SizeIs(2));
}

TEST_F(MakeRunTest, WhatDoesNotCompileIsOfItsTest) {
  place_.write("half.h", "");

  auto tests = run({"make", "tests"});

  EXPECT_EQ(exit_, 2);
  EXPECT_EQ(tests["tests/google.cc::Half::Halves"].cause, "missing-symbol");
}

TEST_F(MakeRunTest, ThatSomethingWasMadeIsNoTest) {
  place_.write("Makefile", "tests:\n\techo fine\n");
  record::GateOutcome outcome;

  test::Ran ran = test::run({"sh", "-c", kCppRunner, "sh", out_ / "a/b", out_ / "report",
                             out_ / "counts", "make", "tests"},
                            place_.path(), test::TempRepo().environment());

  EXPECT_EQ(ran.exit_code, 0);
  (void)read_ctest(text("report"), Scrubber(place_.path(), "/scratch", {}), outcome);
  EXPECT_EQ(outcome.counts.executed(), 0);
}

TEST_F(MakeRunTest, AFileThatIsGoneIsGoneThereToo) {
  (void)run({"make", "tests"});
  std::filesystem::remove(place_ / "half.h");

  (void)run({"make", "tests"});

  EXPECT_EQ(exit_, 2) << said_;
}

constexpr const char* kUntracked =
    "tests: google\n\t./google\ngoogle: google.o\n\t$(CXX) -o $@ $< -lgtest -lgtest_main "
    "-lpthread\ngoogle.o: tests/google.cc\n\t$(CXX) -c -o $@ $<\n";

TEST_F(MakeRunTest, AHeaderThatNoRuleNamesIsBuiltAnew) {
  place_.write("Makefile", kUntracked);
  (void)run({"make", "tests"});
  place_.write("half.h", "inline int half(int n) { return n - n / 2; }\n");

  auto tests = run({"make", "tests"});

  EXPECT_EQ(tests[kFour[3]].status, record::TestStatus::kPassed) << said_;
}

TEST_F(MakeRunTest, OnlyObjectsOfSourcesThatStayAreKept) {
  place_.write("more.cc", "int more() { return 1; }\n");
  place_.write("Makefile", "tests: google more.o\n\t./google\nmore.o:\n\t$(CXX) -c more.cc\n" +
                               std::string(kUntracked).substr(24));
  (void)run({"make", "tests"});
  place_.write("tests/google.cc", std::string(kGoogle) + "TEST(Half, New) {}\n");
  std::filesystem::last_write_time(
      place_ / "tests/google.cc",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(24));

  auto tests = run({"make", "tests"});

  EXPECT_THAT(tests, testing::SizeIs(3)) << said_;
  EXPECT_THAT(said_, testing::Not(HasSubstr("-c more.cc")));
}

TEST_F(MakeRunTest, WhatIsIncludedIsNoSourceOfItsOwn) {
  place_.write("half.cc", "#include \"half.h\"\n");
  place_.write("tests/google.cc",
               "#include \"../half.cc\"\n" + std::string(kGoogle).replace(25, 20, ""));
  place_.write("Makefile", kUntracked);
  (void)run({"make", "tests"});
  place_.write("half.cc", "inline int half(int n) { return n - n / 2; }\n");

  auto tests = run({"make", "tests"});

  EXPECT_EQ(tests[kFour[3]].status, record::TestStatus::kPassed) << said_;
}

TEST_F(MakeRunTest, AProgramWhoseTargetIsGoneIsGone) {
  EXPECT_THAT(run({"make", ""}), testing::SizeIs(2));
  place_.write("Makefile", "all:\n\techo fine\n");

  (void)run({"make", ""});

  EXPECT_EQ(text("report").find("Halves"), std::string::npos);
}

TEST_F(MakeRunTest, ACompilerOfTheMakefilesOwnIsAskedToCount) {
  place_.write("Makefile", "CXX = g++ $(MORE)\nMORE = -DNEEDED=1\n" + std::string(kUntracked));
  place_.write("tests/google.cc",
               "#ifndef NEEDED\n#error it is needed\n#endif\n" + std::string(kGoogle));

  EXPECT_THAT(run({"make", "tests"}), testing::SizeIs(2)) << said_;
  EXPECT_THAT(outcome_.coverage["half.h"].executed, testing::Contains(2));
}

TEST_F(MakeRunTest, WhatDoesNotBuildWithCountsIsBuiltWithout) {
  place_.write("Makefile", "%.o: CXX = g++ -DNEEDED=1\n" + std::string(kUntracked));
  place_.write("tests/google.cc",
               "#ifndef NEEDED\n#error it is needed\n#endif\n" + std::string(kGoogle));

  for (int time = 0; time < 2; ++time) {
    EXPECT_THAT(run({"make", "tests"}), testing::SizeIs(2)) << said_;
    EXPECT_THAT(outcome_.coverage, IsEmpty());
  }
}

TEST_F(MakeRunTest, ATargetThatTellsNoneHasItsProgramsRun) {
  place_.write("Makefile", "check: google\n" + std::string(kUntracked));

  EXPECT_THAT(run({"make", "check"}), testing::SizeIs(2)) << said_;
}

TEST_F(MakeRunTest, ANameIsTakenAsItIs) {
  place_.write("odd\\name", "");

  EXPECT_THAT(run({"make", "tests"}), testing::SizeIs(2)) << said_;
  EXPECT_TRUE(std::filesystem::exists(out_ / "a/b/odd\\name"));
}

TEST(MakeGateTest, AMakefileIsAGateWhereItsProgramsTellTests) {
  const std::string makefile = "all: x\ncheck: a_test\n\t./a_test\n";
  auto gates = gates_of({{"Makefile", makefile}, {"a_test.cc", "#include <gtest/gtest.h>\n"}});
  ASSERT_THAT(names_of(gates), ElementsAre("make-test"));
  EXPECT_THAT(std::vector<std::string>(gates[0].argv.end() - 2, gates[0].argv.end()),
              ElementsAre("make", "check"));

  EXPECT_THAT(gates_of({{"Makefile", makefile}, {"a_test.c", "#include <assert.h>\n"}}), IsEmpty());
  gates = gates_of({{"Makefile", "all: x\n"}, {"a_test.cc", "#include <gtest/gtest.h>\n"}});
  ASSERT_THAT(names_of(gates), ElementsAre("make-test"));
  EXPECT_EQ(gates[0].argv.back(), "");
}

/// What it asks of make, with a Makefile that has these targets and one more file.
std::string target_with(const std::string& targets, const std::string& path,
                        const std::string& text) {
  auto gates =
      gates_of({{"Makefile", targets}, {"a_test.cc", "#include <gtest/gtest.h>\n"}, {path, text}});
  return gates.empty() ? "none" : gates[0].argv.back();
}

TEST(MakeGateTest, ItsTargetIsTheOneThatTheProjectCalls) {
  const std::string both = "check:\n\tlint\ntest:\n\t./a_test\n";
  const std::string ci = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make ";

  EXPECT_EQ(target_with(both, "x.cc", ""), "test");
  EXPECT_EQ(target_with(both, ".github/workflows/a.yml", ci + "-j2 check\n"), "check");
  EXPECT_EQ(target_with(both, ".github/workflows/a.yml", ci + "tests\n"), "test");
  EXPECT_EQ(target_with("check:\n\t./a_test\n", "x.cc", ""), "check");
}

TEST(MakeGateTest, ThatClangTidyIsNotAskedIsTold) {
  auto notes = detection_notes(test::MapFacts({{"Makefile", "all: x\n"}, {".clang-tidy", ""}}));

  EXPECT_THAT(notes, ElementsAre(HasSubstr("Makefile tells no compile_commands.json")));
}

}  // namespace
}  // namespace gf::gate
