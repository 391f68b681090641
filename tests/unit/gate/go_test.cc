// Go: which gates a module has, and what its tools' reports say (written by go 1.26).
#include <gmock/gmock.h>

#include <set>

#include "gate/go_reports.h"
#include "gate/project.h"
#include "gate/report_kinds.h"
#include "support/folder.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestStatus;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(GoTest, AModuleIsVettedLaidOutAndTested) {
  auto gates = gates_of({{"go.mod", "module example.com/twice\n"}, {".golangci.yml", ""}});

  EXPECT_THAT(names_of(gates), ElementsAre("gofmt", "go-vet", "golangci-lint", "go-test"));
  EXPECT_EQ(gates[3].coverage, "go-cover");
  EXPECT_THAT(gates[0].fix, ElementsAre("gofmt", "-w", "{files}"));
}

/// A module in a folder of its own.
class GoReportTest : public testing::Test {
 protected:
  GoReportTest() {
    folder_.write("go.mod", "module example.com/twice\n\ngo 1.22\n");
    folder_.write("low/half_test.go",
                  "package low\n\nimport \"testing\"\n\nfunc TestHalf(t *testing.T) {\n\t_ = 1\n}\n"
                  "\nfunc TestAC1Double(t *testing.T) {\n\tDouble(2)\n}\n");
  }
  GateOutcome read(const std::string& text) {
    GateOutcome outcome;
    EXPECT_TRUE(report_kind("go-test-json")->read(text, scrub(), outcome));
    return outcome;
  }
  [[nodiscard]] Scrubber scrub() const { return Scrubber(folder_.path(), "/scratch", ""); }
  test::TempFolder folder_;
};

TEST_F(GoReportTest, ATestIsNamedByItsFileAndASubtestIsItsParameter) {
  GateOutcome outcome = read(R"json({"Action":"start","Package":"example.com/twice/low"}
{"Action":"output","Package":"example.com/twice/low","Test":"TestHalf/odd_one","Output":"=== RUN   TestHalf/odd_one\n"}
{"Action":"output","Package":"example.com/twice/low","Test":"TestHalf/odd_one","Output":"    half_test.go:9: got 3\n"}
{"Action":"output","Package":"example.com/twice/low","Test":"TestHalf/odd_one","Output":"--- FAIL: TestHalf/odd_one (0.00s)\n"}
{"Action":"fail","Package":"example.com/twice/low","Test":"TestHalf/odd_one","Elapsed":0}
{"Action":"pass","Package":"example.com/twice/low","Test":"TestHalf","Elapsed":0}
{"Action":"skip","Package":"example.com/twice/low","Test":"TestElsewhere","Elapsed":0}
{"Action":"fail","Package":"example.com/twice/low","Elapsed":0.017}
)json");

  ASSERT_EQ(outcome.tests.size(), 3u);
  EXPECT_EQ(outcome.tests[0].id, "low/half_test.go::TestHalf[odd_one]");
  EXPECT_EQ(outcome.tests[0].message, "half_test.go:9: got 3");
  EXPECT_EQ(outcome.tests[0].cause, "assertion");
  EXPECT_EQ(outcome.tests[1].id, "low/half_test.go::TestHalf");
  EXPECT_EQ(outcome.tests[2].status, TestStatus::kSkipped);
}

TEST_F(GoReportTest, OfWhatDoesNotCompileOnlyTheTestsThatNameWhatIsMissingFailed) {
  GateOutcome outcome = read(
      R"json({"ImportPath":"example.com/twice/low [example.com/twice/low.test]","Action":"build-output","Output":"# example.com/twice/low [example.com/twice/low.test]\n"}
{"ImportPath":"example.com/twice/low [example.com/twice/low.test]","Action":"build-output","Output":"low/half_test.go:10:2: undefined: Double\n"}
{"ImportPath":"example.com/twice/low [example.com/twice/low.test]","Action":"build-fail"}
{"Action":"fail","Package":"example.com/twice/low","Elapsed":0,"FailedBuild":"example.com/twice/low [example.com/twice/low.test]"}
)json");

  ASSERT_EQ(outcome.tests.size(), 2u);
  EXPECT_EQ(outcome.tests[0].id, "low/half_test.go::TestAC1Double");
  EXPECT_EQ(outcome.tests[0].status, TestStatus::kFailed);
  EXPECT_EQ(outcome.tests[0].cause, "missing-symbol");
  EXPECT_EQ(outcome.tests[1].cause, "compile");
  EXPECT_EQ(outcome.tests[1].id, "low/half_test.go");
  EXPECT_THAT(outcome.tests[1].message, HasSubstr("undefined: Double"));
}

TEST_F(GoReportTest, PackagesWithoutTestsAreNoTests) {
  GateOutcome outcome = read(
      R"({"Action":"output","Package":"example.com/twice","Output":"?   \texample.com/twice\t[no test files]\n"}
{"Action":"skip","Package":"example.com/twice","Elapsed":0}
)");

  EXPECT_EQ(outcome.counts.executed(), 0);
}

TEST_F(GoReportTest, BlocksThatRanAreLinesOfTheTree) {
  GateOutcome outcome;

  ASSERT_TRUE(
      read_go_cover("mode: set\nexample.com/twice/low/a.go:4.22,6.2 1 1\n"
                    "example.com/twice/low/a.go:8.20,9.2 1 0\n",
                    scrub(), outcome));

  EXPECT_THAT(outcome.coverage["low/a.go"].executed, ElementsAre(4, 5, 6));
  EXPECT_THAT(outcome.coverage["low/a.go"].missing, ElementsAre(8, 9));
}

TEST(GoModuleTest, TestsWithoutAModuleAreTold) {
  using Files = std::map<std::string, std::string>;
  struct Case {
    const char* what;
    Files files;
    bool expected;
  };
  for (const Case& one :
       {Case{"of the days before modules", {{"a.go", ""}, {"a_test.go", ""}}, true},
        Case{"below src", {{"src/x/a.go", ""}, {"src/x/a_test.go", ""}}, true},
        Case{"a module", {{"go.mod", ""}, {"a_test.go", ""}}, false},
        Case{"modules further in", {{"x/go.mod", ""}, {"x/a_test.go", ""}}, false},
        Case{"a folder of another project", {{"package.json", "{}"}, {"a_test.go", ""}}, false},
        Case{"somebody else's", {{"a.py", ""}, {"vendor/x/a_test.go", ""}}, false},
        Case{"no tests", {{"a.py", ""}, {"tools/gen.go", ""}}, false}}) {
    std::vector<std::string> notes = detection_notes(test::MapFacts(one.files));
    bool noted = !notes.empty() && notes[0].find("no go.mod") != std::string::npos;
    EXPECT_EQ(noted, one.expected) << one.what;
  }
}

/// Each module is a project, and its gates are started in its folder.
TEST(GoModuleTest, ModulesFurtherInHaveGatesOfTheirOwn) {
  test::MapFacts tree(std::map<std::string, std::string>{
      {"one/go.mod", "module one\n"}, {"one/a_test.go", ""}, {"two/go.mod", "module two\n"}});

  auto found = find_gates(tree, {}, "python3");

  ASSERT_TRUE(found.ok());
  std::set<std::string> folders;
  for (const Gate& gate : found->gates) folders.insert(gate.name + " in " + gate.folder);
  EXPECT_THAT(folders, ::testing::IsSupersetOf({"one/go-test in one", "two/go-test in two"}));
}

TEST_F(GoReportTest, VetTellsPlaces) {
  GateOutcome outcome;

  ASSERT_TRUE(
      read_go_vet("# example.com/twice\nvet: ./a.go:6:5: undefined: Double\n./b.go:3:2: "
                  "self-assignment of x to x\n",
                  scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 2u);
  EXPECT_EQ(outcome.findings[0].path, "a.go");
  EXPECT_EQ(outcome.findings[0].line, 6);
}

}  // namespace
}  // namespace gf::gate
